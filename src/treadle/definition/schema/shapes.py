"""What the schema is put together from: fields with their meaning, and objects made of them."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from treadle.model.json import Json

NO_FIELDS: Final[tuple[str, ...]] = ()


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field: what it means to an author, and the schema of its value."""

    meaning: str
    value: Mapping[str, Json]


def field(meaning: str, value: Mapping[str, Json], **more: Json) -> Field:
    """A field; `more` are keywords beside those of `value`, such as `default`."""
    return Field(meaning=meaning, value={**value, **more})


def properties(fields: Mapping[str, Field]) -> dict[str, Json]:
    """The properties of an object with these fields."""
    return {
        name: {"title": _title(name), "description": found.meaning, **found.value}
        for name, found in fields.items()
    }


def closed(
    title: str, meaning: str, fields: Mapping[str, Field], required: Iterable[str] = NO_FIELDS
) -> dict[str, Json]:
    """An object with these fields and no others."""
    schema: dict[str, Json] = {
        "title": title,
        "description": meaning,
        "type": "object",
        "properties": properties(fields),
        "additionalProperties": False,
    }
    names = list(required)
    return {**schema, "required": names} if names else schema


def to(name: str) -> dict[str, Json]:
    """A reference to one of the definitions of the schema."""
    return {"$ref": f"#/$defs/{name}"}


def one_of(*names: str) -> dict[str, Json]:
    """Exactly one of these fields stands there."""
    return {"oneOf": [{"required": [name]} for name in names]}


def excludes(name: str, *others: str) -> dict[str, Json]:
    """Beside the field `name` none of the others stands."""
    return {"dependentSchemas": {name: {"properties": dict.fromkeys(others, False)}}}


def words(known: Iterable[str], **more: Json) -> dict[str, Json]:
    """Text that is one of the known words."""
    return {"type": "string", "enum": list(known), **more}


def integer(low: int, high: int) -> dict[str, Json]:
    return {"type": "integer", "minimum": low, "maximum": high}


def number(low: float, high: float) -> dict[str, Json]:
    return {"type": "number", "minimum": low, "maximum": high}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()

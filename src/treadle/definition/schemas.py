"""JSON Schema 2020-12 by jsonschema-rs, with references to the outside off."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final, NoReturn

from jsonschema_rs import Draft202012Validator, ValidationError

from treadle.definition.section import type_name
from treadle.expressions.pointers import joined
from treadle.model.errors import Fault
from treadle.model.json import Json

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
META: Final = Draft202012Validator({"$ref": DIALECT})
MESSAGE_CHARS_MAX: Final = 400
"""A message may quote the value that is wrong, which has no bound of its own."""
ERRORS_MAX: Final = 100
"""Errors of one value that are named."""


def schema_faults(schema: Json, pointer: str) -> tuple[Fault, ...]:
    """Everything that is wrong with a schema."""
    if not isinstance(schema, dict | bool):
        message = f"a schema is an object, or true or false, not {type_name(schema)}"
        return (_fault(pointer, message),)
    written = schema.get("$schema", DIALECT) if isinstance(schema, dict) else DIALECT
    if not isinstance(written, str) or written.rstrip("#") != DIALECT:
        return (_fault(f"{pointer}/$schema", f"schemas are read as {DIALECT}: write that, or nothing"),)
    errors = dict.fromkeys(_errors(META.iter_errors(schema)))
    found = tuple(_fault(pointer + at, message) for at, message in errors)
    if found:
        return found
    try:
        _validator(schema)
    except ValueError as error:
        return (_fault(pointer, message_of(error)),)
    return ()


def compile_schema(schema: Json) -> Callable[[Json], tuple[tuple[str, str], ...]]:
    """A check of values: each fault as (JSON Pointer, message), none for a good value.

    Raises:
        ValueError: the schema is none.
    """
    validator = _validator(schema)

    def check(value: Json) -> tuple[tuple[str, str], ...]:
        try:
            return _errors(validator.iter_errors(value))
        except ValueError as error:
            return (("", message_of(error)),)

    return check


def message_of(error: ValueError) -> str:
    """The message in one line, cut to its bound."""
    text = error.message if isinstance(error, ValidationError) else str(error)
    line = " ".join(text.split())
    return line if len(line) <= MESSAGE_CHARS_MAX else f"{line[:MESSAGE_CHARS_MAX]}..."


def _validator(schema: Json) -> Draft202012Validator:
    return Draft202012Validator(schema, retriever=_refuse)


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"a schema may refer to nothing outside itself: {uri}")


def _errors(found: Iterable[ValidationError]) -> tuple[tuple[str, str], ...]:
    return tuple((joined("", *error.instance_path), message_of(error)) for error in islice(found, ERRORS_MAX))


def _fault(pointer: str, message: str) -> Fault:
    return Fault(pointer=pointer, code="invalid_schema", message=message)

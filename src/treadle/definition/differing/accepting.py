"""Whether one JSON Schema takes every value that another takes."""

from typing import Final

from jsonschema_rs import CanonicalSchema, Draft202012, canonicalize
from jsonschema_rs.canonical import Containment
from msgspec import UNSET, UnsetType

from treadle.definition.differing.values import is_same
from treadle.model.json import Json

CHOICES_MAX: Final = 24
"""Alternatives in two schemas together, above which nothing is proven: each may double the work."""
CHOICES: Final = frozenset(
    {"anyOf", "oneOf", "allOf", "not", "if", "contains", "dependentSchemas", "$dynamicRef"}
)


def takes_all(new: Json | UnsetType, old: Json | UnsetType) -> bool:
    """Whether that is proven; UNSET is no schema at all, which takes everything."""
    if new is UNSET or new is True:
        return True
    if old is not UNSET and is_same(old, new):
        return True
    if _choices(new) + _choices(old) > CHOICES_MAX:
        return False
    try:
        narrow = _canonical(True if old is UNSET else old)
        return _canonical(new).covers(narrow) == Containment.YES
    except ValueError:
        return False


def _canonical(schema: Json) -> CanonicalSchema:
    return canonicalize(schema, draft=Draft202012, offline=True)


def _choices(schema: Json | UnsetType) -> int:
    """The alternatives that a schema has; a key of such a name counts too, whatever it is there for."""
    if isinstance(schema, dict):
        return sum(_alternatives(key, value) + _choices(value) for key, value in schema.items())
    return sum(map(_choices, schema)) if isinstance(schema, list) else 0


def _alternatives(key: str, value: Json) -> int:
    if key not in CHOICES:
        return 0
    return len(value) if isinstance(value, list | dict) else 1

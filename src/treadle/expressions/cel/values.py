"""The values of CEL that JSON has not, and the name of each type."""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from treadle.model.json import Json

Value: TypeAlias = Json
"""A Json, or bytes, or a value of one of the types below."""


class Uint(int):
    """A whole number of 64 bits without a sign."""

    __slots__ = ()


class Timestamp(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """An instant, in nanoseconds since the Unix epoch."""

    ns: int


class Duration(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A length of time in nanoseconds."""

    ns: int


class TypeName(msgspec.Struct, frozen=True, kw_only=True):
    """A type as a value."""

    name: str


class Optional(msgspec.Struct, frozen=True, kw_only=True):
    """A value that may be there or not."""

    is_present: bool
    value: Value = None


NONE: Final = Optional(is_present=False)
NUMBERS: Final = frozenset({int, Uint, float})
TYPE_NAMES: Final[Mapping[type, str]] = {
    bool: "bool",
    int: "int",
    Uint: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    dict: "map",
    type(None): "null_type",
    Timestamp: "google.protobuf.Timestamp",
    Duration: "google.protobuf.Duration",
    Optional: "optional_type",
    TypeName: "type",
}
TYPES: Final[Mapping[str, TypeName]] = {name: TypeName(name=name) for name in TYPE_NAMES.values()}


def type_name(value: Value) -> str:
    """The type of a value as CEL calls it."""
    return TYPE_NAMES.get(type(value), "unknown")


def present(value: Value) -> Optional:
    """An optional with something in it."""
    return Optional(is_present=True, value=value)

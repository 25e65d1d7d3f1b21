"""Which fields of what is stored stand in recorded histories with a value of their own."""

from collections.abc import Iterable, Iterator
from typing import get_args, get_type_hints

import msgspec
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo, fields


def structs_in(kind: object, known: set[type] | None = None) -> set[type]:
    """The structs that a value of this type may hold, at any depth."""
    known = set() if known is None else known
    inner = get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in known:
        known.add(kind)
        inner = tuple(get_type_hints(kind).values())
    for one in inner:
        structs_in(one, known)
    return known


def optional_fields(structs: Iterable[type]) -> set[str]:
    """`Struct.field` of each field that has a default."""
    return {
        f"{struct.__name__}.{field.name}"
        for struct in structs
        for field in fields(struct)
        if not field.required
    }


def fields_told(value: object) -> Iterator[str]:
    """`Struct.field` of each field in the value, at any depth, that is not at its default."""
    if isinstance(value, msgspec.Struct):
        for field in fields(value):
            inner = getattr(value, field.name)
            if not field.required and inner != default_of(field):
                yield f"{type(value).__name__}.{field.name}"
            yield from fields_told(inner)
    elif hasattr(value, "values"):  # a map, persistent or not
        yield from fields_told(list(value.values()))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for inner in value:
            yield from fields_told(inner)


def default_of(field: FieldInfo) -> object:
    """What the field is when nothing is stored of it."""
    return field.default_factory() if field.default is NODEFAULT else field.default

"""Draws any value of the model from its type, so that a new field is covered when it is written."""

import enum
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from treadle.model.persistent import PersistentMap, PersistentStack

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
PLAIN = {
    int: st.integers(-(2**63), 2**63 - 1),
    str: st.text(),
    bool: st.booleans(),
    NoneType: st.none(),
    msgspec.UnsetType: st.just(msgspec.UNSET),
    Any: JSON,
}
ITEMS_MAX = 3


def values(wanted: Any) -> st.SearchStrategy[Any]:
    """Values of a type as it stands in an annotation."""
    if isinstance(wanted, NewType):
        return values(wanted.__supertype__)
    if wanted in PLAIN:
        return PLAIN[wanted]
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return st.sampled_from(wanted)
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return structs(wanted)
    return generic(get_origin(wanted), get_args(wanted))


def generic(origin: Any, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin in (Union, UnionType):
        return st.one_of([values(argument) for argument in arguments])
    items = [values(argument) for argument in arguments if argument is not ...]
    if origin is tuple:
        return st.lists(items[0], max_size=ITEMS_MAX).map(tuple)
    if origin is list:
        return st.lists(items[0], max_size=ITEMS_MAX)
    if origin in (dict, PersistentMap):
        return st.dictionaries(*items, max_size=ITEMS_MAX)
    if origin is PersistentStack:
        return st.lists(items[0], max_size=ITEMS_MAX).map(PersistentStack)
    raise TypeError(f"no strategy for {origin}")


def structs(wanted: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Structs in which any field that has a default may be left at it."""
    required = {}
    optional = {}
    for field in msgspec.structs.fields(wanted):
        (required if field.required else optional)[field.name] = values(field.type)
    return st.fixed_dictionaries(required, optional=optional).map(lambda drawn: wanted(**drawn))

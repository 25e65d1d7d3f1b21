"""Two JSON values side by side: where they differ."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from treadle.definition.digest import canonical
from treadle.model.json import Json


class Differing(NamedTuple):
    """What stands under `keys` in the one and in the other; UNSET for nothing."""

    keys: tuple[str | int, ...]
    old: Json | UnsetType
    new: Json | UnsetType


def is_same(old: Json, new: Json) -> bool:
    """Whether two values are the same JSON: `1` is `1.0` and is not `true`."""
    return canonical(old) == canonical(new)


def differing(
    old: Json, new: Json, whole: frozenset[str], keys: tuple[str | int, ...] = ()
) -> Iterator[Differing]:
    """The innermost places where two values differ; what stands under a key in `whole` is one value.

    Lists are looked into if they are equally long and hold more than scalars.
    """
    is_whole = bool(keys) and keys[-1] in whole
    if not is_whole and isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _member(old.get(key, UNSET), new.get(key, UNSET), whole, (*keys, key))
    elif not is_whole and _are_alike(old, new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differing(one, other, whole, (*keys, index))
    elif not is_same(old, new):
        yield Differing(keys, old, new)


def _member(
    old: Json | UnsetType, new: Json | UnsetType, whole: frozenset[str], keys: tuple[str | int, ...]
) -> Iterator[Differing]:
    if old is UNSET or new is UNSET:
        yield Differing(keys, old, new)
    else:
        yield from differing(old, new, whole, keys)


def _are_alike(old: Json, new: Json) -> bool:
    is_list = isinstance(old, list) and isinstance(new, list) and len(old) == len(new)
    return is_list and any(isinstance(item, dict | list) for item in (*old, *new))

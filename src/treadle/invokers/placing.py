"""Texts set at JSON Pointers (RFC 6901) into a copy of a request; what it was copied from never changes."""

from collections.abc import Iterable
from typing import TypeAlias, TypeVar

import msgspec

from treadle.model.json import Json
from treadle.model.requests import HandlerRequest, HttpRequest

HoledRequest: TypeAlias = HttpRequest | HandlerRequest
"""A request that may have holes."""
R = TypeVar("R", bound=HoledRequest)
Tree: TypeAlias = "dict[str, Tree | str]"
"""Texts by the keys of their pointers."""


class NoSuchPlace(Exception):
    """A pointer leads nowhere in the request; the message names it."""


def placed(request: R, texts: Iterable[tuple[str, str]]) -> R:
    """A copy of the request with each text at its pointer and without holes.

    Raises:
        NoSuchPlace: a pointer leads nowhere, or into another text.
    """
    tree = _tree(texts)
    fields = msgspec.structs.asdict(request)
    del fields["holes"]
    unknown = tree.keys() - fields.keys()
    if unknown:
        raise NoSuchPlace(f"the request has no {', '.join(sorted(unknown))}")
    changed = {name: _merged(fields[name], nested, f"/{name}") for name, nested in tree.items()}
    return msgspec.structs.replace(request, **changed, holes=())


def _tree(texts: Iterable[tuple[str, str]]) -> Tree:
    root: Tree = {}
    for pointer, text in texts:
        *parents, last = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]] or [""]
        level = root
        for key in parents:
            nested = level.setdefault(key, {})
            if isinstance(nested, str):
                raise NoSuchPlace(f"{pointer} leads into another text")
            level = nested
        if last in level:
            raise NoSuchPlace(f"{pointer} leads to where another text is")
        level[last] = text
    return root


def _merged(value: Json, tree: "Tree | str", pointer: str) -> Json:
    """Every list and object on the way is copied once, all else is shared."""
    if isinstance(tree, str):
        return tree
    if isinstance(value, dict):
        return value | {
            key: _merged(value.get(key), nested, f"{pointer}/{key}") for key, nested in tree.items()
        }
    if not isinstance(value, list):
        raise NoSuchPlace(f"nothing can stand in {pointer}")
    copy: list[Json] = value.copy()
    for key, nested in tree.items():
        if not key.isdecimal() or int(key) >= len(copy):
            raise NoSuchPlace(f"{pointer} has no place {key}")
        copy[int(key)] = _merged(copy[int(key)], nested, f"{pointer}/{key}")
    return copy

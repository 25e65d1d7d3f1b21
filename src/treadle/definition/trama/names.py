"""Names of steps become ids: what an id may not have is replaced by `_`."""

import re
from collections.abc import Sequence
from typing import Final

from treadle.model.ids import NODE_ID, NodeId

ID_CHARS_MAX: Final = 64
NOT_FIRST: Final = re.compile(r"[^A-Za-z_]")
NOT_IN_ID: Final = re.compile(r"[^A-Za-z0-9_-]")


def ids_of(names: Sequence[str]) -> tuple[NodeId, ...]:
    """An id for each name. A name that is an id stays; where one is taken, `_2` and so on is added."""
    taken = {name for name in names if NODE_ID.fullmatch(name)}
    tried: dict[str, int] = {}
    kept: set[str] = set()
    found: list[NodeId] = []
    for name in names:
        if name in taken and name not in kept:
            kept.add(name)
            found.append(NodeId(name))
            continue
        fitted = _fitted(name)
        chosen = fitted
        while chosen in taken:
            tried[fitted] = tried.get(fitted, 1) + 1
            end = f"_{tried[fitted]}"
            chosen = fitted[: ID_CHARS_MAX - len(end)] + end
        taken.add(chosen)
        kept.add(chosen)
        found.append(NodeId(chosen))
    return tuple(found)


def _fitted(name: str) -> str:
    first, rest = name[:1] or "_", name[1:ID_CHARS_MAX]
    return NOT_FIRST.sub("_", first) + NOT_IN_ID.sub("_", rest)

"""A condition is given only what it reads: for each path, a closure that fetches it and puts it in place."""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import UNSET

from treadle.expressions.faults import PathError
from treadle.expressions.places import Place
from treadle.expressions.resolving import read_of
from treadle.expressions.roots import NODE_DEPTH, checked_path
from treadle.model.expression import ExpressionError, Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json

INDEX_DIGITS_MAX: Final = 9


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """`keys` is the path as the rule reads it, `read` as it stands in the roots.

    `fetch` gives UNSET for what is missing.
    """

    keys: tuple[str, ...]
    read: tuple[str, ...]
    fetch: Callable[[Roots], Json]

    def put(self, data: dict[str, Json], roots: Roots) -> None:
        """Fetch the value and place it under `keys`; nothing is placed for what is missing.

        Raises:
            ExpressionError: `condition_error` when there is no such root.
        """
        value = self.fetch(roots)
        if value is UNSET:
            return
        *parents, last = self.keys
        for key in parents:
            data = data.setdefault(key, {})
        data[last] = value


def compile_feed(keys: tuple[str, ...], place: Place) -> Feed:
    """The feed of one path that a rule reads.

    Raises:
        PathError: the place has no such root, or the root no such field.
    """
    if not keys or not keys[0]:
        raise PathError(
            "invalid_path", "a condition reads paths that begin with a root, not all roots at once", 0
        )
    if keys[0].lstrip().startswith(("{{", "${")):
        message = "a path in JSON Logic is written without braces, as `input.order.id`"
        raise PathError("invalid_path", message, 0)
    root, segments = checked_path(keys[0], keys[1:], place)
    names = tuple(str(segment) for segment in segments)
    fetch = _node_fetch(names) if root == "nodes" else _root_fetch(root, names)
    return Feed(keys=keys, read=read_of(root, segments), fetch=fetch)


def _root_fetch(root: str, segments: tuple[str, ...]) -> Callable[[Roots], Json]:
    def fetch(roots: Roots) -> Json:
        value = roots.root(root)
        if value is UNSET:
            raise ExpressionError("condition_error", f"the condition failed: there is no `{root}` here")
        return walk_or_unset(value, segments)

    return fetch


def _node_fetch(segments: tuple[str, ...]) -> Callable[[Roots], Json]:
    node, field, rest = NodeId(segments[0]), segments[1], segments[NODE_DEPTH:]

    def fetch(roots: Roots) -> Json:
        return walk_or_unset(roots.node(node, field), rest)

    return fetch


def walk_or_unset(value: Json, segments: tuple[str, ...]) -> Json:
    """The value under the segments; digits count as an index into a list. UNSET for what is missing."""
    for segment in segments:
        if isinstance(value, dict):
            value = value.get(segment, UNSET)
        elif isinstance(value, list):
            index = _index(segment)
            value = value[index] if index is not None and index < len(value) else UNSET
        else:
            return UNSET
    return value


def _index(segment: str) -> int | None:
    is_index = segment.isascii() and segment.isdigit() and len(segment) <= INDEX_DIGITS_MAX
    return int(segment) if is_index else None

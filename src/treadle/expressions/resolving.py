"""A checked path becomes a closure that walks it."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import UNSET

from treadle.expressions.meant import size_hint
from treadle.expressions.roots import NODE_DEPTH, Segments
from treadle.model.expression import ExpressionError, Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json

Evaluate: TypeAlias = Callable[[Roots], Json]


def path_reader(text: str, root: str, segments: Segments) -> Evaluate:
    """The closure that reads the path; `text` is the path as it is named when a segment is missing."""
    if root == "nodes":
        return _node_reader(text, NodeId(str(segments[0])), str(segments[1]), segments[NODE_DEPTH:])
    return _root_reader(text, root, segments)


def _root_reader(text: str, root: str, segments: Segments) -> Evaluate:
    def read(roots: Roots) -> Json:
        value = roots.root(root)
        if value is UNSET:
            raise ExpressionError("missing_variable", f"{text}: there is no `{root}` here")
        return walk(value, segments, text) if segments else value

    return read


def _node_reader(text: str, node: NodeId, field: str, segments: Segments) -> Evaluate:
    def read(roots: Roots) -> Json:
        value = roots.node(node, field)
        if value is UNSET:
            raise ExpressionError("missing_variable", f"{text}: node `{node}` has no {field}")
        return walk(value, segments, text) if segments else value

    return read


def walk(value: Json, segments: Segments, text: str) -> Json:
    """The value under the segments.

    Raises:
        ExpressionError: `missing_variable`, with the whole path.
    """
    try:
        for segment in segments:
            # A string has characters under indexes; JSON has nothing there.
            if type(value) is str:
                raise TypeError
            value = value[segment]
    except (KeyError, IndexError, TypeError):
        message = f"{text}: {_spoken(segment)} is missing{size_hint(value, segment)}"
        raise ExpressionError("missing_variable", message) from None
    if value is UNSET:
        raise ExpressionError("missing_variable", f"{text}: {_spoken(segments[-1])} is missing")
    return value


def _spoken(segment: str | int) -> str:
    return f"`[{segment}]`" if isinstance(segment, int) else f"`{segment}`"


def read_of(root: str, segments: Segments) -> tuple[str, ...]:
    """The path as `Expression.reads` has it."""
    return (root, *(str(segment) for segment in segments))

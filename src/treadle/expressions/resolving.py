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
    """The closure that reads the path; `text` is the path as it is named when a segment is missing.

    It raises ExpressionError: `missing_variable`, with the whole path.
    """
    if root == "execution" and len(segments) == 1:
        return _execution_reader(text, str(segments[0]))
    if root == "nodes":
        node, field = NodeId(str(segments[0])), str(segments[1])
        absent, below = f"node `{node}` has no {field}", segments[NODE_DEPTH:]
    else:
        node, field = None, ""
        absent, below = f"there is no `{root}` here", segments

    def read(roots: Roots) -> Json:
        value = roots.root(root) if node is None else roots.node(node, field)
        if value is UNSET:
            raise ExpressionError("missing_variable", f"{text}: {absent}")
        try:
            for segment in below:
                # A string has characters under indexes; JSON has nothing there.
                if type(value) is str:
                    raise TypeError
                value = value[segment]
        except (KeyError, IndexError, TypeError):
            raise _missing(text, segment, size_hint(value, segment)) from None
        if value is UNSET:
            raise _missing(text, segment)
        return value

    return read


def _execution_reader(text: str, field: str) -> Evaluate:
    """A field of the execution is asked for alone, as a field of a node is."""

    def read(roots: Roots) -> Json:
        value = roots.of_execution(field)
        if value is UNSET:
            raise _missing(text, field)
        return value

    return read


def _missing(text: str, segment: str | int, hint: str = "") -> ExpressionError:
    return ExpressionError("missing_variable", f"{text}: {_spoken(segment)} is missing{hint}")


def _spoken(segment: str | int) -> str:
    return f"`[{segment}]`" if isinstance(segment, int) else f"`{segment}`"


def read_of(root: str, segments: Segments) -> tuple[str, ...]:
    """The path as `Expression.reads` has it."""
    return (root, *(str(segment) for segment in segments))

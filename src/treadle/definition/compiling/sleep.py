"""`sleep` -> SleepNode: a text that a template gives is parsed when it is rendered."""

from collections.abc import Callable

from treadle.definition.compiling.nodes import Compiling
from treadle.definition.durations import parse_duration
from treadle.definition.instants import parse_instant
from treadle.expressions.compiled import Compiled, Constant
from treadle.expressions.places import SLEEP
from treadle.expressions.printing import printed
from treadle.model.definition import Sleep
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.program import SleepNode

SHOWN_CHARS_MAX = 80


def compile_sleep(node: Sleep, following: NodeId | None, compiling: Compiling) -> SleepNode:
    """The sleep with `following` as its next node."""
    return SleepNode(
        **compiling.head(node, following),
        duration_ms=_moment(node.for_, parse_duration, "invalid_duration", compiling),
        until=_moment(node.until, parse_instant, "invalid_instant", compiling),
        jitter_ms=node.jitter_ms,
    )


def _moment(
    written: int | str | None, parse: Callable[[str], int], code: str, compiling: Compiling
) -> Expression | None:
    if written is None:
        return None
    if isinstance(written, int):
        return Constant(written)
    template = compiling.template(written, SLEEP)

    def render(roots: Roots) -> Json:
        value = template(roots)
        shown = printed(value)[:SHOWN_CHARS_MAX]
        if not isinstance(value, str):
            raise ExpressionError(code, f"{written} gave {shown}, which is no text")
        try:
            return parse(value)
        except ValueError as error:
            raise ExpressionError(code, f"{written} gave {shown}: {error}") from error

    return Compiled(render, template.reads)

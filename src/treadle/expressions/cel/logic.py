"""`! && ||` and the choice.

`&&` and `||` look at their operands from the left, and go on when one errs: a later one may decide alone.
"""

from collections.abc import Sequence

from treadle.expressions.cel.evaluation import ERROR_OPERATIONS, CelError, Evaluation, Step, misfit
from treadle.expressions.cel.values import Value


def joins(operands: Sequence[Step], sign: str) -> Step:
    """All operands with `&&` or with `||` between them."""
    decides = sign == "||"
    steps = tuple(operands)

    def join(evaluation: Evaluation) -> Value:
        error: CelError | None = None
        for step in steps:
            try:
                value = step(evaluation)
            except CelError as raised:
                evaluation.spend(ERROR_OPERATIONS)
                error = error or raised
                continue
            if value is decides:
                return decides
            if type(value) is not bool:
                error = error or misfit(sign, value)
        if error is not None:
            raise error
        return not decides

    return join


def inverts(operand: Step) -> Step:
    """`!operand`."""

    def invert(evaluation: Evaluation) -> Value:
        value = operand(evaluation)
        if type(value) is not bool:
            raise misfit("!", value)
        return not value

    return invert


def chooses(condition: Step, then: Step, otherwise: Step) -> Step:
    """`condition ? then : otherwise`; the value that is not chosen is not looked at."""

    def choose(evaluation: Evaluation) -> Value:
        value = condition(evaluation)
        if value is True:
            return then(evaluation)
        if value is False:
            return otherwise(evaluation)
        raise misfit("?", value)

    return choose

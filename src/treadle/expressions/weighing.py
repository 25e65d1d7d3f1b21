"""A template that repeats a large value many times is stopped before anybody has to write it out."""

from typing import Final

from treadle.expressions.compiled import Compiled
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.json import Json

UNWEIGHED_MAX: Final = 64
"""A value with fewer expressions in it cannot become much larger than what it reads."""
RENDERED_WEIGHT_MAX: Final = 8_388_608
"""Characters of all texts in a rendered value, and eight for each value: about its bytes as JSON."""
VALUE_WEIGHT: Final = 8


def weighed(expression: Expression) -> Compiled:
    """The expression, with `rendered_weight_max` raised for what is too large."""

    def render(roots: Roots) -> Json:
        value = expression(roots)
        if is_heavier(value, RENDERED_WEIGHT_MAX):
            message = f"a template may become about {RENDERED_WEIGHT_MAX:,} bytes of JSON"
            raise ExpressionError("rendered_weight_max", message)
        return value

    return Compiled(render, expression.reads)


def is_heavier(value: Json, limit: int) -> bool:
    """Whether a value weighs more than `limit`; looks no further once it does."""
    waiting: list[Json] = [value]
    while waiting:
        found = waiting.pop()
        limit -= VALUE_WEIGHT
        if isinstance(found, str):
            limit -= len(found)
        elif isinstance(found, dict):
            limit -= sum(len(key) for key in found)
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
        if limit < 0:
            return True
    return False

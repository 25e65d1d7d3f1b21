"""A template that repeats a large value many times is stopped before anybody has to write it out."""

from typing import Final

import msgspec

from treadle.expressions.compiled import Compiled
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.json import Json

UNWEIGHED_MAX: Final = 8
"""A value with fewer expressions in it cannot become much larger than what it reads."""
RENDERED_WEIGHT_MAX: Final = 8_388_608
"""Characters of all texts in a rendered value, and eight for each value: about its bytes as JSON."""
VALUE_WEIGHT: Final = 8
KEY_WEIGHT: Final = 16
"""A look at one key of an object takes as long as reading so many characters."""


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


def largest(value: Json, light_bytes: int) -> int:
    """The length of the longest text in a value, or of the largest object, about as long as it takes to read.

    What is light as a whole is not looked into: it gets `light_bytes` at most.
    """
    try:
        size = len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError):
        size = light_bytes + 1
    if size <= light_bytes:
        return size
    waiting: list[Json] = [value]
    most = 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            most = max(most, len(found))
        elif isinstance(found, dict):
            most = max(most, KEY_WEIGHT * len(found))
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
    return most


def is_deeper(value: Json, depth: int) -> bool:
    """Whether lists and objects stand more than `depth` deep inside each other."""
    level: list[Json] = [value]
    for _ in range(depth + 1):
        containers = [one for one in level if isinstance(one, dict | list)]
        if not containers:
            return False
        level = [inner for one in containers for inner in (one.values() if isinstance(one, dict) else one)]
    return True

"""How long a value is."""

from typing import Final

from treadle.expressions.cel.evaluation import Evaluation, misfit
from treadle.expressions.cel.functions.function import Functions
from treadle.expressions.cel.values import Value

SIZED: Final = frozenset({str, bytes, list, dict})


def size(_: Evaluation, value: Value) -> Value:
    """Characters of a text, bytes, elements of a list, entries of a map."""
    if type(value) not in SIZED:
        raise misfit("size", value)
    return len(value)


FUNCTIONS: Final[Functions] = {("size", 1): size}
METHODS: Final[Functions] = FUNCTIONS

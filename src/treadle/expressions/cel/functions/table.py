"""All functions and methods by name and number of values."""

from collections.abc import Mapping
from typing import Final

from treadle.expressions.cel.functions import conversions, instants, optionals, patterns, sizes, texts
from treadle.expressions.cel.functions.function import Functions

FUNCTIONS: Final[Functions] = {
    **conversions.FUNCTIONS,
    **optionals.FUNCTIONS,
    **patterns.FUNCTIONS,
    **sizes.FUNCTIONS,
}
METHODS: Final[Functions] = {
    **instants.METHODS,
    **optionals.METHODS,
    **patterns.METHODS,
    **sizes.METHODS,
    **texts.METHODS,
}
LAZY_METHODS: Final[Mapping[str, bool]] = {"or": False, "orValue": True}
"""Methods whose argument is looked at only if it is needed -> whether they give the value itself."""

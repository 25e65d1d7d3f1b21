"""What a function is: it takes the evaluation and its values, and checks them itself."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from treadle.expressions.cel.values import Value

Function: TypeAlias = Callable[..., Value]
"""It is called with the evaluation and the values; the target of a method comes first. It raises CelError."""
Functions: TypeAlias = Mapping[tuple[str, int], Function]
"""By name and number of values; for a method its target is one of them."""

"""The ranges of whole numbers, and how a number is written as text."""

from typing import Final

from treadle.expressions.cel.evaluation import CelError
from treadle.expressions.cel.values import Uint

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
UINT_MAX: Final = 2**64 - 1


def checked_int(number: int) -> int:
    """The number, if it has 64 bits.

    Raises:
        CelError: it has more.
    """
    if INT_MIN <= number <= INT_MAX:
        return number
    raise CelError("a whole number has more than 64 bits")


def checked_uint(number: int) -> Uint:
    """The number without a sign, if it has 64 bits.

    Raises:
        CelError: it is below 0 or has more.
    """
    if 0 <= number <= UINT_MAX:
        return Uint(number)
    raise CelError("a whole number without a sign is below 0, or has more than 64 bits")


def double_text(number: float) -> str:
    """The shortest text that gives the number again, a whole one without `.0`."""
    return repr(number).removesuffix(".0")

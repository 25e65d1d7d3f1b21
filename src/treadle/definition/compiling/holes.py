"""Where a rendered request has holes: each text that is only whole at sending, by its pointer."""

from collections.abc import Iterable

from treadle.expressions.holes import Holed
from treadle.model.expression import Roots
from treadle.model.requests import HoledText


def rendered_holes(holed: Iterable[tuple[str, Holed]], roots: Roots) -> tuple[HoledText, ...]:
    """The texts with holes, as a request carries them.

    Raises:
        ExpressionError: an expression in one of them has no value.
    """
    return tuple(HoledText(pointer=pointer, parts=text(roots)) for pointer, text in holed)

"""A hostile expression, what it is given to look at, and how it has to end."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

import msgspec

from treadle.model.json import Json

Form = Literal["condition", "template", "url", "header", "query"]
REFUSED: Final = "refused"
"""It has a fault, and so is never run."""
FAILED: Final = "failed"
"""It runs, and ends with an ExpressionError."""
GIVEN: Final = "given"
"""It has a value."""


class Hostile(msgspec.Struct, frozen=True, kw_only=True):
    """`made` makes the expression, where it is to cost something; `roots` makes what stands under the roots.

    `ends` is one of the three, with the code of the fault or of the error behind it where it has one.
    """

    name: str
    form: Form
    made: Callable[[], Json]
    ends: str
    roots: Callable[[], Mapping[str, Json]] = dict

    @property
    def full_name(self) -> str:
        """What no other is called."""
        return f"{self.form}: {self.name}"


def nested(times: int, around: Callable[[Json], Json], innermost: Json) -> Json:
    """A value inside another, so many times."""
    for _ in range(times):
        innermost = around(innermost)
    return innermost

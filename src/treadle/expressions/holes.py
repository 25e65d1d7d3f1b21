"""Texts with holes: `callback.*` and `secrets.*` have a place in a request, but no value when it is rendered.

Where they stand is known from the template alone. No value is ever looked at for what might be one, so data
that looks like a hole stays data.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from treadle.expressions.cel.evaluation import Evaluation
from treadle.expressions.resolving import Evaluate
from treadle.model.expression import ExpressionError, Roots
from treadle.model.json import Json
from treadle.model.requests import Hole

RENDERED_CHARS_MAX: Final = 1_048_576
"""The longest text that a template may become."""
Part: TypeAlias = str | Hole | Evaluate
Filled: TypeAlias = str | Hole


class Holed:
    """The expression of a text that is only whole at sending: it gives the parts, texts and Holes.

    `to_text` makes the text of a value; Holes are marked with `is_encoded`. `is_computed`: there is CEL in
    it.
    """

    __slots__ = ("_parts", "_to_text", "is_computed", "reads")

    def __init__(
        self,
        parts: tuple[Part, ...],
        reads: frozenset[tuple[str, ...]],
        to_text: Callable[[Json], str],
        *,
        is_encoded: bool = False,
        is_computed: bool = False,
    ) -> None:
        self._parts = tuple(_marked(part, is_encoded) if isinstance(part, Hole) else part for part in parts)
        self._to_text = to_text
        self.reads = reads
        self.is_computed = is_computed

    def __call__(self, roots: Roots) -> tuple[Filled, ...]:
        """The parts in order, texts beside each other joined.

        Raises:
            ExpressionError: an expression among the parts has no value, or the text is too long.
        """
        if self.is_computed:
            roots = Evaluation.over(roots)
        return joined_parts(
            part if isinstance(part, str | Hole) else self._to_text(part(roots)) for part in self._parts
        )


def joined_parts(parts: Iterable[Filled]) -> tuple[Filled, ...]:
    """The parts with texts beside each other made one, empty ones left out.

    Raises:
        ExpressionError: `rendered_chars_max`, the texts are too long together.
    """
    found: list[Filled] = []
    chars = 0
    for part in parts:
        if isinstance(part, Hole):
            found.append(part)
            continue
        chars += len(part)
        check_length(chars)
        if found and isinstance(found[-1], str):
            found[-1] += part
        elif part:
            found.append(part)
    return tuple(found)


def check_length(chars: int) -> None:
    """Refuse a text that has grown too long.

    Raises:
        ExpressionError: `rendered_chars_max`.
    """
    if chars > RENDERED_CHARS_MAX:
        message = f"a text may become {RENDERED_CHARS_MAX:,} characters long"
        raise ExpressionError("rendered_chars_max", message)


def _marked(hole: Hole, is_encoded: bool) -> Hole:
    return Hole(root=hole.root, name=hole.name, is_encoded=is_encoded)

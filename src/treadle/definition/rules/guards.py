"""Expressions that choose: they can do without a value that is missing, so nobody has to be warned of it."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from treadle.definition.reading import Use
from treadle.expressions.braces import Braced, cut
from treadle.expressions.pointers import segments
from treadle.model.json import Json

CHOICE: Final = re.compile(r"\bhas\s*\(|\?|&&|\|\|")
"""What asks before it reads, chooses, or goes on without one of its operands."""
LITERAL: Final = re.compile(r"""(["'])(?:\\.|(?!\1).)*\1""", re.DOTALL)
"""What stands in quotes asks nothing."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The expressions of one use that do not choose, one in a line; `has_choice`: others do."""

    plain: str
    has_choice: bool


class Guards:
    """What the expressions of a document do about values that are missing."""

    def __init__(self, tree: Json) -> None:
        self._tree = tree
        self._written: dict[str, Written] = {}

    def has(self, use: Use, read: tuple[str, ...]) -> bool:
        """Whether every expression of a use that reads this node or variable chooses.

        JSON Logic has null for what is missing.
        """
        written = self._written.get(use.pointer)
        if written is None:
            written = self._written[use.pointer] = self._read(use)
        if not written.has_choice:
            return not written.plain
        root, name = re.escape(read[0]), re.escape(read[1])
        form = rf"\b{root}\s*(?:\.\s*{name}(?![\w-])|\[\s*[\"']{name}[\"']\s*\])"
        return re.search(form, written.plain) is None

    def _read(self, use: Use) -> Written:
        value = self._tree
        for segment in segments(use.pointer):
            value = value[int(segment)] if isinstance(value, list) else value[segment]
        texts = list(_conditions(value) if use.is_condition else _expressions(value))
        plain = [text for text in texts if CHOICE.search(LITERAL.sub("''", text)) is None]
        return Written(plain="\n".join(plain), has_choice=len(plain) < len(texts))


def _conditions(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value


def _expressions(value: Json) -> Iterator[str]:
    """What stands in braces, anywhere in a value."""
    if isinstance(value, str):
        yield from (piece.text for piece in cut(value) if isinstance(piece, Braced))
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _expressions(member)

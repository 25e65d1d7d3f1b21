"""What expressions of a document need to be there although nobody has asked whether it is.

Asked is in the expression itself, or in a condition that its node stands under: the `when` of the node or of
one around it, the case it is in, the `while` of a loop.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from treadle.definition.reading import Use
from treadle.definition.rules.surroundings import Asked, Surroundings
from treadle.expressions.braces import Braced, cut
from treadle.expressions.needs import needs_of
from treadle.expressions.pointers import segments
from treadle.expressions.proofs import FACT_DEPTHS, SOMETHING, Facts
from treadle.model.json import Json

RESPONSE: Final = "response"


class Wanting(msgspec.Struct, frozen=True, kw_only=True):
    """What the expressions of one use need and nobody has asked for: beginnings of paths.

    `absent` has to be there, `hollow` must not be null: something in it is read.
    """

    absent: Facts
    hollow: Facts
    asked: tuple[Asked, ...]


class Guards:
    """What the expressions of a document do about values that are missing."""

    def __init__(self, tree: Json) -> None:
        self._tree = tree
        self._surroundings = Surroundings(tree)
        self._wanting: dict[str, Wanting] = {}

    def has(self, use: Use, read: tuple[str, ...]) -> bool:
        """Whether no expression of a use needs the result of this node, or this variable, to be there.

        JSON Logic has null for what is missing, and so it needs nothing.
        """
        return read[: FACT_DEPTHS[read[0]]] not in self._of(use).absent

    def has_if_skipped(self, use: Use, read: tuple[str, ...], when: Json) -> bool:
        """The same of a node that may be skipped under this condition: it has a status, and null as output.

        Who stands under the same condition is skipped with it.
        """
        wanting = self._of(use)
        if Asked(when, True) in wanting.asked:
            return True
        fact = read[: FACT_DEPTHS[read[0]]]
        return fact not in (wanting.absent if read[2] == RESPONSE else wanting.hollow)

    def _of(self, use: Use) -> Wanting:
        found = self._wanting.get(use.pointer)
        if found is None:
            found = self._wanting[use.pointer] = self._read(use)
        return found

    def _read(self, use: Use) -> Wanting:
        value = self._tree
        for segment in segments(use.pointer):
            value = value[int(segment)] if isinstance(value, list) else value[segment]
        asked = tuple(self._surroundings.asked(use.pointer))
        around = self._surroundings.facts(asked)
        absent: set[tuple[str, ...]] = set()
        hollow: set[tuple[str, ...]] = set()
        for text in _conditions(value) if use.is_condition else _expressions(value):
            for need in needs_of(text):
                depth = FACT_DEPTHS.get(need.path[0], 0)
                fact = need.path[:depth]
                if not 0 < depth <= len(need.path):
                    continue
                if fact not in need.facts and fact not in around:
                    absent.add(fact)
                known_something = (*fact, SOMETHING)
                is_known = known_something in need.facts or known_something in around
                if len(need.path) > depth and not is_known:
                    hollow.add(fact)
        return Wanting(absent=frozenset(absent), hollow=frozenset(hollow), asked=asked)


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

"""Where the values of a document stand in its text: lines and columns, found when somebody asks.

A format notes one offset for each key and each value, in the order of the text. That is also the order of the
tree, since a key stands once in an object: the two are walked side by side.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from treadle.definition.formats.lines import Lines, Position
from treadle.expressions.pointers import segments
from treadle.model.json import Json

ABOUT_THE_KEY: Final = frozenset(
    {
        "unknown_field",
        "ignored_field",
        "unsupported_field",
        "unsupported_activity",
        "conflicting_fields",
        "invalid_header",
    }
)
"""Codes of faults that are about a field as such, not about what it holds."""
NAMES: Final = frozenset({"invalid_name"})
"""Codes of faults that are about the key if it holds a list or an object, else about the text it holds."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Offsets of a value and of the key that it stands under, in code points; a list has no keys.

    `members` are those of a list or an object, by the segment that a pointer has for them.
    """

    value: int
    key: int | None = None
    members: "Mapping[str, Standing] | None" = None


class Positions:
    """`offsets` gives those of the keys and values of `tree`, each container before what is in it."""

    def __init__(self, text: str, tree: Json, offsets: Callable[[], Iterable[int]]) -> None:
        self._text = text
        self._tree = tree
        self._offsets = offsets
        self._found: tuple[Lines, Standing] | None = None

    def at(self, pointer: str, code: str = "") -> Position:
        """Where the value at a pointer stands, or its key if a fault of that code is about it.

        What is not there is missing from the nearest thing around it that is.
        """
        if self._found is None:
            standing = _standing(self._tree, None, iter(self._offsets()))
            self._found = Lines(self._text), standing
        lines, standing = self._found
        for segment in segments(pointer):
            member = (standing.members or {}).get(segment)
            if member is None:
                return lines.position(standing.value)
            standing = member
        return lines.position(_offset(standing, code))


def _offset(standing: Standing, code: str) -> int:
    is_about_key = code in ABOUT_THE_KEY or (code in NAMES and standing.members is not None)
    return standing.key if is_about_key and standing.key is not None else standing.value


def _standing(value: Json, key: int | None, offsets: Iterator[int]) -> Standing:
    """The value and all that is in it; no document is deeper than may be called here."""
    offset = next(offsets, 0)
    members = None
    if isinstance(value, dict):
        members = {name: _standing(member, next(offsets, 0), offsets) for name, member in value.items()}
    elif isinstance(value, list):
        members = {str(index): _standing(member, None, offsets) for index, member in enumerate(value)}
    return Standing(value=offset, key=key, members=members)

"""The word that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

WORD_CHARS_MAX: Final = 64
"""Longer words are no slips of the pen, and comparing them is slow."""
QUOTED_CHARS_MAX: Final = 80


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, None when none is like it."""
    if len(word) > WORD_CHARS_MAX:
        return None
    found = get_close_matches(word, list(known), n=1)
    return found[0] if found else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` or nothing, to be put at the end of a message."""
    found = nearest(word, known)
    return f"; did you mean `{found}`?" if found is not None else ""


def quoted(word: str) -> str:
    """The word as it may stand in a message: cut to a bound, what cannot be printed escaped."""
    cut = word if len(word) <= QUOTED_CHARS_MAX else f"{word[:QUOTED_CHARS_MAX]}..."
    return f"`{cut}`" if cut.isprintable() else f"`{cut.encode('unicode_escape').decode('ascii')}`"

"""Mustache as Trama documents have it: a text is cut into what stands as it is and what is put in.

Only variables are known. What would repeat, choose or load parts of a text is refused; comments are dropped.
"""

from typing import Final

import msgspec

from treadle.expressions.faults import PathError
from treadle.expressions.nearest import quoted

OPENING: Final = "{{"
CLOSING: Final = "}}"
TRIPLE_CLOSING: Final = "}}}"
COMMENT: Final = "!"
PLAIN: Final = "&"
REFUSED: Final = {
    "#": "a section",
    "^": "an inverted section",
    "/": "the end of a section",
    ">": "a partial",
    "<": "a parent",
    "$": "a block to be overridden",
    "=": "a change of delimiters",
    "%": "a pragma",
}


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A variable: the names of its path; `is_plain` for `{{{x}}}` and `{{&x}}`.

    `position` is where it begins.
    """

    segments: tuple[str, ...]
    is_plain: bool
    position: int


class Mustache(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a text in order, empty texts left out, and everything that is wrong with it."""

    parts: tuple[str | Tag, ...]
    errors: tuple[PathError, ...] = ()


def cut_mustache(text: str) -> Mustache:
    """Cut a text; what is wrong with a tag does not hide what is wrong with the next."""
    parts: list[str | Tag] = []
    errors: list[PathError] = []
    position = 0
    while (opening := text.find(OPENING, position)) >= 0:
        parts.append(text[position:opening])
        is_triple = text.startswith("{", opening + len(OPENING))
        closing = TRIPLE_CLOSING if is_triple else CLOSING
        start = opening + len(OPENING) + is_triple
        end = text.find(closing, start)
        if end < 0:
            message = f"`{{{{{'{' if is_triple else ''}` is never closed by `{closing}`"
            errors.append(PathError("invalid_expression", message, opening))
            return Mustache(parts=tuple(parts), errors=tuple(errors))
        try:
            parts.extend(_tag(text[start:end], opening, is_triple=is_triple))
        except PathError as error:
            errors.append(error)
        position = end + len(closing)
    parts.append(text[position:])
    return Mustache(parts=tuple(part for part in parts if part != ""), errors=tuple(errors))


def _tag(content: str, opening: int, *, is_triple: bool) -> list[Tag]:
    """The variable between the braces; nothing for a comment.

    Raises:
        PathError: it is none.
    """
    written = content.strip()
    sign = "" if is_triple else written[:1]
    if sign == COMMENT:
        return []
    if sign in REFUSED:
        message = f"{quoted(written)} is {REFUSED[sign]}, which is not read: only variables are"
        raise PathError("unsupported_expression", message, opening)
    is_plain = is_triple or sign == PLAIN
    path = written[1:].strip() if sign == PLAIN else written
    return [Tag(segments=_segments(path, opening), is_plain=is_plain, position=opening)]


def _segments(path: str, opening: int) -> tuple[str, ...]:
    if not path:
        raise PathError("invalid_expression", "the expression is empty", opening)
    if path == ".":
        message = "`.` is everything at once, which is not read: name what is meant"
        raise PathError("unsupported_expression", message, opening)
    segments = tuple(segment.strip() for segment in path.split("."))
    if "" in segments or "{" in path or "}" in path:
        message = f"{quoted(path)} is no path: write names with dots between them, `payload.order.id`"
        raise PathError("invalid_path", message, opening)
    return segments

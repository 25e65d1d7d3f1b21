"""Paths such as `input.order.id` and `nodes.pay-auth.output.items[0].sku`: text -> segments."""

import re
from typing import Final

import msgspec

from treadle.expressions.faults import MoreThanAPath, PathError
from treadle.expressions.literals import read_literal
from treadle.expressions.meant import WORDS, written
from treadle.expressions.nearest import quoted

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HYPHENATED: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
INDEX: Final = re.compile(r"\[\s*([0-9]{1,9})\s*\]")
SPACE: Final = re.compile(r"\s*")
CLOSE: Final = re.compile(r"\s*\]")
NOT_A_NAME: Final = frozenset({"true", "false", "null"})
NOT_OF_A_PATH: Final = frozenset("+-*/%<>=!&|?:(,[{\"'")
"""Signs of an expression that is more."""
KEYWORDS: Final = frozenset({"in"})
MUSTACHE: Final = frozenset("#^>&/")
"""Signs of sections, partials and the like in other languages of templates."""


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is the path as written; a segment is a key (str) or an index (int), the root not among them."""

    text: str
    root: str
    segments: tuple[str | int, ...] = ()


def parse_path(text: str) -> Path:
    """Read a path that fills `text`, but for white space around it.

    Raises:
        MoreThanAPath: the text is more than a path, or something else.
        PathError: it is a path that is wrong.
    """
    start = _skip(text, 0)
    root = NAME.match(text, start)
    if root is None or root[0] in NOT_A_NAME:
        raise _no_root(text, start)
    segments: list[str | int] = []
    position = root.end()
    while position < len(text) and text[position] in ".[":
        is_node_id = root[0] == "nodes" and not segments
        segment, position = _segment(text, position, is_node_id=is_node_id)
        segments.append(segment)
    end = _skip(text, position)
    if end < len(text):
        raise _stopped(text, end, root[0])
    return Path(text=text.strip(), root=root[0], segments=tuple(segments))


def _segment(text: str, position: int, *, is_node_id: bool) -> tuple[str | int, int]:
    if text[position] == "[":
        return _bracket(text, position)
    name = (HYPHENATED if is_node_id else NAME).match(text, position + 1)
    if name is None and text.startswith(("?", "`"), position + 1):
        raise _more(position + 1)
    if name is None:
        raise PathError("invalid_path", "a name is missing after the dot", position + 1)
    return name[0], name.end()


def _bracket(text: str, start: int) -> tuple[str | int, int]:
    index = INDEX.match(text, start)
    if index is not None:
        return int(index[1]), index.end()
    position = _skip(text, start + 1)
    if text[position : position + 1] not in {'"', "'"}:
        raise _more(position)
    key, end = read_literal(text, position)
    closing = CLOSE.match(text, end)
    if closing is None and _skip(text, end) < len(text):
        raise _more(end)
    if closing is None:
        raise PathError("invalid_path", "`]` is missing after the key", end)
    return key, closing.end()


def _no_root(text: str, start: int) -> PathError:
    rest = text[start:]
    if not rest:
        return PathError("invalid_expression", "the expression is empty", start)
    if rest[0] in MUSTACHE or rest == ".":
        message = "sections, partials and comments are not part of templates: a choice is written `a ? b : c`"
        return PathError("unsupported_expression", message, start)
    return _more(start)


def _stopped(text: str, position: int, root: str) -> PathError:
    rest = text[position:]
    word = NAME.match(rest)
    if rest[0] in NOT_OF_A_PATH or (word is not None and word[0] in KEYWORDS):
        return _more(position)
    hint = written(WORDS, word[0] if word is not None else "") or written(WORDS, root)
    return PathError("invalid_path", f"{quoted(rest.rstrip())} cannot follow a path{hint}", position)


def _more(position: int) -> MoreThanAPath:
    return MoreThanAPath("unsupported_expression", "this is more than a path", position)


def _skip(text: str, position: int) -> int:
    found = SPACE.match(text, position)
    return found.end() if found is not None else position

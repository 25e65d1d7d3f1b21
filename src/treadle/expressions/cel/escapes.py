"""What a literal of text or bytes means."""

import re
from typing import Final

from treadle.expressions.faults import PathError

SIMPLE: Final = {
    **{char: char for char in "\\?\"'`"},
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
ESCAPE: Final = re.compile(
    r"\\(?:(?P<hex>[xX][0-9a-fA-F]{2})|(?P<octal>[0-3][0-7]{2})|(?P<code>u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
    r"|(?P<char>[\s\S]))"
)
UNICODE_MAX: Final = 0x10FFFF
SURROGATES: Final = range(0xD800, 0xE000)


def read_text_literal(written: str, position: int) -> str | bytes:
    """The value of a literal with its prefix and its quotes; `position` is where it begins.

    Raises:
        PathError: it holds an escape that means nothing.
    """
    prefix = written[: min(written.find(quote) for quote in "\"'" if quote in written)].lower()
    body = written[len(prefix) :]
    quotes = 3 if len(body) >= 6 and body[:3] == body[0] * 3 else 1
    inner = body[quotes:-quotes]
    if "r" not in prefix and "\\" in inner:
        return _unescaped(inner, position + len(prefix) + quotes, is_bytes="b" in prefix)
    return inner.encode("utf-8", "replace") if "b" in prefix else inner


def _unescaped(inner: str, position: int, *, is_bytes: bool) -> str | bytes:
    parts: list[str] = []
    raw: list[bytes] = []
    at = 0
    for found in ESCAPE.finditer(inner):
        parts.append(inner[at : found.start()])
        raw.append(parts[-1].encode("utf-8", "replace"))
        number = _number(found, position, is_bytes=is_bytes)
        parts.append(chr(number))
        raw.append(bytes((number,)) if _is_byte(found) and number < 256 else chr(number).encode("utf-8"))
        at = found.end()
    parts.append(inner[at:])
    raw.append(parts[-1].encode("utf-8", "replace"))
    return b"".join(raw) if is_bytes else "".join(parts)


def _is_byte(found: re.Match[str]) -> bool:
    return found["hex"] is not None or found["octal"] is not None


def _number(found: re.Match[str], position: int, *, is_bytes: bool) -> int:
    """The character, or in bytes the byte, that an escape stands for."""
    if found["hex"] is not None:
        return int(found["hex"][1:], 16)
    if found["octal"] is not None:
        return int(found["octal"], 8)
    if found["code"] is not None and not is_bytes:
        number = int(found["code"][1:], 16)
        if number <= UNICODE_MAX and number not in SURROGATES:
            return number
    elif found["char"] in SIMPLE:
        return ord(SIMPLE[found["char"]])
    raise PathError(
        "invalid_expression", f"`{found[0]}` is no escape of a character", position + found.start()
    )

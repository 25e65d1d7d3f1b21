"""JSON, with what other readers let pass refused: the same key twice, NaN, numbers out of range."""

import json
import re
from math import isfinite
from typing import Final

from treadle.definition.formats.document_text import decoded, refuse_at
from treadle.definition.soundness import DEPTH_MAX, INT_MAX, INT_MIN
from treadle.expressions.nearest import quoted
from treadle.model.json import Json

JSON_BYTES_MAX: Final = 1_048_576
"""The longest document in JSON: the bound of a request's body."""
INT_DIGITS_MAX: Final = 19
"""Digits of the longest integer of 64 bits."""
TOKEN: Final = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"(?P<key>\s*:)?|\\?\Z)'
    r"|(?P<open>[\[{])|(?P<close>[\]}])"
    r"|(?P<number>-?[0-9][0-9.eE+-]*)|(?P<constant>-?Infinity|NaN)",
    re.DOTALL,
)


def parse_json(data: bytes) -> Json:
    """The tree of a document in JSON.

    Raises:
        Rejected: `too_large`, or `malformed_request` with the line and column.
    """
    text = decoded(data, JSON_BYTES_MAX, "JSON")
    _scan(text)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        refuse_at(text, error.pos, f"this is no JSON: {error.msg}")


def _scan(text: str) -> None:
    """Refuse, with their place, the things that the parser itself lets pass or tells without a place."""
    keys: list[set[str]] = []
    for token in TOKEN.finditer(text):
        if token["open"]:
            if len(keys) >= DEPTH_MAX:
                refuse_at(text, token.start(), f"values may be nested {DEPTH_MAX} deep")
            keys.append(set())
        elif token["close"]:
            del keys[-1:]
        elif token["key"] and keys:
            _note_key(text, token, keys[-1])
        elif token["number"] and not _is_in_range(token["number"]):
            refuse_at(text, token.start(), f"the number {quoted(token['number'])} is out of range")
        elif token["constant"]:
            refuse_at(text, token.start(), f"JSON has no {token['constant']}")


def _note_key(text: str, token: re.Match[str], keys: set[str]) -> None:
    written = token[0].removesuffix(token["key"])
    try:
        key = json.loads(written) if "\\" in written else written[1:-1]
    except json.JSONDecodeError:
        return
    if key in keys:
        refuse_at(text, token.start(), f"the key {quoted(key)} stands twice in one object")
    keys.add(key)


def _is_in_range(number: str) -> bool:
    if not number.lstrip("-").isdecimal():
        try:
            return isfinite(float(number))
        except ValueError:
            return True
    return len(number.lstrip("-")) <= INT_DIGITS_MAX and INT_MIN <= int(number) <= INT_MAX

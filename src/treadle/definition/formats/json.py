"""JSON, with what other readers let pass refused: the same key twice, NaN, numbers out of range."""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Final, NoReturn

from treadle.definition.formats.document_text import decoded, refuse_at
from treadle.definition.formats.positions import Positions
from treadle.definition.soundness import DEPTH_MAX, INT_MAX, INT_MIN
from treadle.expressions.nearest import quoted
from treadle.model.json import Json

JSON_BYTES_MAX: Final = 1_048_576
"""The longest document in JSON: the bound of a request's body."""
INT_DIGITS_MAX: Final = 19
"""Digits of the longest integer of 64 bits."""
LONG_INT: Final = re.compile(r"[0-9]{19}")
TOKEN: Final = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"(?P<key>\s*:)?|\\?\Z)'
    r"|(?P<open>[\[{])|(?P<close>[\]}])"
    r"|(?P<number>-?[0-9][0-9.eE+-]*)|(?P<constant>-?Infinity|NaN)",
    re.DOTALL,
)
VALUE: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]|[-+.0-9a-zA-Z]++', re.DOTALL)
"""Whatever begins a value or is a key, in a text that is JSON."""


def read_json(data: bytes) -> tuple[Json, Positions]:
    """The tree of a document in JSON, and where its values stand.

    Raises:
        Rejected: `too_large`, or `malformed_request` with the line and column.
    """
    text = decoded(data, JSON_BYTES_MAX, "JSON")
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer if LONG_INT.search(text) else int,
            parse_float=_float,
            parse_constant=_constant,
        )
        _check_depth(tree)
    except (ValueError, RecursionError) as error:
        _scan(text)
        offset = error.pos if isinstance(error, json.JSONDecodeError) else 0
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        refuse_at(text, offset, f"this is no JSON: {what}")
    return tree, Positions(text, tree, lambda: _offsets(text))


def _offsets(text: str) -> Iterator[int]:
    return (found.start() for found in VALUE.finditer(text))


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _integer(digits: str) -> int:
    if not _is_in_range(digits):
        raise ValueError("a number is out of range")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("a number is out of range")
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def _check_depth(tree: Json) -> None:
    """Level by level, so that it costs no stack.

    Raises:
        ValueError: values are nested too deep.
    """
    level = [tree] if isinstance(tree, dict | list) else []
    for _ in range(DEPTH_MAX + 1):
        if not level:
            return
        level = [
            member
            for value in level
            for member in (value.values() if isinstance(value, dict) else value)
            if isinstance(member, dict | list)
        ]
    raise ValueError(f"values may be nested {DEPTH_MAX} deep")


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

"""The content hash of a document: SHA-256 over its canonical form (RFC 8785).

Keys are sorted by UTF-16 code units, strings escaped as little as JSON allows, numbers written as ECMAScript
writes doubles. In one thing it goes beyond the RFC: an integer outside what a double holds exactly (2^53)
is written with all its digits, so that documents that differ there differ in their digests.
"""

from hashlib import sha256
from json.encoder import encode_basestring
from math import isfinite
from typing import Final

from treadle.model.ids import Digest
from treadle.model.json import Json

SCHEMA_COMMENT: Final = "$schema"
"""A field of a document that tells editors what describes it: it says nothing of what is run."""
NAMES: Final = {None: "null", True: "true", False: "false"}
EXACT_INT_MAX: Final = 2**53
FIXED_DIGITS_MAX: Final = 21
"""ECMAScript writes numbers below 10^21 without an exponent."""
SMALL_ZEROS_MAX: Final = 6
"""... and those from 10^-6 on."""


def digest(tree: Json) -> Digest:
    """`sha256:` and 64 hex digits of the canonical form, without the comment that `$schema` is.

    Raises:
        ValueError: the tree holds what JSON cannot: NaN, infinity, half of a surrogate pair, another type.
    """
    content = tree
    if isinstance(tree, dict) and SCHEMA_COMMENT in tree:
        content = {field: value for field, value in tree.items() if field != SCHEMA_COMMENT}
    return Digest(f"sha256:{sha256(canonical(content).encode('utf-8')).hexdigest()}")


def canonical(value: Json) -> str:
    """The canonical form of a value."""
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def _write(value: Json, parts: list[str]) -> None:
    if isinstance(value, dict):
        _write_object(value, parts)
    elif isinstance(value, list):
        _write_list(value, parts)
    else:
        parts.append(_scalar(value))


def _write_object(value: dict[str, Json], parts: list[str]) -> None:
    separator = "{"
    # The order of ASCII is the same in every encoding.
    for key in sorted(value) if "".join(value).isascii() else sorted(value, key=_utf_16):
        member = value[key]
        # Escapes what RFC 8785 escapes and nothing else.
        if isinstance(member, str):
            parts += (separator, encode_basestring(key), ":", encode_basestring(member))
        else:
            parts += (separator, encode_basestring(key), ":")
            _write(member, parts)
        separator = ","
    parts.append("}" if value else "{}")


def _write_list(value: list[Json], parts: list[str]) -> None:
    separator = "["
    for item in value:
        parts.append(separator)
        _write(item, parts)
        separator = ","
    parts.append("]" if value else "[]")


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return NAMES[value]
    if isinstance(value, int):
        return str(value) if abs(value) > EXACT_INT_MAX else number_text(float(value))
    if isinstance(value, float):
        return number_text(value)
    raise ValueError(f"a {type(value).__name__} has no canonical form")


def number_text(number: float) -> str:
    """A double as ECMAScript's Number::toString writes it.

    Raises:
        ValueError: NaN or infinity.
    """
    if not isfinite(number):
        raise ValueError(f"{number} has no canonical form")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    digits, point = _shortest(abs(number))
    return sign + _placed(digits, point)


def _shortest(number: float) -> tuple[str, int]:
    """The shortest digits that give the number back, and how many of them stand before the point."""
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    leading_zeros = len(whole + fraction) - len(digits)
    point = len(whole) - leading_zeros + int(exponent or 0)
    return digits.rstrip("0"), point


def _placed(digits: str, point: int) -> str:
    count = len(digits)
    if count <= point <= FIXED_DIGITS_MAX:
        return digits + "0" * (point - count)
    if 0 < point <= FIXED_DIGITS_MAX:
        return f"{digits[:point]}.{digits[point:]}"
    if -SMALL_ZEROS_MAX < point <= 0:
        return "0." + "0" * -point + digits
    exponent = point - 1
    mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{'+' if exponent > 0 else '-'}{abs(exponent)}"


def _utf_16(key: str) -> bytes:
    return key.encode("utf-16-be")

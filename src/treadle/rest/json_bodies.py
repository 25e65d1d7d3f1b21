"""Bytes of a body -> the struct that a route takes, within the bounds of depth and of numbers."""

import re
from typing import Final, TypeVar

import msgspec

from treadle.model.errors import Fault, Rejected
from treadle.model.json import Json
from treadle.rest.bounds import JSON_DEPTH_MAX
from treadle.rest.faults import fault_of

T = TypeVar("T")

LONG_NUMBER: Final = re.compile(rb"\d{19}")
INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1


def convert_body(tree: Json, wanted: type[T]) -> T:
    """The struct that a body holds.

    Raises:
        Rejected: `malformed_request`, with the first fault.
    """
    try:
        return msgspec.convert(tree, wanted)
    except msgspec.ValidationError as error:
        fault = fault_of(error)
        where = f" (at {fault.pointer})" if fault.pointer else ""
        raise Rejected("malformed_request", f"{fault.message}{where}", (fault,)) from error


def decode_json(data: bytes) -> Json:
    """Any JSON value.

    Raises:
        Rejected: `malformed_request`: no JSON, deeper than JSON_DEPTH_MAX, or an integer beyond 64 bits.
    """
    if not data:
        raise _malformed("the body is empty; it has to be JSON")
    try:
        tree = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _malformed(f"the body is no JSON: {error}") from error
    except RecursionError as error:
        raise _too_deep() from error
    if data.count(b"[") + data.count(b"{") > JSON_DEPTH_MAX and _is_too_deep(tree):
        raise _too_deep()
    if LONG_NUMBER.search(data) is not None:
        _refuse_large_integers(tree)
    return tree


def _is_too_deep(tree: Json) -> bool:
    """Level by level, so that a hostile tree needs no stack."""
    level = [tree]
    for _ in range(JSON_DEPTH_MAX):
        nested: list[Json] = []
        for value in level:
            if isinstance(value, dict):
                nested.extend(value.values())
            elif isinstance(value, list):
                nested.extend(value)
        level = [value for value in nested if isinstance(value, dict | list)]
        if not level:
            return False
    return True


def _refuse_large_integers(tree: Json) -> None:
    waiting: list[Json] = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, int) and not INT_MIN <= value <= INT_MAX:
            raise _malformed("an integer may have 64 bits")


def _too_deep() -> Rejected:
    return _malformed(f"values may be nested {JSON_DEPTH_MAX} deep")


def _malformed(message: str) -> Rejected:
    fault = Fault(pointer="", code="malformed_json", message=message)
    return Rejected("malformed_request", message, (fault,))

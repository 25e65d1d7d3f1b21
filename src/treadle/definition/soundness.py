"""Whether a tree is JSON that can be kept and walked at all, before anything in it is read."""

from math import isfinite
from typing import Final

from treadle.definition.faults import Faults
from treadle.expressions.nearest import quoted
from treadle.expressions.pointers import joined
from treadle.model.json import Json

DEPTH_MAX: Final = 64
"""Lists and objects inside each other, the document itself counted."""
INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1


def is_sound(tree: Json, faults: Faults) -> bool:
    """Note what is not JSON, too deep or out of range; False if there was any of it.

    It keeps its own stack: a hostile tree may be deeper than Python's.
    """
    waiting: list[tuple[Json, str, int]] = [([tree], "", 0)]
    is_good = True
    while waiting:
        container, pointer, depth = waiting.pop()
        if depth > DEPTH_MAX:
            faults.error(pointer, "too_deep", f"values may be nested {DEPTH_MAX} deep")
            is_good = False
            continue
        if isinstance(container, dict):
            is_good = _has_sound_keys(container, pointer, faults) and is_good
        for key, value in container.items() if isinstance(container, dict) else enumerate(container):
            if isinstance(value, dict | list):
                waiting.append((value, _inner(pointer, key, depth), depth + 1))
            elif (fault := _scalar_fault(value)) is not None:
                faults.error(_inner(pointer, key, depth), *fault)
                is_good = False
    return is_good


def _inner(pointer: str, key: Json, depth: int) -> str:
    """The pointer of a value; at depth 0 it is the whole document."""
    return joined(pointer, str(key)) if depth else ""


def _has_sound_keys(value: dict[Json, Json], pointer: str, faults: Faults) -> bool:
    bad = [key for key in value if not isinstance(key, str) or not is_unicode(key)]
    for key in bad:
        message = f"{quoted(repr(key))} cannot be a key: keys are Unicode text"
        faults.error(pointer, "malformed_document", message)
    return not bad


def _scalar_fault(value: Json) -> tuple[str, str] | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return None if is_unicode(value) else ("malformed_document", "the text has half of a surrogate pair")
    if isinstance(value, int):
        return None if INT_MIN <= value <= INT_MAX else ("out_of_range", "an integer may have 64 bits")
    if isinstance(value, float):
        return None if isfinite(value) else ("out_of_range", "JSON has no NaN and no infinity")
    return "malformed_document", f"a {type(value).__name__} is no JSON value"


def is_unicode(text: str) -> bool:
    """Whether the text can be written in UTF-8: it has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

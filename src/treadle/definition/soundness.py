"""Whether a tree is JSON that can be kept and walked at all, before anything in it is read."""

from math import isfinite
from typing import Final

import msgspec

from treadle.definition.faults import Faults
from treadle.expressions.nearest import quoted
from treadle.expressions.pointers import joined
from treadle.model.json import Json

DEPTH_MAX: Final = 64
"""Lists and objects inside each other, the document itself counted."""
PATH_CHARS_MAX: Final = 4_096
"""Characters of the keys on the way to a value: a megabyte of text could have gigabytes of pointers."""
INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
PLAIN: Final = frozenset({bool, type(None)})


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A list or an object that stands under `key` of `outside`; the outermost holds the document."""

    value: Json
    outside: "Opened | None" = None
    key: Json = None
    depth: int = 0
    path_chars: int = 0

    def pointer(self, *keys: Json) -> str:
        """The pointer of the value, or of what stands under `keys` in it."""
        found = [str(key) for key in reversed(keys)]
        at: Opened | None = self
        while at is not None and at.outside is not None:
            found.append(str(at.key))
            at = at.outside
        # What the outermost holds is the whole document.
        return joined("", *found[-2::-1])


def is_sound(tree: Json, faults: Faults) -> bool:
    """Note what is not JSON, too deep, too far in or out of range; False if there was any of it.

    It keeps its own stack: a hostile tree may be deeper than Python's. Pointers are made for faults alone.
    """
    waiting = [Opened(value=[tree])]
    is_good = True
    while waiting:
        opened = waiting.pop()
        if opened.depth > DEPTH_MAX:
            faults.error(opened.pointer(), "too_deep", f"values may be nested {DEPTH_MAX} deep")
            is_good = False
        elif isinstance(opened.value, dict) and not _has_sound_keys(opened, faults):
            is_good = False
        else:
            is_good = _has_sound_members(opened, waiting, faults) and is_good
    return is_good


def _has_sound_members(opened: Opened, waiting: list[Opened], faults: Faults) -> bool:
    is_good = True
    value, depth = opened.value, opened.depth + 1
    for key, member in value.items() if isinstance(value, dict) else enumerate(value):
        kind = type(member)
        if (kind is str and member.isascii()) or kind in PLAIN:
            continue
        if kind is dict or kind is list:
            chars = opened.path_chars + (len(key) + 1 if isinstance(key, str) else 0)
            inner = Opened(value=member, outside=opened, key=key, depth=depth, path_chars=chars)
            waiting.append(inner)
        elif (fault := _scalar_fault(member)) is not None:
            faults.error(opened.pointer(key), *fault)
            is_good = False
    return is_good


def _has_sound_keys(opened: Opened, faults: Faults) -> bool:
    if _are_plain(opened.value, PATH_CHARS_MAX - opened.path_chars):
        return True
    bad = [key for key in opened.value if not isinstance(key, str) or not is_unicode(key)]
    for key in bad:
        message = f"{quoted(repr(key))} cannot be a key: keys are Unicode text"
        faults.error(opened.pointer(), "malformed_document", message)
    longest = 0 if bad else max(map(len, opened.value), default=0)
    if opened.path_chars + longest > PATH_CHARS_MAX:
        message = f"the keys on the way to a value may have {PATH_CHARS_MAX:,} characters together"
        faults.error(opened.pointer(), "path_too_long", message)
        return False
    return not bad


def _are_plain(keys: dict[Json, Json], chars_max: int) -> bool:
    """Whether the keys are ASCII, and short even together: so it is in nearly every object."""
    try:
        joint = "".join(keys)
    except TypeError:
        return False
    return joint.isascii() and len(joint) <= chars_max


def _scalar_fault(value: Json) -> tuple[str, str] | None:
    """What is wrong with a scalar that is not plain."""
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

"""One string with `{{ }}` in it: the parts, checked and put together again at each rendering."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET

from treadle.expressions.braces import OPENING, Braced, cut
from treadle.expressions.cel.evaluation import Evaluation
from treadle.expressions.compiled import NOTHING, Compiled, Constant
from treadle.expressions.faults import InvalidExpression, PathError
from treadle.expressions.holes import Holed, Part, check_length
from treadle.expressions.places import Place
from treadle.expressions.printing import printed
from treadle.expressions.resolving import Evaluate
from treadle.expressions.single import Single, compile_single
from treadle.model.errors import Fault
from treadle.model.expression import Roots
from treadle.model.json import Json
from treadle.model.requests import Hole

TEMPLATE_BYTES_MAX: Final = 4_096
"""The longest string that may hold a template, in UTF-8."""
REMEMBERED_MAX: Final = 2_048
REMEMBERED_CHARS_MAX: Final = 256
"""Longer strings are read each time: what is compiled of them may take 150 times their length."""
Built: TypeAlias = Compiled | Constant | Holed
Made = TypeVar("Made")


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A cut and checked string; `is_whole` when it is exactly one expression.

    `fixed` is its value if that is always the same. `is_computed`: there is CEL in it.
    """

    parts: tuple[Part, ...]
    reads: frozenset[tuple[str, ...]]
    is_whole: bool
    is_computed: bool = False
    fixed: Json = UNSET


def compile_string(text: str, place: Place, pointer: str) -> Built:
    """A string value: exactly one expression keeps its type, anything else is text."""
    if OPENING not in text:
        return Constant(text)
    compile_ = _string if len(text) > REMEMBERED_CHARS_MAX else _remembered_string
    return located(compile_, text, place, pointer)


def _string(text: str, place: Place) -> Built:
    """The same of a string with expressions; pointers are left empty."""
    read = read_text(text, place, "")
    only = read.parts[0]
    if not read.is_whole or isinstance(only, Hole):
        return as_text(read, printed)
    if read.fixed is not UNSET or isinstance(only, str):
        return Constant(only if read.fixed is UNSET else read.fixed)
    return Compiled(only, read.reads, is_computed=read.is_computed)


_remembered_string: Final = lru_cache(REMEMBERED_MAX)(_string)
"""What is compiled of a text does not know where it stands: it is made once for all that say the same."""


def compile_text(text: str, place: Place, pointer: str = "") -> Built:
    """A string that is text whatever its expressions give.

    Raises:
        InvalidExpression: with every fault in it.
    """
    return Constant(text) if OPENING not in text else as_text(read_text(text, place, pointer), printed)


def as_text(text: Text, to_text: Callable[[Json], str], *, is_encoded: bool = False) -> Built:
    """The text, with `to_text` applied to the value of each expression in it."""
    moving: list[str | Evaluate] = []
    is_fixed = True
    for part in text.parts:
        if isinstance(part, Hole):
            return Holed(text.parts, text.reads, to_text, is_encoded=is_encoded, is_computed=text.is_computed)
        is_fixed = is_fixed and isinstance(part, str)
        moving.append(part)
    if is_fixed:
        return Constant("".join(part for part in moving if isinstance(part, str)))

    is_computed = text.is_computed

    def render(roots: Roots) -> Json:
        if is_computed:
            roots = Evaluation.over(roots)
        pieces: list[str] = []
        chars = 0
        for part in moving:
            piece = part if isinstance(part, str) else to_text(part(roots))
            chars += len(piece)
            check_length(chars)
            pieces.append(piece)
        return "".join(pieces)

    return Compiled(render, text.reads, is_computed=is_computed)


def read_text(text: str, place: Place, pointer: str) -> Text:
    """Cut and check a string.

    Raises:
        InvalidExpression: with every fault in it.
    """
    return located(_read if len(text) > REMEMBERED_CHARS_MAX else _remembered, text, place, pointer)


def located(compile_: Callable[[str, Place], Made], text: str, place: Place, pointer: str) -> Made:
    """What a text is compiled to, with `pointer` put into its faults.

    Raises:
        InvalidExpression: with every fault in it.
    """
    try:
        return compile_(text, place)
    except InvalidExpression as error:
        faults = tuple(msgspec.structs.replace(fault, pointer=pointer) for fault in error.faults)
        raise InvalidExpression(faults) from error


def _read(text: str, place: Place) -> Text:
    """Cut and check a string; pointers are left empty."""
    if len(text) > TEMPLATE_BYTES_MAX or len(text.encode("utf-8", "replace")) > TEMPLATE_BYTES_MAX:
        message = f"a text with templates may have {TEMPLATE_BYTES_MAX} bytes; move what is fixed out of it"
        raise InvalidExpression((Fault(pointer="", code="expression_too_long", message=message),))
    try:
        pieces = cut(text)
    except PathError as error:
        raise InvalidExpression((_fault(error, 0),)) from error
    faults: list[Fault] = []
    parts: list[Part] = []
    singles: list[Single] = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
            continue
        try:
            singles.append(compile_single(piece.text, place))
            parts.append(singles[-1].part)
        except PathError as error:
            faults.append(_fault(error, piece.position))
    if faults:
        raise InvalidExpression(tuple(faults))
    is_whole = len(pieces) == 1 and isinstance(pieces[0], Braced)
    return Text(
        parts=tuple(parts),
        reads=NOTHING.union(*[single.reads for single in singles]),
        is_whole=is_whole,
        is_computed=any(single.is_computed for single in singles),
        fixed=singles[0].fixed if is_whole else UNSET,
    )


_remembered: Final = lru_cache(REMEMBERED_MAX)(_read)
"""A document says many strings more than once, and is read twice."""


def _fault(error: PathError, offset: int) -> Fault:
    message = f"{error.message} (at character {offset + error.position + 1})"
    return Fault(pointer="", code=error.code, message=message)

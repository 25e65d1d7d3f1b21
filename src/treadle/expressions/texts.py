"""One string with `{{ }}` in it: the parts, checked and put together again at each rendering."""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from treadle.expressions.braces import OPENING, Braced, cut
from treadle.expressions.compiled import Compiled, Constant
from treadle.expressions.faults import InvalidExpression, PathError
from treadle.expressions.holes import Holed, Part, check_length
from treadle.expressions.literals import read_literal
from treadle.expressions.paths import parse_path
from treadle.expressions.places import Place
from treadle.expressions.printing import printed
from treadle.expressions.resolving import Evaluate, path_reader, read_of
from treadle.expressions.roots import HOLE_ROOTS, checked_path
from treadle.model.errors import Fault
from treadle.model.expression import Roots
from treadle.model.json import Json
from treadle.model.requests import Hole

TEMPLATE_BYTES_MAX: Final = 4_096
"""The longest string that may hold a template, in UTF-8."""
Built: TypeAlias = Compiled | Constant | Holed


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A cut and checked string; `is_whole` when it is exactly one expression."""

    parts: tuple[Part, ...]
    reads: frozenset[tuple[str, ...]]
    is_whole: bool


def compile_string(text: str, place: Place, pointer: str) -> Built:
    """A string value: exactly one expression keeps its type, anything else is text."""
    if OPENING not in text:
        return Constant(text)
    read = read_text(text, place, pointer)
    only = read.parts[0]
    if not read.is_whole or isinstance(only, Hole):
        return as_text(read, printed)
    return Constant(only) if isinstance(only, str) else Compiled(only, read.reads)


def compile_text(text: str, place: Place, pointer: str = "") -> Built:
    """A string that is text whatever its expressions give.

    Raises:
        InvalidExpression: with every fault in it.
    """
    return Constant(text) if OPENING not in text else as_text(read_text(text, place, pointer), printed)


def as_text(text: Text, to_text: Callable[[Json], str], *, is_encoded: bool = False) -> Built:
    """The text, with `to_text` applied to the value of each expression in it."""
    moving: list[str | Evaluate] = []
    for part in text.parts:
        if isinstance(part, Hole):
            return Holed(text.parts, text.reads, to_text, is_encoded=is_encoded)
        moving.append(part)
    if all(isinstance(part, str) for part in moving):
        return Constant("".join(part for part in moving if isinstance(part, str)))

    def render(roots: Roots) -> Json:
        pieces: list[str] = []
        chars = 0
        for part in moving:
            piece = part if isinstance(part, str) else to_text(part(roots))
            chars += len(piece)
            check_length(chars)
            pieces.append(piece)
        return "".join(pieces)

    return Compiled(render, text.reads)


def read_text(text: str, place: Place, pointer: str) -> Text:
    """Cut and check a string.

    Raises:
        InvalidExpression: with every fault in it.
    """
    if len(text) > TEMPLATE_BYTES_MAX or len(text.encode("utf-8", "replace")) > TEMPLATE_BYTES_MAX:
        message = f"a text with templates may have {TEMPLATE_BYTES_MAX} bytes; move what is fixed out of it"
        raise InvalidExpression((Fault(pointer=pointer, code="expression_too_long", message=message),))
    try:
        pieces = cut(text)
    except PathError as error:
        raise InvalidExpression((_fault(error, 0, pointer),)) from error
    faults: list[Fault] = []
    reads: set[tuple[str, ...]] = set()
    parts: list[Part] = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
            continue
        try:
            parts.append(_expression(piece, place, reads))
        except PathError as error:
            faults.append(_fault(error, piece.position, pointer))
    if faults:
        raise InvalidExpression(tuple(faults))
    is_whole = len(pieces) == 1 and isinstance(pieces[0], Braced)
    return Text(parts=tuple(parts), reads=frozenset(reads), is_whole=is_whole)


def _expression(braced: Braced, place: Place, reads: set[tuple[str, ...]]) -> Part:
    literal = _literal(braced.text)
    if literal is not None:
        return literal
    path = parse_path(braced.text)
    root, segments = checked_path(path.root, path.segments, place)
    reads.add(read_of(root, segments))
    if root in HOLE_ROOTS:
        return Hole(root=root, name=str(segments[0]))
    return path_reader(path.text, root, segments)


def _literal(text: str) -> str | None:
    """The value if the expression is one string literal and nothing else."""
    if not text.startswith(('"', "'")):
        return None
    value, end = read_literal(text, 0)
    return value if end == len(text) else None


def _fault(error: PathError, offset: int, pointer: str) -> Fault:
    message = f"{error.message} (at character {offset + error.position + 1})"
    return Fault(pointer=pointer, code=error.code, message=message)

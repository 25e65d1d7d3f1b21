"""Texts, URLs, headers and bodies of a Trama document in this language: the same, where they can be."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from treadle.definition.trama.native_paths import Native, literal
from treadle.definition.trama.texts import Written
from treadle.expressions.addresses import FORBIDDEN_IN_HEADER, percent_encoded
from treadle.expressions.braces import OPENING
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.mustache_texts import MustacheTexts, Put
from treadle.expressions.pointers import joined
from treadle.expressions.texts import TEMPLATE_BYTES_MAX
from treadle.model.errors import Fault
from treadle.model.json import Json

TEXT_MARK: Final = '{{ "" }}'
"""What makes a text of a value that would keep its type."""
ALWAYS_TEXT: Final = frozenset({"execution.id"})


class Piece(NamedTuple):
    """A part of a text: one that stands as it is, or (`is_moving`) an expression."""

    text: str
    is_moving: bool = False


class NativeTexts:
    """Rewrites the texts that look from one standpoint.

    Raises:
        InvalidExpression: a text would be longer than one may be.
    """

    def __init__(self, native: Native) -> None:
        self._native = native
        self._texts = MustacheTexts(native.stand)

    def value(self, written: Written) -> Json:
        """A body."""
        return self._value(written.value, written.pointer, is_inside=written.is_inside)

    def header(self, written: Written) -> str:
        """The value of a header."""
        text, pointer = str(written.value), written.pointer
        if OPENING not in text:
            return text
        pieces = [self._piece(part, pointer) for part in self._texts.cut(text, pointer)]
        if any(not piece.is_moving and FORBIDDEN_IN_HEADER.search(piece.text) for piece in pieces):
            self._native.remarks.add("put_in_one_line", pointer)
        fitting = (p if p.is_moving else Piece(FORBIDDEN_IN_HEADER.sub(" ", p.text)) for p in pieces)
        return _bounded(_put_together(fitting), pointer)

    def url(self, written: Written) -> str:
        """A URL. One with something in it that is not encoded becomes one expression."""
        text, pointer = str(written.value), written.pointer
        if OPENING not in text:
            return text
        parts = self._texts.cut(text, pointer)
        puts = [part for part in parts if isinstance(part, Put)]
        has_plain = any(not put.is_encoded for put in puts)
        if has_plain and any(put.lookup.hole is not None for put in puts):
            self._native.remarks.add("encoded", pointer)
        elif has_plain:
            self._native.remarks.add("one_expression", pointer)
            return _bounded(_as_one([self._piece(part, pointer) for part in parts]), pointer)
        return _bounded(_put_together(self._piece_of_url(part, pointer) for part in parts), pointer)

    def _value(self, value: Json, pointer: str, *, is_inside: bool) -> Json:
        if isinstance(value, str):
            return self._text(value, pointer)
        if isinstance(value, dict):
            items: Iterable[tuple[str | int, Json]] = value.items()
        elif isinstance(value, list):
            items = enumerate(value)
        else:
            return value
        found = {
            key: self._value(nested, joined(pointer, key) if is_inside else pointer, is_inside=is_inside)
            for key, nested in items
        }
        return found if isinstance(value, dict) else list(found.values())

    def _text(self, text: str, pointer: str) -> str:
        if OPENING not in text:
            return text
        parts = self._texts.cut(text, pointer)
        pieces = [self._piece(part, pointer) for part in parts]
        together = _put_together(pieces)
        if len(pieces) == 1 and pieces[0].is_moving and self._keeps_type(parts[0], pieces[0]):
            self._native.remarks.add("kept_as_text", pointer)
            together += TEXT_MARK
        return _bounded(together, pointer)

    def _keeps_type(self, part: str | Put, piece: Piece) -> bool:
        is_hole = isinstance(part, Put) and part.lookup.hole is not None
        return not is_hole and piece.text not in ALWAYS_TEXT

    def _piece(self, part: str | Put, pointer: str) -> Piece:
        if isinstance(part, str):
            return Piece(part)
        lookup = part.lookup
        if lookup.hole is not None:
            return Piece(f"{lookup.hole.root}.{lookup.hole.name}", is_moving=True)
        if lookup.text is not None:
            return Piece(lookup.text)
        expression = self._native.expression(lookup, pointer)
        return Piece("") if expression is None else Piece(expression, is_moving=True)

    def _piece_of_url(self, part: str | Put, pointer: str) -> Piece:
        piece = self._piece(part, pointer)
        is_fixed = isinstance(part, str) or piece.is_moving
        return piece if is_fixed else Piece(percent_encoded(piece.text))


def _put_together(pieces: Iterable[Piece]) -> str:
    """The text of these pieces; what would be taken for an opening in them is written as a string."""
    merged: list[Piece] = []
    for piece in pieces:
        if merged and not piece.is_moving and not merged[-1].is_moving:
            merged[-1] = Piece(merged[-1].text + piece.text)
        else:
            merged.append(piece)
    found: list[str] = []
    for index, piece in enumerate(merged):
        is_before_opening = piece.text.endswith("{") and index + 1 < len(merged)
        if piece.is_moving:
            found.append(f"{{{{ {piece.text} }}}}")
        elif OPENING in piece.text or is_before_opening:
            found.append(f"{{{{ {literal(piece.text)} }}}}")
        else:
            found.append(piece.text)
    return "".join(found)


def _as_one(pieces: Sequence[Piece]) -> str:
    """One expression that gives the text of these pieces."""
    if len(pieces) == 1 and pieces[0].is_moving:
        return f"{{{{ {pieces[0].text} }}}}"
    written = (f"string({piece.text})" if piece.is_moving else literal(piece.text) for piece in pieces)
    return f"{{{{ {' + '.join(written)} }}}}"


def _bounded(text: str, pointer: str) -> str:
    if len(text.encode("utf-8", "replace")) <= TEMPLATE_BYTES_MAX:
        return text
    message = f"written in this language the text has more than {TEMPLATE_BYTES_MAX} bytes: split it first"
    fault = Fault(pointer=pointer, code="expression_too_long", message=message)
    raise InvalidExpression((fault,))

"""Texts, URLs, headers and values of a Trama document become closures.

What is put in is printed as text, without escaping of HTML, and as empty text where it is missing or null.
In the path and the query of a URL it is percent-encoded; `{{{x}}}` and `{{&x}}` are not.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from msgspec import UNSET

from treadle.expressions.addresses import FORBIDDEN_IN_HEADER, in_one_line, percent_encoded
from treadle.expressions.compiled import Constant
from treadle.expressions.faults import InvalidExpression, PathError
from treadle.expressions.holes import Part
from treadle.expressions.mustache import OPENING, Tag, cut_mustache
from treadle.expressions.mustache_roots import look_up
from treadle.expressions.mustache_standpoint import Lookup, Standpoint, Unset
from treadle.expressions.places import REQUEST
from treadle.expressions.printing import printed
from treadle.expressions.templates import Builder, Template
from treadle.expressions.texts import TEMPLATE_BYTES_MAX, Built, Text, as_text
from treadle.expressions.weighing import UNWEIGHED_MAX, weighed
from treadle.model.errors import Fault
from treadle.model.json import Json

BEFORE_PATH: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*)?:?(?://)?[^/?#]*")
"""Scheme, host and port: a value that stands there is no part of a path and is not encoded."""


class Put(NamedTuple):
    """What is put into a text; `is_encoded`: it would be, if the text were a URL."""

    tag: Tag
    lookup: Lookup
    is_encoded: bool


class Doubt(NamedTuple):
    """A path in the text at `pointer` that is legal and never has a value."""

    pointer: str
    unset: Unset


class MustacheTexts:
    """The compiler of texts that look from one standpoint; `doubts` are those it came upon."""

    def __init__(self, stand: Standpoint) -> None:
        self._stand = stand
        self.doubts: list[Doubt] = []

    def text(self, text: str, pointer: str = "") -> Built:
        """A text.

        Raises:
            InvalidExpression: with every fault in it.
        """
        if OPENING not in text:
            return Constant(text)
        return as_text(_filled(self.cut(text, pointer), _into_text), printed)

    def url(self, text: str, pointer: str = "") -> Built:
        """A URL.

        Raises:
            InvalidExpression: with every fault in it.
        """
        if OPENING not in text:
            return Constant(text)
        parts = self.cut(text, pointer)
        holed = (part for part in parts if isinstance(part, Put) and part.lookup.hole is not None)
        is_encoded = all(put.is_encoded for put in holed)
        return as_text(_filled(parts, _into_url), printed, is_encoded=is_encoded)

    def header(self, text: str, pointer: str = "") -> Built:
        """The value of a header, in one line.

        Raises:
            InvalidExpression: with every fault in it.
        """
        parts = self.cut(text, pointer) if OPENING in text else (text,)
        if any(isinstance(part, str) and FORBIDDEN_IN_HEADER.search(part) for part in parts):
            message = "the value of a header may not have CR, LF or NUL in it"
            raise InvalidExpression((Fault(pointer=pointer, code="invalid_header", message=message),))
        return as_text(_filled(parts, _into_header), in_one_line)

    def value(self, value: Json, pointer: str = "") -> Template:
        """A JSON value in which any string may have templates: each of them is a text.

        Raises:
            InvalidExpression: with every fault in it.
        """
        builder = _ValueBuilder(self)
        built = builder.build(value, pointer)
        if builder.faults:
            raise InvalidExpression(tuple(builder.faults))
        is_weighed = builder.expressions > UNWEIGHED_MAX
        return Template(value=weighed(built) if is_weighed else built, holed=tuple(builder.holed))

    def cut(self, text: str, pointer: str = "") -> tuple[str | Put, ...]:
        """The parts of a text, with what each path in it comes to.

        Raises:
            InvalidExpression: with every fault in it.
        """
        if len(text.encode("utf-8", "replace")) > TEMPLATE_BYTES_MAX:
            message = (
                f"a text with templates may have {TEMPLATE_BYTES_MAX} bytes; move what is fixed out of it"
            )
            raise InvalidExpression((Fault(pointer=pointer, code="expression_too_long", message=message),))
        mustache = cut_mustache(text)
        faults = [_fault(error, error.position, pointer) for error in mustache.errors]
        parts: list[str | Put] = []
        fixed = ""
        for part in mustache.parts:
            if isinstance(part, str):
                fixed += part
                parts.append(part)
                continue
            try:
                lookup = look_up(part.segments, self._stand)
            except PathError as error:
                faults.append(_fault(error, part.position, pointer))
                continue
            if lookup.unset is not None:
                self.doubts.append(Doubt(pointer, lookup.unset))
            is_encoded = not part.is_plain and BEFORE_PATH.fullmatch(fixed) is None
            parts.append(Put(part, lookup, is_encoded))
        if faults:
            raise InvalidExpression(tuple(faults))
        return tuple(parts)


class _ValueBuilder(Builder):
    """Builds a value whose strings are Mustache."""

    def __init__(self, texts: MustacheTexts) -> None:
        super().__init__(REQUEST)
        self._texts = texts

    def compiled(self, text: str, pointer: str) -> Built:
        return self._texts.text(text, pointer)


def shown(value: Json) -> str:
    """The value as text; empty for what is missing or null."""
    return "" if value is UNSET or value is None else printed(value)


def _filled(parts: tuple[str | Put, ...], into: Callable[[Put], Part]) -> Text:
    """The text, with what each tag in it is turned `into`; it is a text even if it is one tag alone."""
    puts = [part for part in parts if isinstance(part, Put)]
    return Text(
        parts=tuple(part if isinstance(part, str) else part.lookup.hole or into(part) for part in parts),
        reads=frozenset(path for put in puts for path in put.lookup.paths),
        is_whole=False,
    )


def _into_text(put: Put) -> Part:
    lookup = put.lookup
    if lookup.text is not None or lookup.unset is not None:
        return lookup.text or ""
    return lambda roots: shown(lookup.read(roots))


def _into_url(put: Put) -> Part:
    part = _into_text(put)
    if not put.is_encoded:
        return part
    if isinstance(part, str):
        return percent_encoded(part)
    return lambda roots: percent_encoded(shown(put.lookup.read(roots)))


def _into_header(put: Put) -> Part:
    """Always a closure: what it gives is looked at for line breaks, a name of a step as well."""
    return lambda roots: shown(put.lookup.read(roots))


def _fault(error: PathError, position: int, pointer: str) -> Fault:
    message = f"{error.message} (at character {position + 1})"
    return Fault(pointer=pointer, code=error.code, message=message)

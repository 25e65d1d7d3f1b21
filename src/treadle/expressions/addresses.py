"""URLs and headers: texts in which not every value may stand."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from msgspec.structs import replace

from treadle.expressions.braces import OPENING
from treadle.expressions.compiled import Compiled, Constant
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import Place
from treadle.expressions.printing import printed
from treadle.expressions.templates import compile_holed
from treadle.expressions.texts import (
    REMEMBERED_CHARS_MAX,
    REMEMBERED_MAX,
    Built,
    as_text,
    located,
    read_text,
)
from treadle.model.errors import Fault
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.json import Json
from treadle.model.requests import Hole

FORBIDDEN_IN_HEADER: Final = re.compile(r"[\r\n\0]")


def percent_encoded(value: Json) -> str:
    """The printed value with everything but RFC 3986's unreserved characters encoded."""
    return quote(printed(value), safe="", errors="replace")


def compile_url(text: str, place: Place, pointer: str = "") -> Expression:
    """A URL: what is put into it is percent-encoded, unless the whole is one expression.

    Raises:
        InvalidExpression: with every fault in it.
    """
    if OPENING not in text:
        return Constant(text)
    compile_ = _url if len(text) > REMEMBERED_CHARS_MAX else _remembered_url
    return located(compile_, text, place, pointer)


def _url(text: str, place: Place) -> Built:
    """The same of a URL with expressions; pointers are left empty."""
    read = read_text(text, place, "")
    whole = read.parts[0]
    if read.is_whole and isinstance(whole, Hole):
        return as_text(read, printed)
    if not read.is_whole or isinstance(whole, str | Hole):
        return as_text(read, percent_encoded, is_encoded=True)

    def render(roots: Roots) -> Json:
        url = whole(roots)
        if not isinstance(url, str):
            raise ExpressionError("invalid_url", f"the URL is no text but {printed(url)[:80]}")
        return url

    return Compiled(render, read.reads, is_computed=read.is_computed)


_remembered_url: Final = lru_cache(REMEMBERED_MAX)(_url)
"""A document calls the same address more than once, and is read twice."""


def compile_query_value(value: Json, place: Place, pointer: str = "") -> Expression:
    """A value of a query, printed and percent-encoded as a whole.

    Raises:
        InvalidExpression: with every fault in it.
    """
    if isinstance(value, str) and OPENING in value:
        read = read_text(value, place, pointer)
        parts = tuple(percent_encoded(part) if isinstance(part, str) else part for part in read.parts)
        return as_text(replace(read, parts=parts), percent_encoded, is_encoded=True)
    template = compile_holed(value, place, pointer)
    if template.holed:
        message = "what is filled in at sending cannot stand inside a list or an object of a query"
        faults = (Fault(pointer=at, code="misplaced_root", message=message) for at, _ in template.holed)
        raise InvalidExpression(tuple(faults))
    if isinstance(template.value, Constant):
        return Constant(percent_encoded(template.value.value))
    return Compiled(
        lambda roots: percent_encoded(template.value(roots)),
        template.reads,
        is_computed=template.computed > 0,
    )


def compile_header(text: str, place: Place, pointer: str = "") -> Expression:
    """The value of a header: always text, in one line.

    Raises:
        InvalidExpression: with every fault in it.
    """
    built = Constant(text) if OPENING not in text else _header_text(text, place, pointer)
    if isinstance(built, Constant):
        _check_fixed(built.value, pointer)
    return built


def _header_text(text: str, place: Place, pointer: str) -> Built:
    read = read_text(text, place, pointer)
    for part in read.parts:
        if isinstance(part, str):
            _check_fixed(part, pointer)
    return as_text(read, in_one_line)


def _check_fixed(text: str, pointer: str) -> None:
    if FORBIDDEN_IN_HEADER.search(text):
        message = "the value of a header may not have CR, LF or NUL in it"
        raise InvalidExpression((Fault(pointer=pointer, code="invalid_header", message=message),))


def in_one_line(value: Json) -> str:
    """The value as it may stand in a header.

    Raises:
        ExpressionError: `invalid_header` for a text that would be more than one line.
    """
    text = printed(value)
    if FORBIDDEN_IN_HEADER.search(text):
        raise ExpressionError("invalid_header", "the value of a header has CR, LF or NUL in it")
    return text

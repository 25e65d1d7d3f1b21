"""URLs and headers: texts in which not every value may stand."""

import re
from typing import Final
from urllib.parse import quote

from treadle.expressions.compiled import Compiled, Constant
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.holes import OPENING
from treadle.expressions.places import Place
from treadle.expressions.printing import printed
from treadle.expressions.texts import as_text, read_text
from treadle.model.errors import Fault
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.json import Json

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
    read = read_text(text, place, pointer)
    if not read.is_whole or isinstance(read.parts[0], str):
        return as_text(read, percent_encoded)
    whole = read.parts[0]

    def render(roots: Roots) -> Json:
        url = whole(roots)
        if not isinstance(url, str):
            raise ExpressionError("invalid_url", f"the URL is no text but {printed(url)[:80]}")
        return url

    return Compiled(render, read.reads)


def compile_header(text: str, place: Place, pointer: str = "") -> Expression:
    """The value of a header: always text, in one line.

    Raises:
        InvalidExpression: with every fault in it.
    """
    built = Constant(text) if OPENING not in text else as_text(read_text(text, place, pointer), printed)
    if isinstance(built, Constant):
        if FORBIDDEN_IN_HEADER.search(built.value):
            message = "the value of a header may not have CR, LF or NUL in it"
            raise InvalidExpression((Fault(pointer=pointer, code="invalid_header", message=message),))
        return built

    def render(roots: Roots) -> Json:
        value = built(roots)
        if FORBIDDEN_IN_HEADER.search(value):
            raise ExpressionError("invalid_header", "the value of a header has CR, LF or NUL in it")
        return value

    return Compiled(render, built.reads)

"""What both formats share: the bound, the encoding, and how a fault in a text is told."""

from typing import NoReturn

from treadle.definition.formats.lines import Lines
from treadle.model.errors import Fault, Rejected


def decoded(data: bytes, bytes_max: int, what: str) -> str:
    """The text of a document.

    Raises:
        Rejected: `too_large`, or `malformed_request` for what is no UTF-8.
    """
    if len(data) > bytes_max:
        message = f"a document in {what} may have {bytes_max:,} bytes; this one has {len(data):,}"
        raise Rejected("too_large", message)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The error counts in what was decoded: the bytes without a byte order mark.
        before = error.object[: error.start].decode()
        refuse_at(before, len(before), "the text is no UTF-8")


def refuse_at(text: str, offset: int, message: str, pointer: str = "") -> NoReturn:
    """Refuse a text for what stands at an offset in it, in code points.

    Raises:
        Rejected: always.
    """
    position = Lines(text).position(offset)
    line, column = position.line, position.column
    where = f"{message} (line {line}, column {column})"
    fault = Fault(pointer=pointer, code="malformed_document", message=where, line=line, column=column)
    raise Rejected("malformed_request", where, (fault,))

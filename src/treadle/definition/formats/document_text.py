"""What both formats share: the bound, the encoding, and how a fault in a text is told."""

from typing import NoReturn

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
        refuse_at(data[: error.start].decode("utf-8", "replace"), error.start, "the text is no UTF-8")


def refuse_at(text: str, position: int, message: str) -> NoReturn:
    """Refuse a text for what stands at a position in it.

    Raises:
        Rejected: always.
    """
    before = text[:position]
    refuse(message, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def refuse(message: str, *, line: int, column: int) -> NoReturn:
    """Refuse a text for what stands at a line and a column, both from 1.

    Raises:
        Rejected: always.
    """
    where = f"{message} (line {line}, column {column})"
    raise Rejected("malformed_request", where, (Fault(pointer="", code="malformed_document", message=where),))

"""A place in a list as text of `A-Za-z0-9_-` alone, so that it can stand in a URL as it is."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final

import msgspec

from treadle.model.errors import Rejected
from treadle.model.ids import Instant
from treadle.model.views import Cursor

CURSOR_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{1,1024}")
CREATED_AT_MAX: Final = 2**62
"""Far beyond every instant, and within what stores count with."""
_CreatedAt = Annotated[int, msgspec.Meta(ge=-CREATED_AT_MAX, le=CREATED_AT_MAX)]
_decoder = msgspec.json.Decoder(tuple[_CreatedAt, str])


def encode_cursor(cursor: Cursor) -> str:
    """The text of a place."""
    return urlsafe_b64encode(msgspec.json.encode((cursor.created_at, cursor.id))).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor:
    """The place of a text.

    Raises:
        Rejected: `invalid_parameter`, no list gave this cursor.
    """
    if CURSOR_TEXT.fullmatch(text) is None:
        raise _invalid()
    try:
        created_at, row_id = _decoder.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, UnicodeDecodeError) as error:
        raise _invalid() from error
    return Cursor(created_at=Instant(created_at), id=row_id)


def _invalid() -> Rejected:
    return Rejected("invalid_parameter", "`cursor` is not one that a list gave as `next`")

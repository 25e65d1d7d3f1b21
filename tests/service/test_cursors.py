"""Cursors go out as text and come back as the same place."""

import re
from base64 import urlsafe_b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.model.errors import Rejected
from treadle.model.ids import Instant
from treadle.model.views import Cursor
from treadle.service.cursors import decode_cursor, encode_cursor


@given(st.integers(-(2**62), 2**62), st.text(max_size=200))
def test_a_cursor_comes_back_as_it_was(created_at: int, row_id: str) -> None:
    cursor = Cursor(created_at=Instant(created_at), id=row_id)
    text = encode_cursor(cursor)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert decode_cursor(text) == cursor


@given(st.text(max_size=40))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Rejected, match="invalid_parameter"):
        decode_cursor(text)


def encoded(created_at: object) -> str:
    return urlsafe_b64encode(msgspec.json.encode([created_at, "x"])).decode().rstrip("=")


@pytest.mark.parametrize(
    "text", ["", "a", "====", "WzEsMV0", "bnVsbA", "W10", "x" * 2_000, encoded(2**63), encoded("x")]
)
def test_these_are_no_cursors(text: str) -> None:
    with pytest.raises(Rejected, match="invalid_parameter"):
        decode_cursor(text)

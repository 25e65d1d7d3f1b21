"""One request of the REST API, described but not sent."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Generic, TypeAlias, TypeVar
from urllib.parse import quote

import msgspec

from treadle.client.answers import Page
from treadle.client.limits import IDEMPOTENCY_KEY_CHARS_MAX
from treadle.model.json import Json

T = TypeVar("T")
Query: TypeAlias = tuple[tuple[str, str], ...]
NO_PATHS: Final = frozenset({"", ".", ".."})
"""Texts that no part of a path can be."""


class Call(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """`answer` is the shape of a good answer, None of one without a body.

    `is_repeatable`: to carry it out twice is to carry it out once, so it may be sent again when nobody knows
    what became of it. `wait_s` is how long the server was asked to wait before it answers.
    """

    method: str
    path: str
    answer: type[T]
    query: Query = ()
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    is_repeatable: bool = False
    wait_s: int = 0


class PageCall(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A list; `next` of a page goes into the parameter `cursor` to ask for the page after it."""

    first: Call[Page[T]]
    cursor: str = "cursor"

    def after(self, following: str) -> Call[Page[T]]:
        """The call for the page that begins there."""
        kept = tuple(pair for pair in self.first.query if pair[0] != self.cursor)
        return msgspec.structs.replace(self.first, query=(*kept, (self.cursor, following)))


def get(path: str, answer: type[T], query: Query = ()) -> Call[T]:
    """A question: it may be asked as often as one likes."""
    return Call(method="GET", path=path, answer=answer, query=query, is_repeatable=True)


def post(path: str, answer: type[T], body: Json, headers: Mapping[str, str] | None = None) -> Call[T]:
    """Something to be done, once; `body` is sent as JSON.

    Raises:
        ValueError, TypeError: `body` is nothing that JSON can say.
    """
    sent = {"Content-Type": "application/json", **(headers or {})}
    return Call(method="POST", path=path, answer=answer, body=json_bytes(body), headers=sent)


def json_bytes(value: Json) -> bytes:
    """The value as JSON, exactly: NaN, infinities and lone surrogates are refused, not replaced.

    Raises:
        ValueError, TypeError: it is nothing that JSON can say.
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def segment(text: str) -> str:
    """The text as one segment of a path.

    Raises:
        ValueError: no segment can say it.
    """
    if text in NO_PATHS:
        raise ValueError(f"{text!r} names nothing on a server")
    return quote(text, safe="")


def instant(value: datetime | str) -> str:
    """The instant as it is sent; text is taken as it is.

    Raises:
        ValueError: it does not say in which time zone it is.
    """
    if isinstance(value, str):
        return value
    if value.utcoffset() is None:
        raise ValueError(f"{value!r} has no time zone: give it one, as datetime.UTC")
    return value.isoformat()


def header_text(name: str, text: str) -> str:
    """The text, which a header can hold; the message does not repeat it, for it may be a key.

    Raises:
        ValueError: no header can hold it.
    """
    if not (text and text.isascii() and text.isprintable()):
        raise ValueError(f"{name} is empty, or has characters that cannot be sent over HTTP")
    return text


def keyed(key: str) -> dict[str, str]:
    """The header that tells a repeat from another request.

    Raises:
        ValueError: it is no key.
    """
    if len(key) > IDEMPOTENCY_KEY_CHARS_MAX:
        raise ValueError(f"an idempotency key has at most {IDEMPOTENCY_KEY_CHARS_MAX} characters")
    return {"Idempotency-Key": header_text("the idempotency key", key)}

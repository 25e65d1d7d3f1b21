"""Server-sent events (HTML, section 9.2), as they are read."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

COMMENT: Final = ""
"""The name of the field in a line that begins with a colon."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the last one that was sent; `event` is its type, `data` what it says."""

    id: str
    event: str
    data: str


def messages(lines: Iterable[str]) -> Iterator[Message | None]:
    """The messages of a stream; None for a sign of life between them."""
    last_id, event, data = "", "", list[str]()
    for line in lines:
        text = line.rstrip("\r\n")
        if not text:
            if data:
                yield Message(id=last_id, event=event or "message", data="\n".join(data))
            event, data = "", []
            continue
        name, _, value = text.partition(":")
        value = value.removeprefix(" ")
        if name == COMMENT:
            yield None
        elif name == "id":
            last_id = value
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)

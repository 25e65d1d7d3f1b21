"""The events of one commit <-> bytes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from treadle.codec.schemas import decode, encode
from treadle.model.events import Event

SCHEMA: Final = 1
"""What `encode_events` writes. A new number comes with an upcast from each old one."""


class StoredEvents(msgspec.Struct, frozen=True, kw_only=True):
    schema: int = SCHEMA
    events: Sequence[Event]


_encoder = msgspec.json.Encoder()
_current = msgspec.json.Decoder(StoredEvents)
_UPCASTS: Mapping[int, Callable[[bytes], StoredEvents]] = {SCHEMA: _current.decode}


def encode_events(events: Sequence[Event]) -> bytes:
    """What is stored for the events of one commit, in order.

    Raises:
        Corrupt: `unencodable`, a payload holds something that is no JSON value.
    """
    return encode(_encoder, StoredEvents(events=events), "events")


def decode_events(data: bytes) -> Sequence[Event]:
    """The events that were encoded, of any schema that was ever released.

    Raises:
        Corrupt: `unknown_schema` or `bad_payload`.
    """
    return decode(data, _UPCASTS, "events").events

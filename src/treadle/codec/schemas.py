"""Dispatch on the schema number that everything stored carries."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from treadle.codec.packing import PLAIN_BYTES_MAX, compress, unpack
from treadle.model.errors import Corrupt

T = TypeVar("T")


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """The schema number; the rest is not looked at before the number is known."""

    schema: int


_numbered = msgspec.json.Decoder(Numbered)


def schema_of(data: bytes) -> int:
    """The schema number of stored bytes that were read before."""
    return _numbered.decode(unpack(data)).schema


def decode(data: bytes, upcasts: Mapping[int, Callable[[bytes], T]], what: str) -> T:
    """What `data` holds, brought from its schema to the current one by the entry of its number.

    Raises:
        Corrupt: `unknown_schema`, a newer Treadle wrote it; `bad_payload`, it is not what its number says.
    """
    try:
        json = unpack(data)
        schema = _numbered.decode(json).schema
        upcast = upcasts.get(schema)
        if upcast is not None:
            return upcast(json)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Corrupt("bad_payload", f"stored {what} cannot be read: {error}") from error
    raise Corrupt(
        "unknown_schema",
        f"stored {what} have schema {schema}, this version of Treadle reads "
        f"{', '.join(map(str, sorted(upcasts)))}: use the version that wrote them, or a newer one",
    )


def encode(encoder: msgspec.json.Encoder, value: object, what: str) -> bytes:
    """What is stored for `value`, which becomes a JSON object; `decode` reads it.

    Raises:
        Corrupt: `unencodable`, a value in it is no JSON value.
    """
    try:
        json = encoder.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Corrupt("unencodable", f"{what} cannot be stored as JSON: {error}") from error
    return json if len(json) <= PLAIN_BYTES_MAX else compress(json)

"""JSON that is stored: plain while it is small, compressed when it is large; the first byte says which."""

import zlib
from typing import Final

from treadle.model.errors import Corrupt

PLAIN_BYTES_MAX: Final = 16_384
"""JSON longer than this is compressed."""
COMPRESSION_LEVEL: Final = 1
"""The fastest: repeated keys make most of what can be saved, and any level finds them."""
JSON_FIRST: Final = 0x7B
ZLIB_FIRST: Final = 0x78


def compress(json: bytes) -> bytes:
    """What is stored for `json`, the bytes of a JSON object that is longer than `PLAIN_BYTES_MAX`."""
    return zlib.compress(json, COMPRESSION_LEVEL)


def unpack(data: bytes) -> bytes:
    """The JSON that is stored so.

    Raises:
        Corrupt: `bad_payload`, these are neither a JSON object nor what `compress` makes.
    """
    first = data[0] if data else None
    if first == JSON_FIRST:
        return data
    if first != ZLIB_FIRST:
        raise Corrupt("bad_payload", f"stored bytes begin with {first!r}: neither JSON nor zlib")
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise Corrupt("bad_payload", f"stored bytes cannot be decompressed: {error}") from error


def json_bytes(data: bytes | None) -> int:
    """The size of the JSON that is stored so; 0 for nothing."""
    return 0 if data is None else len(unpack(data))

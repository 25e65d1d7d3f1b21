"""JSON from outside becomes a value within bounds: the same for what services answer and handlers return."""

from typing import Final

import msgspec

from treadle.model.json import Json

JSON_DEPTH_MAX: Final = 64
"""Arrays and objects inside each other."""
FLAT_BYTES_MAX: Final = 2 * JSON_DEPTH_MAX
"""So many bytes have no brackets for more."""


class JsonFault(Exception):
    """These bytes are no JSON value within the bounds; the message says what is wrong."""


def decode_json(raw: bytes) -> Json:
    """The value of `raw`, which is UTF-8.

    Raises:
        JsonFault: malformed, or deeper than JSON_DEPTH_MAX.
    """
    try:
        value: Json = msgspec.json.decode(raw)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise JsonFault(str(error)) from None
    # What has no more than that many brackets cannot be deeper: counting is far cheaper than walking.
    if len(raw) > FLAT_BYTES_MAX and raw.count(b"{") + raw.count(b"[") > JSON_DEPTH_MAX:
        _check_depth(value)
    return value


def _check_depth(value: Json) -> None:
    level: list[Json] = [value]
    for _ in range(JSON_DEPTH_MAX):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> JsonFault:
    return JsonFault(f"JSON is deeper than {JSON_DEPTH_MAX} levels")

"""What becomes of a value as JSON without a word: it is looked for, since the encoder does not tell."""

from math import isfinite

import msgspec

from treadle.invokers.json_bounds import JsonFault
from treadle.model.json import Json


def check_kept(result: object, encoded: bytes, body: Json) -> None:
    """Refuse a result that says more than `encoded`, or `body`, which that is read as.

    Raises:
        JsonFault: a number that is none became null, or two keys became one.
    """
    if not encoded.count(b"null") and len(msgspec.json.encode(body)) == len(encoded):
        return
    try:
        level = [msgspec.to_builtins(result)]
    except TypeError:  # JSON that the handler wrote itself is as it is
        return
    while level:
        value = level.pop()
        if isinstance(value, float) and not isfinite(value):
            raise JsonFault(f"{value} is no number of JSON")
        if isinstance(value, dict):
            _check_keys(value)
            level.extend(value.values())
        elif isinstance(value, (list, tuple)):
            level.extend(value)


def _check_keys(value: dict[object, object]) -> None:
    seen: set[str] = set()
    for key in map(str, value):
        if key in seen:
            raise JsonFault(f"two keys of an object are {key!r} as JSON")
        seen.add(key)

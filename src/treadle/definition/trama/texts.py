"""Texts with templates as a Trama document writes them: a text, `{"value": text}`, or any other JSON."""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple, NoReturn

from treadle.definition.faults import Faults
from treadle.definition.section import Section
from treadle.definition.soundness import is_sound
from treadle.expressions.mustache import OPENING
from treadle.expressions.nearest import quoted
from treadle.expressions.pointers import joined
from treadle.expressions.printing import ENCODER
from treadle.model.json import Json

WRAPPED: Final = "value"


class Written(NamedTuple):
    """What a field holds and where; `is_inside`: pointers lead on into it in the document."""

    value: Json
    pointer: str
    is_inside: bool = False


def read_text(section: Section, field: str) -> Written:
    """The text under a field, which is there."""
    found = _unwrapped(section, field)
    value = found.value
    return Written(value if isinstance(value, str) else ENCODER.encode(value), found.pointer)


def read_body(section: Section, field: str) -> Written:
    """The body under a field, which is there.

    A text that is a JSON object or list is that value, as the same JSON without quotes is: so what is put
    into its strings cannot break it. With templates in its keys it is a text.
    """
    found = _unwrapped(section, field)
    if isinstance(found.value, str):
        parsed = _parsed(found.value)
        if parsed is None or _has_moving_keys(parsed):
            return found
        return Written(parsed, found.pointer)
    if _has_moving_keys(found.value):
        return Written(ENCODER.encode(found.value), found.pointer)
    return found


def _unwrapped(section: Section, field: str) -> Written:
    value, pointer = section.raw(field), section.at(field)
    if not isinstance(value, dict) or not isinstance(value.get(WRAPPED), str):
        return Written(value, pointer, is_inside=True)
    for key in value:
        if key != WRAPPED:
            message = f"{quoted(key)} is ignored: an object with a text as `{WRAPPED}` is that text"
            section.faults.warn(joined(pointer, key), "ignored_field", message)
    return Written(value[WRAPPED], joined(pointer, WRAPPED))


def _parsed(text: str) -> Json:
    """The object or list that a text is; None for any other text."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if is_sound(value, Faults()) else None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def _has_moving_keys(value: Json) -> bool:
    return any(OPENING in key for key in _keys(value))


def _keys(value: Json) -> Iterator[str]:
    waiting: list[Json] = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield from found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)

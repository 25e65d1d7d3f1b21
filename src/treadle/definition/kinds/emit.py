"""`emit`: a message to a stream."""

from typing import Final

from msgspec import UNSET

from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.places import VALUE
from treadle.model.definition import Emit


def read_emit(section: Section, head: Head, reading: Reading) -> Emit:
    """Read an emit."""
    section.require("topic", "where the message goes")
    section.require("type", "what the message is")
    section.require("data", "what the message says")
    data = section.raw("data")
    if data is not UNSET:
        spot = Spot(place=VALUE, owner=section.pointer, role=Role.BEFORE)
        reading.template(data, section.at("data"), spot)
    return Emit(
        **head.fields,
        topic=_read_text(section, "topic", reading) or "",
        message_type=_read_text(section, "type", reading) or "",
        data=None if data is UNSET else data,
        key=_read_text(section, "key", reading),
    )


def _read_text(section: Section, field: str, reading: Reading) -> str | None:
    text = section.text(field)
    if text == "":
        section.faults.error(section.at(field), "invalid_value", f"`{field}` is empty")
    if text is not None:
        spot = Spot(place=VALUE, owner=section.pointer, role=Role.BEFORE)
        reading.text(text, section.at(field), spot)
    return text


EMIT: Final = KindReader(words=frozenset({"topic", "type", "data", "key"}), read=read_emit)

"""`callback`: how long an async task waits for its answer, and what the answer has to say."""

from typing import Final

from msgspec import UNSET

from treadle.definition.reading import CallbackFields, Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.places import CALLBACK
from treadle.model.definition import Callback
from treadle.model.json import Json

WORDS: Final = ("timeout", "success_when", "fail_when")


def read_callback_fields(owner: Section, role: Role, pointer: str, reading: Reading) -> CallbackFields:
    """What `callback` of `owner` says; `pointer` is whose it is."""
    section = owner.section("callback")
    section.only(WORDS)
    spot = Spot(place=CALLBACK, owner=pointer, role=role)
    return CallbackFields(
        timeout_ms=section.duration_ms("timeout"),
        success_when=_read_condition(section, "success_when", spot, reading),
        fail_when=_read_condition(section, "fail_when", spot, reading),
    )


def read_callback(node: Section, reading: Reading) -> Callback:
    """The callback of an async task: its own fields over those of the document."""
    own = read_callback_fields(node, Role.OUTPUT, node.pointer, reading)
    base = reading.defaults.callback
    timeout_ms = base.timeout_ms if own.timeout_ms is None else own.timeout_ms
    if timeout_ms is None:
        message = "`callback.timeout` is missing, here and in `defaults`: how long the callback is awaited"
        node.faults.error(node.pointer, "missing_field", message)
    return Callback(
        timeout_ms=timeout_ms or 0,
        success_when=base.success_when if own.success_when is None else own.success_when,
        fail_when=base.fail_when if own.fail_when is None else own.fail_when,
    )


def _read_condition(section: Section, field: str, spot: Spot, reading: Reading) -> Json | None:
    value = section.raw(field)
    if value is UNSET:
        return None
    reading.condition(value, section.at(field), spot)
    return value

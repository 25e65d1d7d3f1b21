"""Which activities there are, and which are to come."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import UNSET

from treadle.definition.activities.handler import read_handler
from treadle.definition.activities.http import read_http
from treadle.definition.reading import Reading, Spot
from treadle.definition.section import Section
from treadle.model.definition import Activity, HandlerActivity
from treadle.model.json import Json

READERS: Final[Mapping[str, Callable[[Json, str, Reading, Spot], Activity]]] = {
    "http": read_http,
    "handler": read_handler,
}
LATER: Final = ("queue", "message", "wasm", "grpc")
WORDS: Final = (*READERS, *LATER)
NONE_READ: Final = HandlerActivity(name="")
"""Stands in a definition that has a fault there anyway."""


def read_activity(owner: Section, reading: Reading, spot: Spot) -> Activity:
    """The one activity among the fields of `owner`."""
    written = [word for word in WORDS if owner.has(word)]
    for word in written:
        if word in LATER:
            message = f"the activity `{word}` is not available yet; available are {', '.join(READERS)}"
            owner.faults.error(owner.at(word), "unsupported_activity", message)
    if not written:
        message = f"an activity is missing: one of {', '.join(READERS)}"
        owner.faults.error(owner.pointer, "missing_field", message)
    if len(written) > 1:
        message = f"{' and '.join(f'`{word}`' for word in written)} exclude each other: write one activity"
        owner.faults.error(owner.at(written[1]), "conflicting_fields", message)
    found: Activity = NONE_READ
    for word in written:
        value = owner.raw(word)
        if word in READERS and value is not UNSET:
            found = READERS[word](value, owner.at(word), reading, spot)
    return found

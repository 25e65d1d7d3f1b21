"""Every field that is stored stands in a recorded history: what is read for ever is read by a test."""

from typing import Final

import msgspec

from tests.histories.fields import fields_told, optional_fields, structs_in
from tests.histories.record import HERE, Recorded
from treadle.codec.events import decode_events
from treadle.codec.snapshots import SCHEMA, decode_snapshot
from treadle.model.events import Event
from treadle.model.execution import Execution

NEVER_TOLD: Final = {"RunWarning.path": "the one warning that there is, of a hook, is of no visit"}
"""Fields that no decision gives a value of its own, and why."""


def recorded(folder: str) -> list[Recorded]:
    """Those of the folder, a schema of snapshots; `*` is all."""
    return [
        msgspec.json.decode(file.read_bytes(), type=Recorded)
        for file in sorted(HERE.glob(f"{folder}/*.json"))
    ]


def test_every_field_of_every_event_is_recorded() -> None:
    events = [event for one in recorded("*") for event in decode_events(bytes(one.events))]
    assert optional_fields(structs_in(Event)) - set(fields_told(events)) == set(NEVER_TOLD)


def test_every_field_of_the_state_is_recorded_as_it_is_stored_today() -> None:
    """A snapshot of an earlier schema is completed when it is read: it does not show what was stored."""
    states = [decode_snapshot(bytes(one.snapshot)) for one in recorded(str(SCHEMA))]
    assert optional_fields(structs_in(Execution)) - set(fields_told(states)) == set(NEVER_TOLD)


def test_fields_are_looked_for_at_any_depth() -> None:
    of_state, of_events = optional_fields(structs_in(Execution)), optional_fields(structs_in(Event))
    assert {
        "Execution.run",
        "Frame.after",
        "Activity.answered",
        "Response.status",
        "Hole.is_encoded",
    } <= of_state
    assert {"NodeEntered.is_anew", "RunWarning.path", "ParentRef.activity", "Hole.is_encoded"} <= of_events
    assert "Execution.id" not in of_state, "it is in every state"

"""Events as they are shown."""

from typing import get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given

from tests.codec.drawing import values
from treadle.codec.events import encode_events
from treadle.model.events import (
    CompensationSkipped,
    Event,
    NodeCompleted,
    RetryScheduled,
    SignalReceived,
    TimerStarted,
)
from treadle.model.ids import FrameId, Instant, NodeId, Path
from treadle.ports.commit import HistoryRow
from treadle.service.history import INSTANT_FIELDS, history_item, history_items

T0 = Instant(1_800_000_000_000)
T0_TEXT = "2027-01-15T08:00:00.000Z"


def test_what_an_event_says_of_its_own_stands_in_data() -> None:
    event = CompensationSkipped(at=T0, frame=FrameId(9), path=Path("a"), actor="dev", reason="by hand")
    assert msgspec.to_builtins(history_item(12, event)) == {
        "seq": 12,
        "at": T0_TEXT,
        "type": "CompensationSkipped",
        "path": "a",
        "attempt": None,
        "data": {"frame": 9},
        "actor": "dev",
        "reason": "by hand",
    }


def test_what_an_event_does_not_say_is_left_out_and_what_is_null_is_not() -> None:
    event = NodeCompleted(at=T0, frame=FrameId(1), path=Path("a"))
    assert history_item(3, event).data == {"frame": 1, "next": None}
    with_output = NodeCompleted(at=T0, frame=FrameId(1), path=Path("a"), output=None, next=NodeId("b"))
    assert history_item(3, with_output).data == {"frame": 1, "next": "b", "output": None}


def test_instants_in_data_are_text() -> None:
    event = TimerStarted(at=T0, frame=FrameId(1), path=Path("a"), wake_at=T0)
    assert history_item(3, event).data["wake_at"] == T0_TEXT
    assert history_item(3, event).actor == "engine"


@pytest.mark.parametrize("event_type", get_args(Event))
def test_every_instant_of_an_event_is_known_as_one(event_type: type) -> None:
    hints = get_type_hints(event_type)
    instants = {
        name
        for name, hint in hints.items()
        if name != "at" and (hint is Instant or Instant in get_args(hint))
    }
    assert instants <= INSTANT_FIELDS


def test_a_signal_that_was_kept_is_taken_by_the_engine_and_its_event_named() -> None:
    event = SignalReceived(at=T0, frame=FrameId(1), path=Path("a"), name="go", kept=7)
    item = history_item(9, event)
    assert (item.actor, item.path) == ("engine", "a")
    assert item.data == {"frame": 1, "name": "go", "index": 0, "kept": 7, "key": None}


@given(values(Event))
def test_any_event_is_shown_with_what_is_common_to_all_beside_its_data(event: Event) -> None:
    dated = msgspec.structs.replace(
        event,
        at=T0,
        **dict.fromkeys(INSTANT_FIELDS & set(event.__struct_fields__), T0),
    )
    item = history_item(3, dated)
    assert (item.type, item.at) == (type(event).__name__, T0_TEXT)
    assert not {"at", "path", "attempt", "actor", "reason"} & set(item.data)
    assert set(item.data) <= set(event.__struct_fields__)
    assert isinstance(item.actor, str)
    assert {item.data[name] for name in INSTANT_FIELDS & set(item.data)} <= {T0_TEXT}
    msgspec.json.encode(item)


def test_rows_are_read_event_by_event_from_the_one_asked_for() -> None:
    events = [RetryScheduled(at=T0, frame=FrameId(1), attempt=n, wake_at=T0) for n in (1, 2, 3)]
    rows = [
        HistoryRow(first_seq=4, last_seq=5, at=T0, events=encode_events(events[:2]), digest=b""),
        HistoryRow(first_seq=6, last_seq=6, at=T0, events=encode_events(events[2:]), digest=b""),
    ]
    assert [(item.seq, item.attempt) for item in history_items(rows, 4)] == [(5, 2), (6, 3)]

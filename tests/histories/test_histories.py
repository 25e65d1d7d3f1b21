"""What was stored once is read for ever, to the same state."""

from pathlib import Path

import msgspec
import pytest

from tests.histories.record import HERE, Recorded, recorded_as
from tests.histories.stories import STORIES
from treadle.codec.events import decode_events
from treadle.codec.snapshots import decode_snapshot, encode_snapshot, is_told
from treadle.core.evolve import fold
from treadle.core.invariants import violations
from treadle.model.events import Event
from treadle.testing.playing import Play

RECORDED = sorted(HERE.glob("*/*.json"))


def read(path: Path) -> Recorded:
    return msgspec.json.decode(path.read_bytes(), type=Recorded)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_recorded_history_folds_to_its_recorded_state(path: Path) -> None:
    recorded = read(path)
    execution = fold(None, decode_events(bytes(recorded.events)))
    assert is_told(bytes(recorded.snapshot), execution)
    assert violations(execution) == []


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_recorded_state_is_sound_when_it_is_read_today(path: Path) -> None:
    execution = decode_snapshot(bytes(read(path).snapshot))
    assert violations(execution) == []
    assert decode_snapshot(encode_snapshot(execution)) == execution


@pytest.mark.parametrize("story", STORIES)
def test_every_story_is_recorded(story: str) -> None:
    assert len(recorded_as(story)) == 1


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_recorded_history_can_be_taken_up_at_any_event(path: Path) -> None:
    events = decode_events(bytes(read(path).events))
    whole = fold(None, events)
    for at in range(1, len(events)):
        restored = decode_snapshot(encode_snapshot(fold(None, events[:at])))
        assert fold(restored, events[at:]) == whole


def test_the_recorded_histories_have_every_event() -> None:
    seen = {type(event) for path in RECORDED for event in decode_events(bytes(read(path).events))}
    assert seen == set(Event.__args__)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_story_is_told_the_same_way_twice(story: "type[Play]") -> None:
    assert story().history == story().history

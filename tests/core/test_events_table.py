"""Every event is folded, every field of the state is written by one, and all of it can be stored."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec
import pytest

from tests.core.rarities import RARITIES
from tests.histories.stories import STORIES
from treadle.codec.events import decode_events, encode_events
from treadle.codec.snapshots import decode_snapshot, encode_snapshot
from treadle.core.evolve import FOLDS, evolve, fold
from treadle.model.events import Event, ExecutionStarted
from treadle.model.execution import (
    Activity,
    Attempt,
    AttemptError,
    Compensation,
    Ending,
    Execution,
    ExecutionStatus,
    Failure,
    Frame,
    Joining,
    Pause,
    Response,
    RunWarning,
    Visit,
)
from treadle.model.waiting import AwaitedChild, KeptSignal, ParentRef, Taken, Wait
from treadle.testing.playing import brought_to
from treadle.testing.world import simulate

STATE = (
    Activity,
    Attempt,
    AttemptError,
    Compensation,
    Ending,
    Execution,
    Failure,
    Frame,
    Joining,
    Pause,
    Response,
    RunWarning,
    Visit,
    Wait,
    Taken,
    AwaitedChild,
    KeptSignal,
    ParentRef,
)
NOBODY_WRITES = {
    (RunWarning, "path"): "only hooks warn, and they have no path",
}


@cache
def corpus() -> tuple[tuple[Event, ...], ...]:
    """Histories that together hold everything that happens."""
    return (
        *(tuple(story().history) for story in STORIES.values()),
        *(tuple(play().history) for play in RARITIES),
        *(tuple(brought_to(status).history) for status in ExecutionStatus),
        *(tuple(simulate(seed).history) for seed in range(60)),
    )


def structs_in(value: Any) -> Iterator[msgspec.Struct]:
    """The value and all that it holds, as far as it is made of structs."""
    if isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from structs_in(getattr(value, name))
    elif hasattr(value, "values") and not isinstance(value, type):
        for item in value.values():
            yield from structs_in(item)
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for item in value:
            yield from structs_in(item)


def is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    """Whether the field says nothing more than its absence would."""
    if field.default_factory is not msgspec.NODEFAULT:
        return bool(value == field.default_factory())
    return field.default is not msgspec.NODEFAULT and bool(value == field.default)


def said_by(part: msgspec.Struct) -> Iterator[tuple[type, str]]:
    """The fields of the struct that are not at their default."""
    for field in fields_in(type(part)):
        if not is_default(field, getattr(part, field.name)):
            yield type(part), field.name


@cache
def fields_in(kind: type) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def fields_of(kinds: Iterable[type]) -> set[tuple[type, str]]:
    return {(kind, field.name) for kind in kinds for field in msgspec.structs.fields(kind)}


@cache
def written() -> frozenset[tuple[type, str]]:
    """The fields of the state that some event gave a value other than nothing."""
    found = set()
    for history in corpus():
        execution = None
        for event in history:
            execution = evolve(execution, event)
            for part in structs_in(execution):
                found.update(said_by(part))
    return frozenset(found)


def test_every_event_has_a_fold() -> None:
    assert set(FOLDS) | {ExecutionStarted} == set(Event.__args__)
    assert ExecutionStarted not in FOLDS


def test_every_event_happens() -> None:
    assert {type(event) for history in corpus() for event in history} == set(Event.__args__)


@pytest.mark.parametrize("kind", STATE)
def test_every_field_of_the_state_is_written_by_an_event(kind: type) -> None:
    unwritten = fields_of([kind]) - written() - set(NOBODY_WRITES)
    assert not unwritten


def test_what_nobody_writes_is_written_by_nobody() -> None:
    assert not set(NOBODY_WRITES) & written()


def test_every_field_of_every_event_is_said_somewhere() -> None:
    said = {place for history in corpus() for event in history for place in said_by(event)}
    assert not fields_of(Event.__args__) - said


def test_every_history_is_stored_and_read_back() -> None:
    for history in corpus():
        assert tuple(decode_events(encode_events(history))) == history


def test_every_state_on_the_way_is_stored_and_read_back() -> None:
    for history in corpus()[:25]:
        execution = None
        for event in history:
            execution = evolve(execution, event)
            assert decode_snapshot(encode_snapshot(execution)) == execution


def test_a_history_can_be_folded_in_parts() -> None:
    for history in corpus():
        whole = fold(None, history)
        half = len(history) // 2 or 1
        assert fold(fold(None, history[:half]), history[half:]) == whole


def test_versions_have_no_gaps_and_time_does_not_go_back() -> None:
    for history in corpus():
        execution = None
        for version, event in enumerate(history, start=1):
            before = execution
            execution = evolve(before, event)
            assert execution.version == version
            assert before is None or execution.updated_at >= before.updated_at

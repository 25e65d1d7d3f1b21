"""States that were stored by schema 1 are read, and driven on to their end by the core of today."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest
from msgspec.structs import replace

from tests.core.flying import name_of
from tests.histories.record import HERE, Recorded
from treadle.codec.events import decode_events
from treadle.codec.snapshots import decode_snapshot, encode_snapshot, is_told
from treadle.core.evolve import fold
from treadle.core.invariants import violations
from treadle.model.events import BranchOpened, Event, NodeEntered, NodeSkipped
from treadle.model.execution import (
    Activity,
    Attempt,
    Compensation,
    CompensationStatus,
    Ending,
    Execution,
    ExecutionStatus,
    Frame,
    Visit,
    VisitStatus,
)
from treadle.model.ids import FrameId, Path
from treadle.model.persistent import put, without
from treadle.testing.builders import Constant, case, plan, program, switch, task, undo, undone_task
from treadle.testing.playing import BROKEN, BUSY, LATE, REFUSED, Play, begun

SINCE: Final[dict[type[msgspec.Struct], frozenset[str]]] = {
    Execution: frozenset({"signals", "numbers", "deadline_at", "deadline_ms", "parent", "depth"}),
    Frame: frozenset(
        {
            "opener",
            "trailing",
            "is_trailing",
            "is_shielded",
            "index",
            "item",
            "failure",
            "deadline_at",
            "joining",
            "wait",
            "child",
        }
    ),
    Activity: frozenset({"callback_until", "accepted"}),
    Attempt: frozenset({"activity", "is_callback"}),
    Ending: frozenset({"is_completing", "output"}),
    Visit: frozenset({"seq", "closed", "run", "keyed_as", "items", "standing"}),
    Compensation: frozenset({"settled", "keyed_as"}),
}
"""The fields that schema 1 did not have."""
WHAT: Final = program(
    undone_task("reserve"),
    switch("outer", case(Constant(True), "outer/0", "yes")),
    undone_task("after"),
    bodies={
        "outer/0": (undone_task("first"), switch("inner", case(Constant(True), "inner/0")), task("last")),
        "inner/0": (
            undone_task("charge"),
            task("ship", activity=plan("ship"), compensation=undo("undo-ship")),
        ),
    },
    hooks=["on_success", "on_failure", "on_cancel"],
)


def bare(kind: type[msgspec.Struct], stored: dict[str, Any]) -> dict[str, Any]:
    """What of a stored struct there was in schema 1."""
    return {name: value for name, value in stored.items() if name not in SINCE[kind]}


def bare_attempts(stored: dict[str, Any]) -> dict[str, Any]:
    if "attempts" in stored:
        stored["attempts"] = [bare(Attempt, one) for one in stored["attempts"]]
    return stored


def bare_frame(stored: dict[str, Any]) -> dict[str, Any]:
    frame = bare(Frame, stored)
    if frame.get("activity") is not None:
        frame["activity"] = bare_attempts(bare(Activity, frame["activity"]))
    if frame.get("ending") is not None:
        frame["ending"] = {"failure": None, **bare(Ending, frame["ending"])}
    return frame


def by_schema_1(execution: Execution) -> bytes:
    """What schema 1 would have stored for the state."""
    stored = bare(Execution, msgspec.json.decode(encode_snapshot(execution))["execution"])
    stored["frames"] = {key: bare_frame(frame) for key, frame in stored["frames"].items()}
    for kept, kind in (("visits", Visit), ("earlier", Visit), ("compensations", Compensation)):
        stored[kept] = {key: bare_attempts(bare(kind, one)) for key, one in stored[kept].items()}
    return msgspec.json.encode({"schema": 1, "execution": stored})


def taken_up(play: Play) -> Play:
    """The same play, from a state that was stored by schema 1."""
    restored = Play(play.program)
    restored.now = play.now
    restored.take_up(decode_snapshot(by_schema_1(play.execution)))
    return restored


def in_the_inner_body() -> Play:
    """`ship` is in flight in a body of a body; `reserve`, `first` and `charge` are done."""
    play = begun(WHAT)
    for name in ("reserve", "first", "charge"):
        assert [name_of(flight) for flight in play.flights()] == [name]
        play.ok(name)
    return play


def to_the_end(play: Play) -> None:
    """Everything that is asked for from now on is answered with ok."""
    while play.execution.ended is None:
        if play.flights():
            play.ok("done")
        else:
            play.wake()


def completes(play: Play) -> None:
    to_the_end(play)


def fails_and_is_undone(play: Play) -> None:
    play.report(REFUSED)
    to_the_end(play)


def is_tried_again(play: Play) -> None:
    play.report(BUSY)
    play.again(LATE)
    play.again(BROKEN)
    to_the_end(play)


def is_cancelled(play: Play) -> None:
    play.cancel()
    play.report(LATE)
    to_the_end(play)


def is_paused_and_terminated(play: Play) -> None:
    play.pause()
    play.ok()
    play.terminate()


WAYS: Final[dict[Callable[[Play], None], ExecutionStatus]] = {
    completes: ExecutionStatus.COMPLETED,
    fails_and_is_undone: ExecutionStatus.FAILED,
    is_tried_again: ExecutionStatus.FAILED,
    is_cancelled: ExecutionStatus.CANCELLED,
    is_paused_and_terminated: ExecutionStatus.TERMINATED,
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_body_in_a_body_is_driven_on_as_if_it_had_never_been_stored(way: Callable[[Play], None]) -> None:
    never_stored = in_the_inner_body()
    stored = taken_up(never_stored)
    before = len(never_stored.history)
    way(never_stored)
    way(stored)
    assert stored.history == never_stored.history[before:]
    assert stored.status is WAYS[way]
    assert is_told(by_schema_1(never_stored.execution), stored.execution)


def test_an_undo_that_was_under_way_is_gone_on_with() -> None:
    never_stored = in_the_inner_body()
    never_stored.report(REFUSED)
    never_stored.report(BUSY)
    stored = taken_up(never_stored)
    before = len(never_stored.history)
    to_the_end(never_stored)
    to_the_end(stored)
    assert stored.history == never_stored.history[before:]
    assert stored.status is ExecutionStatus.FAILED


@pytest.mark.parametrize("is_failed", [True, False])
def test_what_schema_1_stored_of_a_failed_execution_is_enough_to_retry_it(*, is_failed: bool) -> None:
    never_stored = in_the_inner_body()
    if is_failed:
        fails_and_is_undone(never_stored)
    stored = taken_up(never_stored)
    before = len(never_stored.history)
    for play in (never_stored, stored):
        if not is_failed:
            fails_and_is_undone(play)
        play.retry()
        to_the_end(play)
    assert [without_place(event) for event in stored.history] == [
        without_place(event) for event in never_stored.history[before:]
    ]
    assert stored.status is ExecutionStatus.COMPLETED


def without_place(event: Event) -> Event:
    """The event without what it says of when its work was begun: schema 1 did not keep that."""
    if isinstance(event, NodeEntered | NodeSkipped):
        return replace(event, since=0, after=0)
    return replace(event, after=0) if isinstance(event, BranchOpened) else event


RECORDED: Final = sorted((HERE / "1").glob("*.json"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_snapshot_of_schema_1_at_any_event_folds_on_to_the_recorded_end(path: Any) -> None:
    recorded = msgspec.json.decode(path.read_bytes(), type=Recorded)
    events = decode_events(bytes(recorded.events))
    for at in range(1, len(events)):
        state = fold(None, events[:at])
        stored = by_schema_1(state)
        restored = decode_snapshot(stored)
        assert is_told(stored, state)
        end = fold(restored, events[at:])
        assert is_told(bytes(recorded.snapshot), end)
        assert violations(end) == []


def with_visit(execution: Execution, **changed: Any) -> Execution:
    visit = replace(execution.visits["charge"], **changed)
    return replace(execution, visits=put(execution.visits, "charge", visit))


def with_compensation(execution: Execution, **changed: Any) -> Execution:
    path = Path("charge")
    one = replace(execution.compensations[path], **changed)
    return replace(execution, compensations=put(execution.compensations, path, one))


def with_root(execution: Execution, **changed: Any) -> Execution:
    root = replace(execution.frames[FrameId(1)], **changed)
    return replace(execution, frames=put(execution.frames, root.id, root))


DIFFERENCES: Final[dict[str, Callable[[Execution], Execution]]] = {
    "an output": lambda state: with_visit(state, output="another"),
    "the status of a visit": lambda state: with_visit(state, status=VisitStatus.FAILED),
    "attempts": lambda state: with_visit(state, attempts=()),
    "a compensation": lambda state: with_compensation(state, status=CompensationStatus.DROPPED),
    "a request": lambda state: with_compensation(state, request=None),
    "the place of a frame": lambda state: with_root(state, node=None),
    "the number of children": lambda state: with_root(state, children=7),
    "a variable": lambda state: replace(state, vars={"a": 1}),
    "the version": lambda state: replace(state, version=state.version + 1),
    "a visit that is missing": lambda state: replace(state, visits=without(state.visits, "charge")),
}


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_a_difference_from_the_fold_is_noticed_in_a_snapshot_of_any_schema(difference: str) -> None:
    state = in_the_inner_body().execution
    other = DIFFERENCES[difference](state)
    for stored in (by_schema_1(state), encode_snapshot(state)):
        assert is_told(stored, state)
        assert not is_told(stored, other)


def test_what_schema_1_could_not_tell_is_a_difference_in_a_snapshot_of_today_alone() -> None:
    state = in_the_inner_body().execution
    other = with_visit(state, seq=1)
    assert is_told(by_schema_1(state), other)
    assert not is_told(encode_snapshot(state), other)

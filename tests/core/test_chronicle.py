"""A true history has nothing wrong, and each tampering with one is noticed."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from treadle.model.commands import ReportChild, RetryExecution
from treadle.model.events import (
    BranchCancelled,
    BranchJoined,
    BranchOpened,
    ChildEnded,
    CompensationCompleted,
    Event,
    NodeCompleted,
    NodeEntered,
    ResultKept,
)
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import FrameId
from treadle.model.outcomes import FoundDefinition, Ok
from treadle.testing.builders import Constant, program, sleep, task, undone_task
from treadle.testing.chronicle import untrue
from treadle.testing.composites import child, each, race, shield, try_
from treadle.testing.playing import ACTOR, REFUSED, Play, begun
from treadle.testing.scopes import Fate, read_scopes

History = list[Event]


def found(play: Play, history: History) -> list[str]:
    scopes = read_scopes(history, play.program)
    return list(untrue(history, play.program, scopes, play.status))


def tried() -> Play:
    """A `try` in a `shield`, and a task after it that is cancelled."""
    play = begun(
        program(
            shield("s"),
            task("after"),
            bodies={"s/body": [try_("t", has_finally=True)], "t/try": [task("a")], "t/finally": [task("f")]},
        )
    )
    play.ok()
    play.cancel()
    play.ok()
    return play


def raced() -> Play:
    play = begun(program(race("r", "x", "y"), bodies={"r/x": [undone_task("a")], "r/y": [sleep("z", 10)]}))
    play.wake()
    play.ok()
    play.ok()
    return play


def listed() -> Play:
    play = begun(program(each("e", Constant([1, 2]), concurrency=1), bodies={"e/item": [task("i")]}))
    play.ok()
    play.ok()
    return play


def retried() -> Play:
    """The second task fails, the third run of the two goes on where the first stands."""
    play = begun(program(task("a"), undone_task("b"), task("c")))
    play.ok()
    play.ok()
    play.report(REFUSED)
    play.ok()
    play.do(RetryExecution(actor=ACTOR))
    play.ok()
    play.ok()
    return play


def parent() -> Play:
    play = begun(program(child("c")))
    definition = FoundDefinition(name="child", version="1", digest=play.program.digest)
    play.report(Ok(body=to_builtins(definition)))
    awaited = next(frame.child for frame in play.execution.frames.values() if frame.child is not None)
    play.do(ReportChild(activity=awaited.activity, child=awaited.id, status=ExecutionStatus.COMPLETED))
    return play


@pytest.mark.parametrize("played", [tried, raced, listed, retried, parent])
def test_a_true_history(played: Callable[[], Play]) -> None:
    play = played()
    assert play.execution.ended is not None
    assert found(play, play.history) == []


def without(history: History, kind: type, **fields: Any) -> History:
    """The history in which the first event of that kind with these fields does not stand."""
    at = _place(history, kind, fields)
    return history[:at] + history[at + 1 :]


def twice(history: History, kind: type, **fields: Any) -> History:
    at = _place(history, kind, fields)
    return [*history, history[at]]


def changed(history: History, kind: type, fields: dict[str, Any], **to: Any) -> History:
    at = _place(history, kind, fields)
    return [*history[:at], replace(history[at], **to), *history[at + 1 :]]


def _place(history: History, kind: type, fields: dict[str, Any]) -> int:
    return next(
        at
        for at, event in enumerate(history)
        if type(event) is kind and all(getattr(event, name) == value for name, value in fields.items())
    )


def test_a_visit_that_never_ends_or_ends_twice() -> None:
    play = retried()
    assert "the visit c~2 ended 0 times" in found(play, without(play.history, NodeCompleted, path="c~2"))
    assert "the visit c~2 ended 2 times" in found(play, twice(play.history, NodeCompleted, path="c~2"))


def test_two_visits_of_one_name() -> None:
    play = retried()
    assert "2 visits are called b~2" in found(play, twice(play.history, NodeEntered, path="b~2"))


def test_a_result_that_stands_and_is_entered() -> None:
    play = retried()
    kept = _place(play.history, ResultKept, {"path": "a"})
    entered = NodeEntered(
        at=play.now,
        frame=FrameId(1),
        path="a~2",
        node="a",
        kind="task",
        number=2,
    )
    history = [*play.history[:kept], entered, *play.history[kept + 1 :]]
    assert "a~2 was entered, though the result of a stands" in found(play, history)


def test_a_result_that_does_not_stand_and_is_kept() -> None:
    play = retried()
    history = changed(play.history, ResultKept, {"path": "a"}, path="b")
    assert "b was passed over, and its result does not stand" in found(play, history)


def test_an_undo_that_did_not_happen_lets_the_result_stand() -> None:
    play = retried()
    history = without(play.history, CompensationCompleted)
    assert "b~2 was entered, though the result of b stands" in found(play, history)


def test_an_item_that_is_opened_twice() -> None:
    play = listed()
    history = changed(play.history, BranchOpened, {"index": 1}, index=0)
    assert "e opened e/item 2 times at 0" in found(play, history)


def test_a_finally_that_does_not_run_and_a_shield_that_is_stopped() -> None:
    play = tried()
    opened = _place(play.history, BranchOpened, {"body": "s/body"})
    stopped = BranchCancelled(at=play.now, frame=FrameId(opened + 1))
    joined = _place(play.history, BranchJoined, {"path": "s"})
    history = [*play.history[:joined], stopped, *play.history[joined + 1 :]]
    assert "the body of s was stopped, and is shielded" in found(play, history)
    history = changed(play.history, BranchOpened, {"body": "t/finally"}, body="t/try", index=7)
    assert "t ended without its finally" in found(play, history)


def test_a_race_that_two_have_won() -> None:
    play = raced()
    scopes = read_scopes(play.history, play.program)
    assert [scope.fate for scope in scopes.all if scope.of == "r"] == [Fate.BROKEN, Fate.WHOLE]
    for scope in scopes.all:
        scope.fate = Fate.WHOLE
    said = list(untrue(play.history, play.program, scopes, play.status))
    assert "2 branches won the race r, which is NodeCompleted" in said


def test_a_child_whose_end_is_not_taken_or_taken_twice() -> None:
    play = parent()
    assert "it ended without ['c']" in found(play, without(play.history, ChildEnded))
    assert "the end of c was taken, which nobody awaits" in found(play, twice(play.history, ChildEnded))


def test_an_end_that_is_not_the_one_that_was_decided() -> None:
    play = tried()
    scopes = read_scopes(play.history, play.program)
    said = list(untrue(play.history, play.program, scopes, ExecutionStatus.FAILED))
    assert said == ["it was to end cancelled, and is failed"]

"""Sound states have no violations, and each rule notices the state that breaks it."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.invariants import violations
from treadle.model.execution import (
    CompensationStatus,
    Ending,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Frame,
    Phase,
    Role,
    VisitStatus,
)
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Path
from treadle.model.outcomes import Ok
from treadle.model.persistent import PersistentStack, put
from treadle.model.waiting import AwaitedChild, Wait
from treadle.testing.builders import Constant, awaiting_task, case, plan, program, switch, task, undone_task
from treadle.testing.composites import race, wait
from treadle.testing.playing import BROKEN, BUSY, Play, begun, brought_to

ROOT = FrameId(1)
FAILURE = Failure(kind=FailureKind.ERROR, code="no", message="no")
WAIT = Wait(id=ActivityId(1), signals=("go",))
CHILD = AwaitedChild(id=ExecutionId("below"), activity=ActivityId(1))


def frame(execution: Execution, changed: FrameId = ROOT, **fields: Any) -> Execution:
    """The execution, some fields of a frame changed."""
    frames = put(execution.frames, changed, replace(execution.frames[changed], **fields))
    return replace(execution, frames=frames)


def added(execution: Execution, one: Frame) -> Execution:
    return replace(execution, frames=put(execution.frames, one.id, one))


def visit(execution: Execution, key: str, **fields: Any) -> Execution:
    return replace(execution, visits=put(execution.visits, key, replace(execution.visits[key], **fields)))


def undo_of(execution: Execution, path: str, **fields: Any) -> Execution:
    changed = replace(execution.compensations[Path(path)], **fields)
    return replace(execution, compensations=put(execution.compensations, Path(path), changed))


def activity(execution: Execution, **fields: Any) -> Execution:
    """The execution, some fields of the root's activity changed."""
    return frame(execution, activity=replace(execution.frames[ROOT].activity, **fields))


def undoing(execution: Execution) -> FrameId:
    """The frame of the undo that is running."""
    (found,) = [one.id for one in execution.frames.values() if one.role is Role.UNDO]
    return found


def backing_off() -> Play:
    play = begun(program(task("reserve")))
    play.report(BUSY)
    return play


def nested() -> Play:
    """A play with a body below the root: its task is in flight."""
    return begun(program(switch("which", case(Constant(True), "a")), bodies={"a": (undone_task("reserve"),)}))


def looped() -> Play:
    pay = undone_task("pay")
    play = begun(program(pay, replace(task("back"), next=pay.id)))
    play.ok()
    play.ok()
    return play


def hooking() -> Play:
    play = begun(program(task("reserve"), hooks=["on_success"]))
    play.ok()
    return play


def called_back() -> Play:
    """The trigger was answered; its callback is awaited."""
    play = begun(program(awaiting_task("pix")))
    play.ok()
    return play


def signalled() -> Play:
    return begun(program(wait("go")))


def probed() -> Play:
    play = begun(program(task("pay", probe=plan("ask"))))
    play.report(BROKEN)
    return play


def raced() -> Play:
    """One branch of a race has won, and what follows is in flight; the other branch has not closed yet."""
    bodies = {"r/quick": [task("quick")], "r/slow": [task("slow")]}
    play = begun(program(race("r", "quick", "slow"), task("next"), bodies=bodies))
    play.report_at("quick", Ok())
    return play


def newest(execution: Execution) -> FrameId:
    return FrameId(max(execution.frames))


STATES: dict[str, Callable[[], Play]] = {
    **{status.value: (lambda status=status: brought_to(status)) for status in ExecutionStatus},  # type: ignore[misc]  # the default binds the loop's value
    "backoff": backing_off,
    "nested": nested,
    "looped": looped,
    "hooking": hooking,
    "called back": called_back,
    "signalled": signalled,
    "probed": probed,
    "raced": raced,
}

BREACHES: list[tuple[str, Callable[[Execution], Execution], str]] = [
    ("running", lambda e: replace(e, frames={}), "there is no root frame"),
    ("running", lambda e: replace(e, frames=put(e.frames, FrameId(9), e.frames[ROOT])), "is kept as 9"),
    ("running", lambda e: added(e, Frame(id=FrameId(99), parent=ROOT)), "is kept as 99 at version"),
    ("running", lambda e: frame(e, parent=FrameId(3)), "frame 1 has the parent 3"),
    ("running", lambda e: added(e, Frame(id=FrameId(2))), "frame 2 has the parent None"),
    ("running", lambda e: added(e, Frame(id=FrameId(2), parent=FrameId(3))), "hangs under 3"),
    ("running", lambda e: frame(e, children=1), "counts 1 children of 0"),
    ("running", lambda e: frame(e, trailing=1), "counts 1 that trail of 0"),
    ("raced", lambda e: frame(e, trailing=0), "counts 0 that trail of 1"),
    ("running", lambda e: frame(e, phase=Phase.STUCK), "is stuck as body"),
    ("probed", lambda e: frame(e, newest(e), phase=Phase.WAITING), "is waiting as probe"),
    ("compensating", lambda e: frame(e, undoing(e), phase=Phase.CLOSING), "is closing as undo"),
    ("hooking", lambda e: frame(e, FrameId(max(e.frames)), phase=Phase.READY), "is ready as hook"),
    ("nested", lambda e: frame(e, phase=Phase.READY), "does not fit its parent 1, which is ready"),
    ("nested", lambda e: frame(e, phase=Phase.UNDOING, ending=Ending()), "which is undoing"),
    ("nested", lambda e: frame(e, newest(e), opener=None), "does not fit its parent 1, which is joining"),
    ("nested", lambda e: frame(e, newest(e), opener=Path("other")), "does not fit its parent 1"),
    ("raced", lambda e: frame(e, newest(e), ending=None), "does not fit its parent 1, which is busy"),
    ("raced", lambda e: frame(e, newest(e), is_trailing=False), "does not fit its parent 1, which is busy"),
    ("probed", lambda e: frame(e, newest(e), opener=None), "probe 5 does not fit its parent 1"),
    ("compensating", lambda e: frame(e, phase=Phase.READY), "does not fit"),
    ("compensating", lambda e: frame(e, children=2), "does not fit"),
    ("compensating", lambda e: frame(e, armed=PersistentStack()), "does not fit"),
    ("compensating", lambda e: frame(e, undoing(e), compensates=Path("pay")), "does not fit"),
    ("compensating", lambda e: frame(e, undoing(e), compensates=None), "does not fit"),
    ("compensating", lambda e: replace(e, compensations={}), "does not fit"),
    ("compensating", lambda e: undo_of(e, "reserve", status=CompensationStatus.FAILED), "does not fit"),
    ("stuck", lambda e: undo_of(e, "reserve", status=CompensationStatus.RUNNING), "does not fit"),
    ("hooking", lambda e: frame(e, FrameId(max(e.frames)), hook=None), "does not fit"),
    ("hooking", lambda e: replace(e, outcome=None), "does not fit"),
    ("running", lambda e: frame(e, phase=Phase.READY), "is ready, its attempt open"),
    ("backoff", lambda e: frame(e, phase=Phase.BUSY), "is busy, its attempt not open"),
    ("running", lambda e: frame(e, activity=None), "is busy, its attempt not open"),
    ("running", lambda e: activity(e, attempts=()), "is busy, its attempt not open"),
    ("running", lambda e: frame(e, wait=WAIT), "is busy with an open wait"),
    ("running", lambda e: frame(e, child=CHILD), "is busy and awaits below"),
    ("running", lambda e: frame(e, wake_at=1), "is busy and wakes at 1"),
    ("called back", lambda e: frame(e, wake_at=None), "is waiting and wakes at None"),
    ("waiting", lambda e: frame(e, wake_at=None), "is sleeping and wakes at None"),
    ("backoff", lambda e: frame(e, activity=None), "is in back-off without an activity"),
    ("waiting", lambda e: frame(e, timer=None), "is sleeping with the timer None"),
    ("running", lambda e: frame(e, timer=ActivityId(1)), "is busy with the timer 1"),
    ("pending", lambda e: frame(e, deadline_at=1), "frame 1 has a deadline and stands at no visit"),
    ("running", lambda e: frame(e, phase=Phase.CLOSING), "is closing with the ending None"),
    ("running", lambda e: frame(e, ending=Ending()), "is busy with the ending"),
    ("waiting", lambda e: frame(e, ending=Ending()), "is sleeping with the ending"),
    ("compensating", lambda e: frame(e, ending=None), "is undoing with the ending None"),
    ("running", lambda e: frame(e, phase=Phase.DONE), "is done in an execution that is not"),
    ("running", lambda e: activity(e, key="other"), "asks under the key other"),
    ("compensating", lambda e: replace(e, id="y"), "asks under the key"),
    ("hooking", lambda e: replace(e, run=2), "asks under the key"),
    ("hooking", lambda e: frame(e, newest(e), hook="on_failure"), "asks under the key"),
    ("running", lambda e: visit(e, "reserve", keyed_as=Path("earlier")), "asks under the key"),
    ("probed", lambda e: visit(e, "pay", keyed_as=Path("earlier")), "/pay/probe"),
    ("compensating", lambda e: undo_of(e, "reserve", keyed_as=Path("earlier")), "/reserve/undo"),
    ("running", lambda e: activity(e, id=ActivityId(99)), "has the activity 99"),
    ("running", lambda e: activity(e, counted=1), "counts more attempts than its 1"),
    ("backoff", lambda e: activity(e, lost=1), "counts more attempts than its 1"),
    ("running", lambda e: activity(e, number=2), "keeps the attempts [1] of 2"),
    (
        "running",
        lambda e: activity(e, number=2, attempts=e.frames[ROOT].activity.attempts * 2),  # type: ignore[union-attr]  # it is in flight
        "left an attempt open",
    ),
    ("waiting", lambda e: replace(e, visits=put(e.visits, "x", e.visits["rest"])), "is kept as x"),
    ("running", lambda e: frame(e, path=None), "is running, and 0 frames stand at it"),
    (
        "waiting",
        lambda e: visit(e, "rest", status=VisitStatus.SKIPPED),
        "is skipped, and 1 frames stand at it",
    ),
    ("waiting", lambda e: visit(e, "reserve", ended_at=None), "is completed and ended at None"),
    ("waiting", lambda e: visit(e, "reserve", failure=FAILURE), "is completed with the failure"),
    ("failed", lambda e: visit(e, "pay", failure=None), "is failed with the failure None"),
    ("waiting", lambda e: visit(e, "reserve", output=UNSET), "is completed without an output"),
    ("looped", lambda e: undo_of(e, "pay", status=CompensationStatus.SKIPPED), "pay is kept for nothing"),
    ("waiting", lambda e: frame(e, path=Path("elsewhere")), "stands at elsewhere, which is not its visit"),
    ("waiting", lambda e: frame(e, node="pay"), "stands at rest, which is not its visit"),
    ("waiting", lambda e: frame(e, last="elsewhere"), "entered elsewhere last"),
    (
        "waiting",
        lambda e: replace(e, compensations=put(e.compensations, Path("x"), e.compensations[Path("reserve")])),
        "the compensation of reserve is kept as x",
    ),
    ("waiting", lambda e: undo_of(e, "reserve", status=CompensationStatus.RUNNING), "and 0 frames undo it"),
    ("stuck", lambda e: undo_of(e, "reserve", error=None), "failed without an error"),
    ("stuck", lambda e: frame(e, undoing(e), compensates=Path("pay")), "is failed, and 0 frames undo it"),
    ("waiting", lambda e: frame(e, armed=PersistentStack()), "is armed and stands 0 times on a list"),
    ("waiting", lambda e: frame(e, armed=PersistentStack(["reserve"] * 2)), "stands 2 times on a list"),
    (
        "waiting",
        lambda e: undo_of(e, "reserve", status=CompensationStatus.SKIPPED),
        "skipped and stands 1 times",
    ),
    ("waiting", lambda e: frame(e, armed=PersistentStack(["x", "reserve"])), "x stands on a list and has no"),
    ("failed", lambda e: frame(e, armed=PersistentStack(["reserve"])), "completed and stands 1 times"),
    ("running", lambda e: replace(e, ended_at=1), "the execution is None and ended at 1"),
    ("failed", lambda e: replace(e, ended_at=None), "the execution is failed and ended at None"),
    ("failed", lambda e: replace(e, failure=None), "is failed with the failure None"),
    ("cancelled", lambda e: replace(e, failure=FAILURE), "is cancelled with the failure"),
    ("running", lambda e: replace(e, output=1), "with an output"),
    ("completed", lambda e: replace(e, output=UNSET), "with an output"),
    ("completed", lambda e: frame(e, phase=Phase.READY), "is completed and has live frames"),
    ("completed", lambda e: replace(e, outcome=ExecutionStatus.FAILED), "paused, stuck or failed"),
    ("completed", lambda e: replace(e, is_stuck=True), "paused, stuck or completed"),
    ("failed", lambda e: undo_of(e, "reserve", status=CompensationStatus.ARMED), "of reserve is armed"),
    (
        "cancelled",
        lambda e: undo_of(e, "reserve", status=CompensationStatus.DROPPED),
        "of reserve is dropped",
    ),
    (
        "completed",
        lambda e: undo_of(e, "reserve", status=CompensationStatus.COMPLETED),
        "reserve is completed",
    ),
    ("terminated", lambda e: undo_of(e, "reserve", status=CompensationStatus.ARMED), "of reserve is armed"),
    ("stuck", lambda e: replace(e, is_stuck=False), "is said to be False"),
    ("running", lambda e: replace(e, is_stuck=True), "is said to be True"),
    ("waiting", lambda e: frame(e, phase=Phase.WAITING, wake_at=None), "is waiting and nothing can move it"),
    ("signalled", lambda e: frame(e, wait=None), "is waiting and nothing can move it"),
    ("paused", lambda e: replace(e, reason=None), "is paused for operator and says None"),
]


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_commands_lead_to_is_sound(state: str) -> None:
    assert violations(STATES[state]().execution) == []


@pytest.mark.parametrize(
    ("state", "breach", "said"), BREACHES, ids=[f"{s}-{said}" for s, _, said in BREACHES]
)
def test_a_breach_is_noticed(state: str, breach: Callable[[Execution], Execution], said: str) -> None:
    found = violations(breach(STATES[state]().execution))
    assert any(said in violation for violation in found), found

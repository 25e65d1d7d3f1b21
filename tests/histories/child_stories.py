"""Executions that start others: awaited and undone, detached, failed, cancelled and terminated with them."""

from typing import Final

import msgspec

from tests.core.flying import all_ok, ends, ok
from treadle.model.commands import PassDeadline
from treadle.model.events import ExecutionStarted
from treadle.model.execution import ExecutionStatus, Failure, FailureKind
from treadle.model.ids import ActivityId, Digest, ExecutionId, Instant, Namespace, NodeId, Path
from treadle.model.outcomes import Cause, Failed, FoundDefinition, Ok
from treadle.model.program import ROOT_BODY, SEMANTICS
from treadle.model.waiting import ParentRef
from treadle.testing.builders import Read, program, task, undo, undone_task
from treadle.testing.composites import child, parallel, try_
from treadle.testing.playing import BEGIN, EXECUTION, LATE, Play, begun, start_of

FOUND: Final = Ok(
    body=msgspec.to_builtins(
        FoundDefinition(
            name="child",
            version="2",
            digest=Digest("sha256:" + "1" * 64),
            node=NodeId("first"),
            vars={"region": "eu"},
            priority=3,
            deadline_ms=60_000,
        )
    )
)
PARENT: Final = ExecutionId("0190a000-0000-7000-8000-0000000000ff")
UNKNOWN_DEFINITION: Final = Failed(
    code="definition_not_found", message="there is no definition gone", cause=Cause.ERROR, is_final=True
)


def children_awaited_and_detached() -> Play:
    """One completes and is undone by its node's own undo, one is only started, one fails its parent."""
    what = program(
        child(
            "ship", input=Read("input"), compensation=undo("unship", reads=Read("nodes", "ship", "output"))
        ),
        child("audit", "audit@1", is_detached=True),
        child("bill"),
        hooks=["on_failure"],
    )
    play = begun(what, {"order": 1})
    play.report(FOUND)
    play.end_child(ExecutionStatus.COMPLETED, {"parcel": 9})
    play.report(FOUND)
    play.report(FOUND)
    why = Failure(kind=FailureKind.ERROR, code="http_400", message="refused", path=Path("call"), attempt=1)
    play.end_child(ExecutionStatus.FAILED, failure=why)
    all_ok(play)
    return play


def children_cancelled_with_their_parent() -> Play:
    """A definition that is not there is caught; one child is drained after a cancel, one look-up given up."""
    what = program(
        try_("t", None),
        parallel("p", "a", "b"),
        bodies={
            "t/try": [child("gone", "gone")],
            "t/catch.0": [task("note")],
            "p/a": [child("one", deadline_ms=30_000)],
            "p/b": [child("two")],
        },
    )
    play = begun(what)
    play.report(UNKNOWN_DEFINITION)
    ok(play, "note")
    ends(play, "one", FOUND)
    play.cancel("not wanted")
    ends(play, "two", FOUND)
    play.end_child(ExecutionStatus.CANCELLED)
    return play


def children_terminated_with_their_parent() -> Play:
    """Terminated while one child is awaited and another is started."""
    play = begun(
        program(
            undone_task("one"), parallel("p", "a", "b"), bodies={"p/a": [child("c")], "p/b": [child("d")]}
        )
    )
    ok(play, "one")
    ends(play, "c", FOUND)
    play.terminate("given up")
    return play


def begun_by_another() -> Play:
    """The child's own side: the deadline of the parent that awaits it passes; it is drained and undone."""
    what = program(undone_task("first"), undone_task("second"))
    parent = ParentRef(id=PARENT, path=Path("ship"), activity=ActivityId(12))
    play = Play(what)
    play.begin(
        ExecutionStarted(
            at=BEGIN,
            id=EXECUTION,
            namespace=Namespace("default"),
            definition=start_of(what).definition,
            semantics=SEMANTICS,
            input={"order": 1},
            node=what.bodies[ROOT_BODY].start,
            deadline_at=Instant(BEGIN + 60_000),
            deadline_ms=60_000,
            parent=parent,
            depth=1,
        )
    )
    ok(play, "first")
    play.do(PassDeadline())
    ends(play, "second", LATE)
    all_ok(play)
    return play


CHILDREN: Final = (
    children_awaited_and_detached,
    children_cancelled_with_their_parent,
    children_terminated_with_their_parent,
    begun_by_another,
)

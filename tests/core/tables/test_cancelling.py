"""Cancel drains and undoes; terminate does neither."""

import pytest

from tests.core.told import told, told_with_paths
from treadle.model.commands import CancelExecution
from treadle.model.decision import Refused
from treadle.model.execution import CompensationStatus, ExecutionStatus, Phase, VisitStatus
from treadle.model.ids import Instant, Path
from treadle.model.outcomes import Ok, Outcome
from treadle.model.policies import OnUnknown
from treadle.testing.builders import (
    Broken,
    Constant,
    case,
    plan,
    program,
    sleep,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.playing import ACTOR, BEGIN, BROKEN, BUSY, LOST, REFUSED, Play, begun


def closing() -> Play:
    """A cancelled play whose second task is still in flight."""
    play = begun(program(undone_task("one"), undone_task("two"), undone_task("three")))
    play.ok()
    play.cancel()
    return play


def test_nothing_is_undone_while_an_attempt_is_in_flight() -> None:
    play = closing()
    assert play.status is ExecutionStatus.COMPENSATING
    assert play.execution.frames[1].phase is Phase.CLOSING
    assert [flight.node for flight in play.flights()] == ["two"]
    assert play.go_on().events == ()


@pytest.mark.parametrize(
    ("end", "visit", "undone"),
    [
        (Ok(body=2), VisitStatus.COMPLETED, ["two", "one"]),
        (BUSY, VisitStatus.CANCELLED, ["one"]),
        (REFUSED, VisitStatus.CANCELLED, ["one"]),
        (BROKEN, VisitStatus.CANCELLED, ["two", "one"]),
        (LOST, VisitStatus.CANCELLED, ["two", "one"]),
    ],
)
def test_the_outcome_of_what_is_closing_says_what_is_undone(
    end: Outcome, visit: VisitStatus, undone: list[str]
) -> None:
    play = closing()
    play.report(end)
    assert play.execution.visits["two"].status is visit
    seen = []
    while play.status is ExecutionStatus.COMPENSATING:
        seen.append(play.flight().node)
        play.ok()
    assert seen == undone
    assert play.status is ExecutionStatus.CANCELLED
    assert "three" not in play.execution.visits


def test_an_ok_answer_while_closing_sets_the_output_as_usual() -> None:
    play = closing()
    play.report(Ok(body={"id": 2}, status=201, headers={"etag": "x"}))
    visit = play.execution.visits["two"]
    assert visit.output == {"id": 2}
    assert visit.response is not None
    assert visit.response.status == 201


def test_an_answer_that_the_output_refuses_while_closing_fails_nothing() -> None:
    play = begun(program(task("one", compensation=undo("undo-one"), output=Broken()), hooks=["on_cancel"]))
    play.cancel()
    play.report(Ok(body={"id": 1}))
    visit = play.execution.visits["one"]
    assert (visit.status, visit.output) == (VisitStatus.CANCELLED, {"id": 1})
    assert play.flight().node == "one"
    play.ok()
    assert play.flight().node == "$on_cancel"
    play.ok()
    assert play.status is ExecutionStatus.CANCELLED


def test_on_unknown_fail_while_closing_leaves_the_visit_undone() -> None:
    first = task("one", compensation=undo("undo-one"), on_unknown=OnUnknown.FAIL)
    play = begun(program(first))
    play.cancel()
    play.report(BROKEN)
    assert play.status is ExecutionStatus.CANCELLED
    assert play.execution.compensations[Path("one")].status is CompensationStatus.SKIPPED


def test_cancel_in_a_sleep_ends_it() -> None:
    play = begun(program(sleep("rest"), task("one")))
    assert told_with_paths(play.cancel()) == ["CancelRequested", "NodeCancelled rest", "ExecutionCancelled"]
    assert play.status is ExecutionStatus.CANCELLED


def test_cancel_in_a_back_off_starts_no_further_attempt_and_keeps_those_there_were() -> None:
    play = begun(program(undone_task("one")))
    play.report(BROKEN)
    decision = play.cancel()
    assert told(decision) == "CancelRequested NodeCancelled CompensationStarted ActivityStarted"
    assert len(play.execution.visits["one"].attempts) == 1
    play.ok()
    assert play.status is ExecutionStatus.CANCELLED


def test_cancel_before_the_first_node_cancels_at_once() -> None:
    play = Play(program(task("one")))
    play.start(start_at=Instant(BEGIN + 1_000))
    assert told(play.cancel()) == "CancelRequested ExecutionCancelled"
    assert play.execution.started_at is None
    assert play.wakes_at() is None


def test_cancel_passes_the_word_on_to_the_bodies_below() -> None:
    play = begun(
        program(
            undone_task("one"),
            switch("outer", case(Constant(True), "a")),
            bodies={
                "a": (undone_task("two"), switch("inner", case(Constant(True), "b"))),
                "b": (undone_task("three"),),
            },
        )
    )
    play.ok()
    play.ok()
    assert told(play.cancel()) == "CancelRequested BranchCancelled BranchCancelled"
    decision = play.ok()
    assert told_with_paths(decision) == [
        "ActivityCompleted three",
        "CompensationArmed three",
        "NodeCompleted three",
        "BranchJoined inner",
        "NodeCancelled inner",
        "BranchJoined outer",
        "NodeCancelled outer",
        "CompensationStarted three",
        "ActivityStarted three",
    ]
    undone = []
    while play.status is ExecutionStatus.COMPENSATING:
        undone.append(play.flight().node)
        play.ok()
    assert undone == ["three", "two", "one"]
    assert play.status is ExecutionStatus.CANCELLED


@pytest.mark.parametrize("hook", ["on_success", "on_failure"])
def test_cancel_is_refused_while_the_last_hook_runs(hook: str) -> None:
    play = begun(program(task("one"), hooks=[hook]))
    play.report(Ok() if hook == "on_success" else REFUSED)
    assert play.flight().node == f"${hook}"
    answer = play.ask(CancelExecution(actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"


def test_cancel_twice_is_refused() -> None:
    play = closing()
    answer = play.ask(CancelExecution(actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"


def test_an_undo_that_is_exhausted_after_cancel_is_stuck_and_then_cancelled() -> None:
    play = closing()
    play.report(REFUSED)
    play.report(REFUSED)
    assert play.status is ExecutionStatus.STUCK
    play.skip_undo("one")
    assert play.status is ExecutionStatus.CANCELLED


class TestTerminate:
    def test_what_is_armed_is_dropped_and_listed_in_the_order_of_arming(self) -> None:
        play = begun(program(undone_task("one"), undone_task("two"), undone_task("three")))
        play.ok()
        play.ok()
        assert told_with_paths(play.terminate()) == [
            "CompensationDropped one",
            "CompensationDropped two",
            "ExecutionTerminated",
        ]
        assert play.status is ExecutionStatus.TERMINATED
        found = {path: one.status for path, one in play.execution.compensations.items()}
        assert found == {
            "one": CompensationStatus.DROPPED,
            "two": CompensationStatus.DROPPED,
            "three": CompensationStatus.REGISTERED,
        }

    def test_it_does_not_wait_for_what_is_in_flight(self) -> None:
        play = begun(program(undone_task("one")))
        flight = play.flight()
        play.terminate()
        assert play.flights() == []
        visit = play.execution.visits["one"]
        assert visit.status is VisitStatus.CANCELLED
        assert [attempt.outcome for attempt in visit.attempts] == [None]
        assert flight.attempt == 1

    def test_it_runs_no_hook(self) -> None:
        play = begun(program(task("one"), hooks=["on_success", "on_failure", "on_cancel"]))
        assert told(play.terminate()) == "ExecutionTerminated"

    def test_an_undo_that_was_running_is_dropped_with_its_attempts(self) -> None:
        play = begun(program(undone_task("one"), undone_task("two")))
        play.ok()
        play.report(REFUSED)
        play.report(BUSY)
        play.terminate()
        compensation = play.execution.compensations[Path("one")]
        assert compensation.status is CompensationStatus.DROPPED
        assert len(compensation.attempts) == 1

    def test_it_is_the_last_way_out_of_stuck(self) -> None:
        play = begun(program(undone_task("one"), undone_task("two")))
        play.ok()
        play.report(REFUSED)
        play.report(REFUSED)
        assert told(play.terminate()) == "CompensationDropped ExecutionTerminated"
        assert not play.execution.is_stuck
        assert play.execution.reason is None

    def test_it_ends_a_pause(self) -> None:
        play = begun(program(task("one")))
        play.pause()
        play.terminate()
        assert play.execution.paused is None

    def test_it_ends_the_bodies_below_and_the_sleeps_in_them(self) -> None:
        play = begun(program(switch("outer", case(Constant(True), "a")), bodies={"a": (sleep("rest"),)}))
        play.terminate()
        assert [frame.phase for frame in play.execution.frames.values()] == [Phase.DONE]
        found = {visit.path: visit.status for visit in play.execution.visits.values()}
        assert found == {"outer": VisitStatus.CANCELLED, "rest": VisitStatus.CANCELLED}

    def test_a_hook_that_is_running_is_left_alone(self) -> None:
        play = begun(program(task("one"), hooks={"on_success": plan("note")}))
        play.ok()
        assert told(play.terminate()) == "ExecutionTerminated"
        assert play.execution.outcome is ExecutionStatus.TERMINATED

    def test_an_attempt_that_fell_due_with_it_is_not_sent(self) -> None:
        play = begun(program(task("one")))
        play.report(BUSY)
        play.pass_time(60_000)
        decision = play.terminate()
        assert told(decision) == "ActivityStarted ExecutionTerminated"
        assert decision.effects == ()

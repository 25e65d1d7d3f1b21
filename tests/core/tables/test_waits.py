"""`wait`: for one signal, the first or each of several, or a number of them, with or without a time limit."""

import pytest

from tests.core.told import told
from treadle.model.commands import WakeExecution
from treadle.model.decision import Refused
from treadle.model.execution import ExecutionStatus, FailureKind, Phase, VisitStatus
from treadle.model.program import WaitNode
from treadle.model.waiting import WaitMode
from treadle.testing.builders import Constant, program, task
from treadle.testing.composites import parallel, shield, wait
from treadle.testing.playing import ACTOR, BEGIN, Play, begun

LIMIT = 30_000


def waited(node: WaitNode) -> Play:
    return begun(program(node, task("next")))


# what is waited for; what comes; the output, or `-` while it waits on
OUTPUTS = [
    (wait("w", "a"), [("a", 1)], 1),
    (wait("w", "a"), [("a", None)], None),
    (wait("w", "a", count=1), [("a", 1)], [1]),
    (wait("w", "a", count=2), [("a", 1)], "-"),
    (wait("w", "a", count=2), [("a", 1), ("a", 2)], [1, 2]),
    (wait("w", "a", "b", mode=WaitMode.ANY), [("a", 1)], {"index": 0, "value": 1}),
    (wait("w", "a", "b", mode=WaitMode.ANY), [("b", 1)], {"index": 1, "value": 1}),
    (wait("w", "a", "b", mode=WaitMode.ANY, count=2), [("b", 1)], "-"),
    (
        wait("w", "a", "b", mode=WaitMode.ANY, count=2),
        [("b", 1), ("a", 2)],
        [{"index": 1, "value": 1}, {"index": 0, "value": 2}],
    ),
    (
        wait("w", "a", "b", mode=WaitMode.ANY, count=2),
        [("b", 1), ("b", 2)],
        [{"index": 1, "value": 1}, {"index": 1, "value": 2}],
    ),
    (wait("w", "a", "b", mode=WaitMode.ALL), [("b", 1)], "-"),
    (wait("w", "a", "b", mode=WaitMode.ALL), [("b", 1), ("a", 2)], [2, 1]),
    (wait("w", "a", "b", mode=WaitMode.ALL), [("b", 1), ("b", 2)], "-"),
    (wait("w", "a", "b", mode=WaitMode.ALL), [("b", 1), ("b", 2), ("a", 3)], [3, 1]),
    (wait("w", "a", mode=WaitMode.ALL), [("a", 1)], [1]),
    (wait("w", "a", mode=WaitMode.ANY), [("a", 1)], {"index": 0, "value": 1}),
]


@pytest.mark.parametrize(("node", "coming", "output"), OUTPUTS)
def test_the_output_is_made_of_what_came(
    node: WaitNode, coming: list[tuple[str, object]], output: object
) -> None:
    play = waited(node)
    for name, payload in coming:
        play.signal(name, payload)
    visit = play.execution.visits["w"]
    if output == "-":
        assert play.status is ExecutionStatus.WAITING
        assert visit.status is VisitStatus.RUNNING
    else:
        assert visit.status is VisitStatus.COMPLETED
        assert visit.output == output
        assert play.flight().node == "next"


@pytest.mark.parametrize(("node", "coming", "output"), OUTPUTS)
def test_the_output_is_the_same_of_signals_that_were_kept(
    node: WaitNode, coming: list[tuple[str, object]], output: object
) -> None:
    play = begun(program(task("first"), node))
    for name, payload in coming:
        play.signal(name, payload)
    play.ok()
    visit = play.execution.visits["w"]
    assert (visit.output if visit.status is VisitStatus.COMPLETED else "-") == output


def test_it_waits_without_end_where_no_limit_is_given() -> None:
    play = waited(wait("w"))
    assert play.status is ExecutionStatus.WAITING
    assert play.wakes_at() is None
    play.pass_time(10 * 365 * 86_400_000)
    assert play.go_on().events == ()


def test_opening_and_closing_are_told() -> None:
    play = waited(wait("w", timeout_ms=LIMIT))
    assert told(play.history) == "ExecutionStarted NodeEntered WaitOpened"
    assert told(play.signal("w", 1)) == (
        "SignalReceived WaitClosed NodeCompleted NodeEntered ActivityStarted"
    )


def test_each_signal_but_the_last_leaves_it_open() -> None:
    play = waited(wait("w", "a", "b", mode=WaitMode.ALL))
    assert told(play.signal("b")) == "SignalReceived"
    assert play.execution.frames[1].phase is Phase.WAITING


class TestTheTimeLimit:
    def test_it_fails_with_a_timeout(self) -> None:
        play = waited(wait("w", timeout_ms=LIMIT))
        assert play.wakes_at() == BEGIN + LIMIT
        assert told(play.wake()) == "WaitClosed NodeFailed ExecutionFailed"
        failure = play.execution.failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.path) == (FailureKind.TIMEOUT, "wait_timeout", "w")
        assert str(LIMIT) in failure.message

    def test_on_timeout_continue_goes_on_and_says_so(self) -> None:
        play = waited(wait("w", timeout_ms=LIMIT, goes_on=True))
        assert told(play.wake()) == "WaitClosed NodeCompleted NodeEntered ActivityStarted"
        assert play.execution.visits["w"].output == {"timed_out": True}

    def test_what_had_come_by_then_is_not_the_output(self) -> None:
        play = waited(wait("w", "a", "b", mode=WaitMode.ALL, timeout_ms=LIMIT, goes_on=True))
        play.signal("a", 1)
        play.wake()
        assert play.execution.visits["w"].output == {"timed_out": True}

    def test_a_signal_that_leaves_it_open_does_not_put_the_limit_off(self) -> None:
        play = waited(wait("w", count=2, timeout_ms=LIMIT))
        play.pass_time(LIMIT - 1)
        play.signal("w", 1)
        assert play.wakes_at() == BEGIN + LIMIT

    def test_it_does_not_pass_while_paused_and_passes_on_resume(self) -> None:
        play = waited(wait("w", timeout_ms=LIMIT))
        play.pause()
        play.pass_time(LIMIT)
        assert play.go_on().events == ()
        assert told(play.resume()) == "ExecutionResumed WaitClosed NodeFailed ExecutionFailed"

    def test_a_signal_after_it_is_late_even_if_the_timer_has_not_fired(self) -> None:
        play = begun(program(wait("w", timeout_ms=LIMIT, goes_on=True), wait("again", "w")))
        play.pass_time(LIMIT)
        assert told(play.signal("w", 1)) == "WaitClosed NodeCompleted SignalKept NodeEntered WaitOpened " + (
            "SignalReceived WaitClosed NodeCompleted ExecutionCompleted"
        )
        assert play.execution.visits["w"].output == {"timed_out": True}
        assert play.execution.visits["again"].output == 1


class TestStopping:
    def test_cancel_gives_it_up(self) -> None:
        play = waited(wait("w", timeout_ms=LIMIT))
        assert told(play.cancel()) == "CancelRequested NodeCancelled ExecutionCancelled"
        assert play.wakes_at() is None

    def test_wake_does_not_end_it(self) -> None:
        answer = waited(wait("w", timeout_ms=LIMIT)).ask(WakeExecution(actor=ACTOR))
        assert isinstance(answer, Refused)
        assert answer.code == "nothing_to_wake"

    def test_one_that_stops_takes_no_signal(self) -> None:
        """One branch closes behind its call, the other has given its wait up."""
        play = begun(
            program(
                parallel("p", "a", "b"),
                wait("later", "w"),
                bodies={"p/a": (task("one"),), "p/b": (wait("w"),)},
            )
        )
        play.cancel()
        assert told(play.signal("w")) == "SignalKept"

    def test_in_a_shield_it_goes_on_after_a_cancel_and_still_takes_its_signal(self) -> None:
        play = begun(program(shield("s"), bodies={"s/body": (wait("w"),)}))
        assert told(play.cancel()) == "CancelRequested"
        assert play.status is ExecutionStatus.COMPENSATING
        assert told(play.signal("w", 1)).startswith("SignalReceived WaitClosed NodeCompleted")
        assert play.status is ExecutionStatus.CANCELLED


def test_a_skipped_wait_opens_nothing() -> None:
    play = begun(program(wait("w", when=Constant(False))))
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.visits["w"].status is VisitStatus.SKIPPED

"""What came and fell due meanwhile happens in the order of its instants: after a pause, a hold, or late."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.core.told import told
from treadle.core.outstanding import outstanding
from treadle.core.turn import TRANSITIONS
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.commands import PauseExecution, SendSignal, WakeExecution
from treadle.model.effects import Alarm, Continuation, Invocation
from treadle.model.events import ActivityStarted, SignalExpired
from treadle.model.execution import ExecutionStatus, FailureKind, VisitStatus
from treadle.model.ids import Instant
from treadle.model.json import Json
from treadle.model.outcomes import Ok
from treadle.model.policies import OnUnknown
from treadle.model.program import Program, ProgramNode
from treadle.testing.builders import Constant, case, program, sleep, switch, task, undone_task
from treadle.testing.composites import each, parallel, race, shield, try_, wait
from treadle.testing.playing import ACTOR, BUSY, LATE, REFUSED, Play, begun

Bodies = dict[str, Sequence[ProgramNode]]
DAY_MS = 86_400_000
CUT_SHORT = (1, 2, 7, DEFAULT_BOUNDS.transitions)


def racing(left: ProgramNode, right: ProgramNode) -> Program:
    return program(race("r", "a", "b"), bodies={"r/a": [left], "r/b": [right]})


def winner(play: Play) -> Json:
    output = play.execution.visits["r"].output
    assert isinstance(output, dict)
    return output["winner"]


def inside(name: str, *nodes: ProgramNode) -> tuple[ProgramNode, dict[str, list[ProgramNode]]]:
    """A switch that always runs the nodes, and its body."""
    return switch(name, case(Constant(True), f"{name}/x")), {f"{name}/x": list(nodes)}


def driven(play: Play) -> Play:
    """All continuations that are owed at this instant."""
    for _ in range(10_000):
        owed = outstanding(play.execution)
        is_due = any(isinstance(one, Alarm) and one.at <= play.now for one in owed)
        if not is_due and not any(isinstance(one, Continuation) for one in owed):
            return play
        before = len(play.history)
        play.go_on()
        assert len(play.history) > before
    raise AssertionError("it goes on for ever")


class TestOfARace:
    @pytest.mark.parametrize("is_paused", [True, False])
    def test_the_branch_wins_that_was_answered_first(self, is_paused: bool) -> None:
        play = begun(racing(task("ta"), task("tb")))
        if is_paused:
            play.pause()
        play.pass_time(10)
        play.report_at("tb", Ok(), is_held=not is_paused)
        play.pass_time(5_000)
        play.report_at("ta", Ok(), is_held=not is_paused)
        if is_paused:
            play.resume()
        else:
            play.go_on()
        assert winner(play) == "b"

    def test_of_two_answers_at_one_instant_the_first_wins(self) -> None:
        play = begun(racing(task("ta"), task("tb")))
        play.pause()
        play.report_at("tb", Ok())
        play.report_at("ta", Ok())
        play.resume()
        assert winner(play) == "b"

    def test_the_branch_wins_whose_inner_body_ended_first(self) -> None:
        node, bodies = inside("s", task("tb"))
        play = begun(program(race("r", "a", "b"), bodies={"r/a": [task("ta")], "r/b": [node], **bodies}))
        play.pause()
        play.report_at("tb", Ok())
        play.pass_time(1)
        play.report_at("ta", Ok())
        play.resume()
        assert winner(play) == "b"

    def test_a_sleep_that_was_over_before_an_answer_wins(self) -> None:
        play = begun(racing(task("ta"), sleep("sb", 1_000)))
        play.pause()
        play.pass_time(5_000)
        play.report_at("ta", Ok())
        play.pass_time(5_000)
        play.resume()
        assert winner(play) == "b"

    def test_an_answer_before_the_end_of_a_sleep_wins(self) -> None:
        play = begun(racing(sleep("sa", 1_000), task("tb")))
        play.pause()
        play.pass_time(999)
        play.report_at("tb", Ok())
        play.pass_time(5_000)
        play.resume()
        assert winner(play) == "b"

    def test_a_signal_that_came_before_an_answer_wins(self) -> None:
        play = begun(racing(task("ta"), wait("go")))
        play.pause()
        play.pass_time(1_000)
        play.signal("go", 1)
        play.pass_time(5_000)
        play.report_at("ta", Ok())
        play.resume()
        assert winner(play) == "b"

    def test_an_answer_before_a_signal_wins_and_the_signal_stays(self) -> None:
        play = begun(racing(wait("go"), task("tb")))
        play.pause()
        play.report_at("tb", Ok())
        play.pass_time(1_000)
        play.signal("go", 1)
        play.resume()
        assert winner(play) == "b"
        assert len(play.execution.signals) == 1

    def test_a_held_answer_comes_after_the_sleep_that_was_over_before(self) -> None:
        play = begun(racing(task("ta"), sleep("sb", 1_000)))
        play.pass_time(5_000)
        play.report_at("ta", Ok(), is_held=True)
        play.go_on()
        assert winner(play) == "b"

    def test_that_fails_as_a_whole_the_last_failure_counts(self) -> None:
        """One branch fails at 5 s, as is recorded; the time of the other is over before."""
        play = begun(racing(task("ta"), wait("go", timeout_ms=1_000)))
        play.pause()
        play.pass_time(5_000)
        play.report_at("ta", REFUSED)
        play.resume()
        assert play.execution.failure is not None
        assert play.execution.failure.path == "ta"


class TestOfAParallel:
    def test_the_first_failure_counts(self) -> None:
        left, inner_left = inside("sa", task("ta"))
        right, inner_right = inside("sb", task("tb"))
        bodies: Bodies = {"p/a": [left], "p/b": [right], **inner_left, **inner_right}
        play = begun(program(parallel("p", "a", "b"), bodies=bodies))
        play.pause()
        play.pass_time(10)
        play.report_at("tb", REFUSED)
        play.pass_time(5_000)
        play.report_at("ta", REFUSED)
        play.resume()
        assert play.execution.failure is not None
        assert play.execution.failure.path == "tb"

    def test_the_first_failure_counts_though_a_later_one_was_told_of_at_once(self) -> None:
        """What an inner body has failed with is told of only when that is taken in."""
        node, inner = inside("sb", task("tb"))
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={"p/a": [undone_task("t0"), task("ta")], "p/b": [node], **inner},
            )
        )
        play.report_at("t0", Ok())
        play.pause()
        play.report_at("tb", REFUSED)
        play.pass_time(5_000)
        play.report_at("ta", REFUSED)
        play.resume()
        play.ok()
        assert play.execution.failure is not None
        assert play.execution.failure.path == "tb"

    def test_the_time_of_a_wait_that_was_over_before_counts(self) -> None:
        bodies: Bodies = {"p/a": [task("ta")], "p/b": [wait("go", timeout_ms=1_000)]}
        play = begun(program(parallel("p", "a", "b"), bodies=bodies))
        play.pause()
        play.pass_time(5_000)
        play.report_at("ta", REFUSED)
        play.resume()
        assert play.execution.failure is not None
        assert play.execution.failure.path == "go"

    def test_of_two_recorded_failures_the_second_changes_nothing(self) -> None:
        play = begun(program(parallel("p", "a", "b"), bodies={"p/a": [task("ta")], "p/b": [task("tb")]}))
        play.pause()
        play.report_at("tb", REFUSED)
        play.pass_time(5_000)
        play.report_at("ta", REFUSED)
        play.resume()
        assert play.execution.failure is not None
        assert play.execution.failure.path == "tb"

    def test_a_deadline_that_acted_in_the_pause_is_not_taken_back(self) -> None:
        bodies: Bodies = {"p/a": [task("ta", deadline_ms=500)], "p/b": [wait("go", timeout_ms=1_000)]}
        play = begun(program(parallel("p", "a", "b"), bodies=bodies))
        play.pause()
        play.pass_time(5_000)
        play.go_on()
        play.report_at("ta", Ok())
        play.resume()
        assert play.execution.failure is not None
        assert play.execution.failure.code == "deadline"

    def test_an_item_that_ended_is_taken_in_before_a_deadline_in_the_pause(self) -> None:
        bodies: Bodies = {"p/a": [task("ta")], "p/b": [task("tb", deadline_ms=1_000)]}
        play = begun(program(parallel("p", "a", "b", deadline_ms=2_000), bodies=bodies))
        play.pause()
        play.report_at("ta", Ok())
        play.report_at("tb", Ok())
        play.pass_time(5_000)
        assert told(play.go_on()) == "BranchJoined BranchJoined NodeCompleted"


class TestKeptInAPauseThatADeadlineEnds:
    def test_a_shielded_wait_takes_it(self) -> None:
        what = program(
            shield("s"), task("z"), bodies={"s/body": [wait("go"), task("in")]}, deadline_ms=10_000
        )
        play = begun(what)
        play.pause()
        play.signal("go", 1)
        play.pass_time(20_000)
        assert told(play.go_on()) == (
            "DeadlinePassed SignalReceived WaitClosed NodeCompleted NodeEntered ActivityStarted"
        )
        assert play.flight().node == "in"

    def test_a_wait_beside_what_was_unknown_takes_it(self) -> None:
        asking = task("ta", deadline_ms=5_000, on_unknown=OnUnknown.PAUSE)
        bodies: Bodies = {
            "p/a": [try_("tr", None)],
            "tr/try": [asking],
            "tr/catch.0": (),
            "p/b": [wait("go"), task("tb")],
        }
        play = begun(program(parallel("p", "a", "b"), bodies=bodies))
        play.report(LATE)
        play.signal("go", 1)
        play.wake()
        assert play.flight().node == "tb"
        assert not play.execution.signals

    def test_a_wait_whose_time_was_over_by_then_does_not(self) -> None:
        bodies: Bodies = {"s/body": [wait("go", timeout_ms=1_000, goes_on=True), task("in")]}
        play = begun(program(shield("s"), bodies=bodies, deadline_ms=10_000))
        play.pause()
        play.pass_time(2_000)
        play.signal("go", 1)
        play.pass_time(20_000)
        play.go_on()
        assert play.execution.visits["go"].output == {"timed_out": True}
        assert len(play.execution.signals) == 1


def many_races(count: int) -> Program:
    bodies: Bodies = {
        "e/item": [race("r", "a", "b")],
        "r/a": [sleep("sa", 2_000)],
        "r/b": [sleep("sb", 1_000)],
    }
    return program(each("e", Constant(list(range(count))), concurrency=count), bodies=bodies)


class TestOverTheBoundOfOneDecision:
    @pytest.mark.parametrize("most", CUT_SHORT)
    def test_the_earlier_sleep_wins_every_race(self, most: int) -> None:
        count = 150 if most == DEFAULT_BOUNDS.transitions else 12
        play = driven(begun(many_races(count), bounds=ExecutionBounds(transitions=most)))
        play.pass_time(60_000)
        driven(play)
        assert isinstance(play.execution.output, list)
        won = Counter(one["winner"] for one in play.execution.output if isinstance(one, dict))
        assert won == {"b": count}

    @pytest.mark.parametrize("most", CUT_SHORT)
    def test_what_ended_before_its_deadline_has_ended(self, most: int) -> None:
        count = 300 if most == DEFAULT_BOUNDS.transitions else 12
        bodies: Bodies = {"e/item": [parallel("p", "b", deadline_ms=2_000)], "p/b": [sleep("sb", 1_000)]}
        items = each("e", Constant(list(range(count))), concurrency=count, collects=True)
        play = driven(begun(program(items, bodies=bodies), bounds=ExecutionBounds(transitions=most)))
        play.pass_time(60_000)
        driven(play)
        assert isinstance(play.execution.output, list)
        assert [one for one in play.execution.output if not isinstance(one, dict) or "failure" in one] == []

    def test_no_attempt_is_sent_for_a_branch_that_has_lost(self) -> None:
        bodies: Bodies = {"e/item": [race("r", "a", "b")], "r/a": [task("ta")], "r/b": [sleep("sb", 100)]}
        count = 150
        play = driven(
            begun(program(each("e", Constant(list(range(count))), concurrency=count), bodies=bodies))
        )
        for flight in play.flights():
            play.report_at(flight.node, BUSY)
        before = len(play.history)
        play.pass_time(60_000)
        driven(play)
        assert not any(isinstance(event, ActivityStarted) for event in play.history[before:])

    def test_a_continuation_stops_at_the_bound_and_brings_the_rest_up_again(self) -> None:
        play = driven(begun(many_races(150)))
        play.pass_time(60_000)
        decision = play.go_on()
        taken = sum(type(event) in TRANSITIONS for event in decision.events)
        assert DEFAULT_BOUNDS.transitions <= taken < DEFAULT_BOUNDS.transitions + 10
        assert Alarm(at=Instant(play.execution.created_at + 1_000)) in decision.effects

    def test_what_a_command_says_is_decided_after_all_that_is_due(self) -> None:
        count = 150
        bodies: Bodies = {
            "p/a": [each("e", Constant(list(range(count))), concurrency=count)],
            "e/item": [race("r", "x", "y")],
            "r/x": [sleep("sx", 2_000)],
            "r/y": [sleep("sy", 1_000)],
            "p/b": [task("last", deadline_ms=30_000)],
        }
        play = driven(begun(program(parallel("p", "a", "b"), bodies=bodies)))
        play.pass_time(60_000)
        play.report(Ok())
        driven(play)
        assert play.execution.failure is not None
        assert (play.execution.failure.code, play.execution.failure.path) == ("deadline", "last")

    @pytest.mark.parametrize("most", CUT_SHORT)
    def test_ends_and_signals_of_a_pause_keep_their_order(self, most: int) -> None:
        bodies: Bodies = {
            "p/a": [race("r", "x", "y")],
            "r/x": [task("tx")],
            "r/y": [task("ty")],
            "p/b": [race("q", "u", "v")],
            "q/u": [task("tu")],
            "q/v": [wait("go")],
            "p/c": [wait("stop")],
        }
        play = begun(
            program(parallel("p", "a", "b", "c"), bodies=bodies), bounds=ExecutionBounds(transitions=most)
        )
        driven(play)
        play.pause()
        for node in ("ty", "tx"):
            play.report_at(node, Ok())
            play.pass_time(1)
        play.signal("go", 1)
        play.pass_time(1)
        play.report_at("tu", Ok())
        play.signal("stop", 2)
        play.resume()
        driven(play)
        assert play.status is ExecutionStatus.COMPLETED
        assert winner(play) == "y"
        assert play.execution.visits["q"].output == {"winner": "v", "value": 1}


class TestHeld:
    def test_an_answer_past_the_deadline_of_its_visit_is_late(self) -> None:
        play = begun(program(task("one", deadline_ms=1_000), task("two")))
        play.pass_time(5_000)
        play.report(Ok(), is_held=True)
        play.go_on()
        assert play.status is ExecutionStatus.FAILED
        assert play.execution.failure is not None
        assert (play.execution.failure.kind, play.execution.failure.code) == (FailureKind.TIMEOUT, "deadline")

    def test_an_answer_past_the_deadline_of_the_execution_is_late(self) -> None:
        play = begun(program(task("one"), deadline_ms=1_000))
        play.pass_time(5_000)
        play.report(Ok(), is_held=True)
        play.go_on()
        assert play.status is ExecutionStatus.FAILED

    def test_what_was_due_before_the_deadline_happens_before_it(self) -> None:
        bodies: Bodies = {
            "p/a": [parallel("q", "x", deadline_ms=2_000)],
            "q/x": [sleep("rest", 1_000)],
            "p/b": [task("tb")],
        }
        play = begun(program(parallel("p", "a", "b"), bodies=bodies))
        play.pass_time(5_000)
        play.report(Ok(), is_held=True)
        assert play.execution.visits["q"].status is VisitStatus.COMPLETED

    def test_a_back_off_that_is_over_sends_nothing_though_a_deadline_acts(self) -> None:
        bodies: Bodies = {
            "p/a": [try_("t", None, deadline_ms=20_000)],
            "t/try": [task("ta")],
            "p/b": [task("tb")],
        }
        bodies["t/catch.0"] = []
        play = begun(program(parallel("p", "a", "b", deadline_ms=10_000), bodies=bodies))
        play.report_at("ta", BUSY)
        play.pass_time(10_000)
        decision = play.report_at("tb", Ok(), is_held=True)
        assert told(decision).startswith("DeadlinePassed")
        assert not any(isinstance(effect, Invocation) for effect in decision.effects)

    def test_a_pause_looks_at_no_deadline_before(self) -> None:
        play = begun(program(task("one", deadline_ms=1_000)))
        play.pass_time(5_000)
        assert told(play.do(PauseExecution(actor=ACTOR), is_held=True)) == "ExecutionPaused"
        assert told(play.go_on()) == "DeadlinePassed"

    def test_a_signal_past_the_time_of_its_wait_is_kept(self) -> None:
        play = begun(program(wait("go", timeout_ms=1_000), task("next")))
        play.pass_time(1_000)
        command = SendSignal(name="go", payload=1, actor=ACTOR)
        assert told(play.do(command, is_held=True)) == "SignalKept"
        play.go_on()
        assert play.status is ExecutionStatus.FAILED

    def test_a_back_off_that_is_woken_is_due_and_sends_nothing_yet(self) -> None:
        play = begun(program(task("one")))
        play.report(BUSY)
        decision = play.do(WakeExecution(actor=ACTOR), is_held=True)
        assert told(decision) == "ExecutionWoken RetryScheduled"
        assert decision.effects == (Alarm(at=play.now),)
        assert told(play.go_on()) == "ActivityStarted"

    def test_a_sleep_that_is_woken_ends(self) -> None:
        play = begun(program(sleep("rest", 1_000), task("one")))
        decision = play.do(WakeExecution(actor=ACTOR), is_held=True)
        assert told(decision) == "ExecutionWoken TimerFired NodeCompleted"


class TestExpired:
    def test_a_later_run_takes_no_signal_whose_time_is_over(self) -> None:
        play = begun(program(task("one"), wait("go")))
        play.signal("go", 1)
        play.report(REFUSED)
        play.pass_time(365 * DAY_MS)
        assert any(isinstance(event, SignalExpired) for event in play.retry().events)
        play.ok()
        assert play.status is ExecutionStatus.WAITING


def test_a_body_that_awaits_the_wait_of_a_loser_alone_is_waiting() -> None:
    bodies: Bodies = {"r/a": [shield("s")], "s/body": [wait("go")], "r/b": [task("tb")]}
    play = begun(program(race("r", "a", "b"), task("next"), bodies=bodies))
    play.report_at("tb", Ok())
    play.ok()
    assert play.status is ExecutionStatus.WAITING
    play.signal("go", 1)
    assert play.execution.ended is ExecutionStatus.COMPLETED

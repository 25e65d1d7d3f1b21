"""Signals: who takes one, what is kept, in which order it is taken, and what is refused."""

import pytest

from tests.core.told import told, told_with_paths
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.commands import SendSignal
from treadle.model.decision import Refused
from treadle.model.events import SignalKept, SignalReceived
from treadle.model.execution import TERMINAL, ExecutionStatus, VisitStatus
from treadle.model.ids import Instant
from treadle.model.json import Json
from treadle.model.policies import OnUnknown
from treadle.model.waiting import WaitMode
from treadle.testing.builders import Constant, awaiting_task, case, program, sleep, switch, task, undone_task
from treadle.testing.composites import parallel, race, shield, wait
from treadle.testing.playing import ACTOR, BEGIN, REFUSED, Play, begun

WEEK = 7 * 24 * 3_600_000
FEW = ExecutionBounds(kept_signals=3)


def is_number(payload: Json) -> tuple[tuple[str, str], ...]:
    return () if isinstance(payload, int) else (("/n", "is no number"),)


def is_text(payload: Json) -> tuple[tuple[str, str], ...]:
    return () if isinstance(payload, str) else (("", "is no text"),)


def refused(play: Play, name: str, payload: Json = None) -> Refused:
    before = play.execution
    answer = play.ask(SendSignal(name=name, payload=payload, actor=ACTOR))
    assert isinstance(answer, Refused)
    assert play.execution is before
    return answer


def kept(play: Play) -> list[Json]:
    """The payloads that are kept, in their order."""
    return [play.execution.signals[seq].payload for seq in sorted(play.execution.signals)]


def output(play: Play, path: str) -> Json:
    return play.execution.visits[path].output


def both(*a: object, **more: object) -> Play:
    """Two branches with a wait each, for the same signal; that of `b` is opened later."""
    return begun(
        program(
            parallel("p", "a", "b"),
            bodies={"p/a": (wait("first", "go", **more),), "p/b": (wait("second", "go"),)},
        )
    )


class TestWhoTakesIt:
    def test_the_wait_of_that_name(self) -> None:
        play = begun(program(wait("go")))
        (received, *_) = play.signal("go", {"n": 1}).events
        assert isinstance(received, SignalReceived)
        assert (received.payload, received.actor, received.kept) == ({"n": 1}, ACTOR, None)

    def test_the_oldest_wait_of_that_name_and_no_other(self) -> None:
        play = both()
        play.signal("go", 1)
        assert output(play, "first") == 1
        assert play.execution.visits["second"].status is VisitStatus.RUNNING
        play.signal("go", 2)
        assert play.execution.output == {"a": 1, "b": 2}

    def test_the_oldest_wait_is_the_one_that_was_opened_first_not_the_one_in_the_oldest_frame(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={"p/a": (sleep("rest"), wait("late", "go")), "p/b": (wait("early", "go"),)},
            )
        )
        play.wake()
        play.signal("go", 1)
        assert output(play, "early") == 1

    def test_the_next_wait_when_the_oldest_wants_no_more_of_it(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={
                    "p/a": (wait("first", "go", "other", mode=WaitMode.ALL),),
                    "p/b": (wait("second", "go"),),
                },
            )
        )
        play.signal("go", 1)
        play.signal("go", 2)
        assert output(play, "second") == 2
        assert play.execution.visits["first"].status is VisitStatus.RUNNING

    def test_one_of_another_name_leaves_it_open(self) -> None:
        play = begun(program(wait("go"), wait("later")))
        assert told(play.signal("later", 1)) == "SignalKept"
        assert play.execution.visits["go"].status is VisitStatus.RUNNING


class TestKept:
    def test_before_the_wait_it_is_kept_and_taken_on_entry(self) -> None:
        play = begun(program(task("one"), wait("go")))
        assert told(play.signal("go", 1)) == "SignalKept"
        assert play.status is ExecutionStatus.RUNNING
        assert told(play.ok()) == (
            "ActivityCompleted NodeCompleted NodeEntered WaitOpened SignalReceived WaitClosed NodeCompleted "
            "ExecutionCompleted"
        )
        assert output(play, "go") == 1
        assert kept(play) == []

    def test_what_took_it_names_the_event_that_kept_it(self) -> None:
        play = begun(program(task("one"), wait("go")))
        play.signal("go", 1)
        seq = play.execution.version
        received = next(event for event in play.ok().events if isinstance(event, SignalReceived))
        assert received.kept == seq

    def test_they_are_taken_in_the_order_in_which_they_came(self) -> None:
        play = begun(program(task("one"), wait("a", "go"), wait("b", "go"), wait("c", "go", count=2)))
        for payload in (1, 2, 3, 4, 5):
            play.signal("go", payload)
        play.ok()
        assert [output(play, path) for path in ("a", "b", "c")] == [1, 2, [3, 4]]
        assert kept(play) == [5]

    def test_it_takes_those_that_fit_it_and_leaves_the_others(self) -> None:
        play = begun(
            program(task("one"), wait("a", "go", check=is_text, count=2), wait("b", "go", check=is_number))
        )
        for payload in (1, "x", 2, "y"):
            play.signal("go", payload)
        play.ok()
        assert (output(play, "a"), output(play, "b")) == (["x", "y"], 1)
        assert kept(play) == [2]

    def test_while_pending_it_is_kept(self) -> None:
        play = Play(program(wait("go")))
        play.start(start_at=Instant(BEGIN + 1_000))
        assert told(play.signal("go", 1)) == "SignalKept"
        assert play.status is ExecutionStatus.PENDING
        play.wake()
        assert play.status is ExecutionStatus.COMPLETED

    def test_while_paused_it_is_kept_although_a_wait_is_open_and_taken_on_resume(self) -> None:
        play = begun(program(wait("go")))
        play.pause()
        assert told(play.signal("go", 1)) == "SignalKept"
        assert told(play.resume()) == (
            "ExecutionResumed SignalReceived WaitClosed NodeCompleted ExecutionCompleted"
        )

    def test_what_was_kept_in_a_pause_goes_to_the_oldest_waits_in_order(self) -> None:
        play = both()
        play.pause()
        for payload in (1, 2, 3):
            play.signal("go", payload)
        play.resume()
        assert play.execution.output == {"a": 1, "b": 2}
        assert kept(play) == [3]

    def test_while_compensating_it_is_kept(self) -> None:
        play = begun(program(undone_task("one"), task("two"), wait("go")))
        play.ok()
        play.report(REFUSED)
        assert play.status is ExecutionStatus.COMPENSATING
        assert told(play.signal("go", 1)) == "SignalKept"

    def test_while_stuck_it_is_kept(self) -> None:
        play = begun(program(undone_task("one"), task("two"), wait("go")))
        play.ok()
        play.report(REFUSED)
        play.report(REFUSED)
        assert told(play.signal("go", 1)) == "SignalKept"
        assert play.status is ExecutionStatus.STUCK

    def test_a_later_run_takes_what_an_earlier_one_kept(self) -> None:
        play = begun(program(task("one"), wait("go")))
        play.signal("go", 1)
        play.report(REFUSED)
        play.retry()
        play.ok()
        assert output(play, "go") == 1

    def test_while_held_an_open_wait_takes_it_and_nothing_follows(self) -> None:
        play = begun(program(wait("go"), task("next")))
        command = SendSignal(name="go", payload=1, actor=ACTOR)
        assert told(play.do(command, is_held=True)) == "SignalReceived WaitClosed NodeCompleted"


class TestAfterAPause:
    def test_one_that_came_before_the_time_limit_is_taken_although_it_has_passed(self) -> None:
        play = begun(program(wait("go", timeout_ms=1_000)))
        play.pause()
        play.pass_time(999)
        play.signal("go", 1)
        play.pass_time(60_000)
        play.resume()
        assert output(play, "go") == 1

    @pytest.mark.parametrize("late_ms", [0, 1, 5_000])
    def test_one_that_came_after_the_time_limit_stays_kept(self, late_ms: int) -> None:
        play = begun(program(wait("go", timeout_ms=1_000, goes_on=True), task("next"), wait("again", "go")))
        play.pause()
        play.pass_time(1_000 + late_ms)
        play.signal("go", 1)
        play.resume()
        assert output(play, "go") == {"timed_out": True}
        assert kept(play) == [1]
        play.ok()
        assert output(play, "again") == 1

    @pytest.mark.parametrize(("slept_ms", "winner"), [(1_000, "timer"), (2_000, "timer"), (2_001, "signal")])
    def test_signals_and_timers_happen_in_the_order_of_their_instants(
        self, slept_ms: int, winner: str
    ) -> None:
        play = begun(
            program(
                race("r", "signal", "timer"),
                bodies={"r/signal": (wait("go"),), "r/timer": (sleep("rest", slept_ms),)},
            )
        )
        play.pause()
        play.pass_time(2_000)
        play.signal("go", 1)
        play.pass_time(60_000)
        play.resume()
        assert play.execution.output["winner"] == winner

    def test_one_that_fell_to_a_new_pause_stays_kept(self) -> None:
        """The first thing that falls due asks a person; what came after it waits for the next resume."""
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={
                    "p/a": (awaiting_task("ship", timeout_ms=1_000, on_unknown=OnUnknown.PAUSE),),
                    "p/b": (wait("go"),),
                },
            )
        )
        play.ok()
        play.pause()
        play.pass_time(2_000)
        play.signal("go", 1)
        play.resume()
        assert play.execution.reason == "unknown_outcome"
        assert kept(play) == [1]
        play.deliver(play.execution.frames[min(f for f in play.execution.frames if f > 1)].activity.id)
        assert play.status is ExecutionStatus.COMPLETED
        assert output(play, "go") == 1

    def test_one_that_does_not_fit_the_open_wait_stays_kept_over_a_pause(self) -> None:
        play = begun(program(task("one"), wait("a", "go", check=is_number), wait("b", "go", check=is_text)))
        play.signal("go", "text")
        play.ok()
        play.pause()
        assert told(play.resume()) == "ExecutionResumed"
        assert kept(play) == ["text"]
        play.signal("go", 1)
        assert (output(play, "a"), output(play, "b")) == (1, "text")

    def test_cancel_out_of_a_pause_gives_kept_signals_to_nobody_that_stops(self) -> None:
        play = both()
        play.pause()
        play.signal("go", 1)
        play.cancel()
        assert play.status is ExecutionStatus.CANCELLED
        assert kept(play) == [1]

    def test_a_shielded_wait_takes_what_was_kept_when_a_cancel_ends_the_pause(self) -> None:
        play = begun(program(shield("s"), bodies={"s/body": (wait("go"),)}))
        play.pause()
        play.signal("go", 1)
        play.cancel()
        assert play.status is ExecutionStatus.CANCELLED
        assert output(play, "go") == 1


class TestBounds:
    def test_it_is_kept_for_seven_days(self) -> None:
        play = begun(program(task("one"), wait("go")))
        (event,) = play.signal("go", 1).events
        assert isinstance(event, SignalKept)
        assert event.expires_at == BEGIN + WEEK
        assert DEFAULT_BOUNDS.signal_kept_ms == WEEK
        play.pass_time(WEEK - 1)
        play.ok()
        assert output(play, "go") == 1

    def test_after_that_it_is_gone(self) -> None:
        play = begun(program(task("one"), wait("go")))
        play.signal("go", 1)
        play.pass_time(WEEK)
        assert told(play.ok()).startswith("SignalExpired ActivityCompleted NodeCompleted")
        assert kept(play) == []
        assert play.status is ExecutionStatus.WAITING

    def test_a_thousand_are_kept_by_default(self) -> None:
        assert DEFAULT_BOUNDS.kept_signals == 1_000

    def test_more_than_may_be_kept_are_refused(self) -> None:
        play = begun(program(task("one"), wait("go")), bounds=FEW)
        for payload in (1, 2, 3):
            play.signal("go", payload)
        assert refused(play, "go", 4).code == "signals_full"
        assert kept(play) == [1, 2, 3]

    def test_the_bound_is_for_all_names_together(self) -> None:
        play = begun(program(task("one"), wait("a"), wait("b")), bounds=FEW)
        for name in ("a", "b", "a"):
            play.signal(name)
        assert refused(play, "b").code == "signals_full"

    def test_one_that_a_wait_takes_needs_no_room(self) -> None:
        play = begun(program(wait("go"), wait("later")), bounds=FEW)
        for payload in (1, 2, 3):
            play.signal("later", payload)
        play.signal("go", 4)
        assert output(play, "go") == 4

    def test_those_that_expire_make_room(self) -> None:
        play = begun(program(task("one"), wait("go")), bounds=FEW)
        for payload in (1, 2, 3):
            play.signal("go", payload)
        play.pass_time(WEEK)
        assert told(play.signal("go", 4)) == "SignalExpired SignalExpired SignalExpired SignalKept"


class TestRefusals:
    def test_a_name_that_no_wait_has_is_unknown(self) -> None:
        answer = refused(begun(program(wait("go"))), "went")
        assert answer.code == "unknown_signal"
        assert "go" in answer.message

    def test_an_execution_without_waits_knows_none(self) -> None:
        assert refused(begun(program(task("one"))), "go").code == "unknown_signal"

    def test_a_wait_that_is_nested_is_known(self) -> None:
        play = begun(
            program(task("one"), switch("s", case(Constant(True), "a")), bodies={"a": (wait("go"),)})
        )
        assert told(play.signal("go")) == "SignalKept"

    def test_the_schema_of_the_oldest_open_wait_decides(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={
                    "p/a": (wait("first", "go", check=is_text),),
                    "p/b": (wait("second", "go", check=is_number),),
                },
            )
        )
        answer = refused(play, "go", 1)
        assert answer.code == "invalid_signal"
        assert "is no text" in answer.message
        play.signal("go", "x")
        assert output(play, "first") == "x"
        assert refused(play, "go", "x").code == "invalid_signal"
        play.signal("go", 1)
        assert output(play, "second") == 1

    def test_while_paused_it_decides_too(self) -> None:
        play = begun(program(wait("go", check=is_text)))
        play.pause()
        assert refused(play, "go", 1).code == "invalid_signal"

    @pytest.mark.parametrize(("payload", "is_good"), [(1, True), ("x", True), (None, False), ([], False)])
    def test_with_none_open_at_least_one_wait_of_that_name_has_to_take_it(
        self, payload: Json, is_good: bool
    ) -> None:
        play = begun(program(task("one"), wait("a", "go", check=is_text), wait("b", "go", check=is_number)))
        if is_good:
            assert told(play.signal("go", payload)) == "SignalKept"
        else:
            assert refused(play, "go", payload).code == "invalid_signal"

    def test_a_wait_without_a_schema_takes_anything(self) -> None:
        play = begun(program(task("one"), wait("a", "go", check=is_text), wait("b", "go")))
        assert told(play.signal("go", [None])) == "SignalKept"

    def test_the_faults_are_told_with_their_pointers(self) -> None:
        play = begun(program(wait("go", check=is_number)))
        assert "/n: is no number" in refused(play, "go", "x").message

    @pytest.mark.parametrize("end", sorted(TERMINAL))
    def test_an_execution_that_has_ended_takes_none(self, end: ExecutionStatus) -> None:
        play = begun(program(task("one"), wait("go", when=Constant(False))))
        if end is ExecutionStatus.COMPLETED:
            play.ok()
        elif end is ExecutionStatus.FAILED:
            play.report(REFUSED)
        elif end is ExecutionStatus.CANCELLED:
            play.cancel()
            play.report(REFUSED)
        else:
            play.terminate()
        assert play.status is end
        assert refused(play, "go").code == "execution_ended"
        assert refused(play, "nowhere").code == "execution_ended"

    def test_kept_ones_stay_as_they_are_when_it_has_ended(self) -> None:
        play = begun(program(task("one"), wait("go")))
        play.signal("go", 1)
        play.report(REFUSED)
        play.pass_time(WEEK)
        assert play.go_on().events == ()


def test_a_signal_and_the_time_limit_of_another_wait_meet_in_order() -> None:
    """The timer is due at the instant of the signal: it goes first, and the race is over."""
    play = begun(
        program(
            race("r", "a", "b"),
            bodies={"r/a": (wait("one", "go"),), "r/b": (wait("two", "stop", timeout_ms=500, goes_on=True),)},
        )
    )
    play.pass_time(500)
    assert told_with_paths(play.signal("go", 1))[:2] == ["WaitClosed two", "NodeCompleted two"]
    assert play.execution.output == {"winner": "b", "value": {"timed_out": True}}
    assert kept(play) == [1]

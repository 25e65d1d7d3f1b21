"""What simulated worlds have found, each by hand: one test a defect."""

from msgspec import to_builtins
from msgspec.structs import replace

from treadle.model.commands import DeliverCallback, ReportOutcome, ResumeExecution, RetryExecution, SendSignal
from treadle.model.decision import Decision, Refused
from treadle.model.effects import ChildStart
from treadle.model.events import CompensationSkipped, ExecutionStuck, NodeEntered, SignalReceived
from treadle.model.execution import CompensationStatus, ExecutionStatus
from treadle.model.ids import NodeId, Path
from treadle.model.outcomes import FoundDefinition, Ok, Outcome
from treadle.model.policies import OnUnknown
from treadle.model.program import CallbackPlan, Program, SwitchCase
from treadle.testing.builders import (
    ONCE,
    Broken,
    Constant,
    plan,
    program,
    sleep,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.composites import child, each, parallel, race, set_, wait
from treadle.testing.drawing.pencil import below, one_more
from treadle.testing.playing import ACTOR, BROKEN, BUSY, LATE, REFUSED, Play, begun


def answer(play: Play, node: str, outcome: Outcome, *, is_held: bool = False) -> Decision:
    """The attempt of that visit, or of its undo, ends so."""
    (flight,) = [one for one in play.flights() if one.node == node]
    report = ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=outcome)
    return play.do(report, is_held=is_held)


def cyclic_race() -> Program:
    """A race of a task and a sleep, and a way back to it that is taken once."""
    back = SwitchCase(when=below(2, "vars", "c"), next=NodeId("r"))
    made = program(
        race("r", "slow", "fast"),
        set_("count", c=one_more("c")),
        switch("turn", back),
        bodies={"r/slow": [undone_task("a")], "r/fast": [sleep("s", 10)]},
    )
    return replace(made, vars={"c": 0})


def test_a_way_back_into_a_race_waits_for_the_loser() -> None:
    play = begun(cyclic_race())
    play.wake()
    assert play.execution.visits["r"].path == "r"
    answer(play, "a", BROKEN)
    answer(play, "a", Ok())
    assert play.execution.visits["r"].path == "r~2"
    entered = [event.path for event in play.history if isinstance(event, NodeEntered)]
    assert entered.index(Path("r~2")) < entered.index(Path("a~2"))
    play.wake()
    answer(play, "a~2", REFUSED)
    assert play.status is ExecutionStatus.COMPLETED


def test_a_way_back_that_waits_for_a_loser_is_stuck_with_it() -> None:
    play = begun(cyclic_race())
    play.wake()
    answer(play, "a", Ok())
    decided = answer(play, "a", REFUSED)
    assert isinstance(decided.events[-1], ExecutionStuck)
    assert play.status is ExecutionStatus.STUCK


def test_a_definition_that_is_found_twice_starts_one_child() -> None:
    play = begun(program(child("c")))
    found = FoundDefinition(name="child", version="1", digest=play.program.digest)
    flight = play.flight()
    report = ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok(body=to_builtins(found)))
    decided = play.do(report)
    play.cancel()
    assert sum(isinstance(effect, ChildStart) for effect in decided.effects) == 1
    again = play.ask(report)
    assert isinstance(again, Refused)
    assert again.code == "activity_ended"


def test_what_is_left_undone_on_purpose_is_left_if_it_stops_while_it_is_probed() -> None:
    play = begun(
        program(
            task(
                "a",
                activity=plan("a", retry=ONCE),
                compensation=undo("u"),
                on_unknown=OnUnknown.FAIL,
                probe=plan("probe"),
            )
        )
    )
    play.report(LATE)
    play.cancel()
    decided = play.report(BUSY)
    assert any(isinstance(event, CompensationSkipped) for event in decided.events)
    assert play.status is ExecutionStatus.CANCELLED
    assert play.execution.compensations[Path("a")].status is CompensationStatus.SKIPPED


def test_what_was_kept_in_a_pause_is_taken_although_the_end_of_the_pause_was_held() -> None:
    play = begun(program(wait("w", "go", count=2)))
    play.pause()
    play.do(SendSignal(name="go", payload=1, actor=ACTOR))
    play.do(ResumeExecution(actor=ACTOR), is_held=True)
    decided = play.do(SendSignal(name="go", payload=2, actor=ACTOR))
    taken = [event.kept for event in decided.events if isinstance(event, SignalReceived)]
    assert taken == [5, None]
    assert play.execution.output == [1, 2]


def test_an_undo_that_only_was_held_up_is_not_stuck() -> None:
    """One branch needs a person; the undo of the other has another one to do."""
    broken = task("a", activity=plan("a", retry=ONCE), compensation=undo("u", reads=Broken()))
    play = begun(
        program(
            parallel("p", "x", "y"),
            bodies={"p/x": [broken], "p/y": [undone_task("b"), undone_task("c"), task("d")]},
        )
    )
    answer(play, "b", Ok())
    answer(play, "c", Ok())
    answer(play, "d", REFUSED)
    answer(play, "a", BROKEN)
    decided = answer(play, "c", Ok(), is_held=True)
    assert not any(isinstance(event, ExecutionStuck) for event in decided.events)
    assert play.status is not ExecutionStatus.STUCK
    play.go_on()
    assert [one.node for one in play.flights()] == ["b"]


def test_what_fell_due_in_a_pause_that_a_callback_has_ended_happens_at_once() -> None:
    """Both waits are over when the first callback comes: it is the missing answer, and ends the pause."""
    asking = task(
        "a",
        activity=plan("a", retry=ONCE),
        on_unknown=OnUnknown.PAUSE,
        callback=CallbackPlan(timeout_ms=1_000),
    )
    play = begun(program(each("e", Constant([1, 2])), bodies={"e/item": [asking]}))
    first, _ = play.flights()
    for flight in play.flights():
        play.do(ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok(status=202)))
    play.pass_time(5_000)
    decided = play.do(DeliverCallback(activity=first.activity, body=1))
    names = [type(event).__name__ for event in decided.events]
    assert names.count("ResolutionAsked") == 2
    assert play.status is ExecutionStatus.PAUSED


def test_a_probe_asks_under_the_key_that_a_retry_has_taken_over() -> None:
    """The service knows what it did by the key of the call alone."""
    asked = task("a", activity=plan("a", retry=ONCE), on_unknown=OnUnknown.COMPENSATE, probe=plan("probe"))
    play = begun(program(asked))
    play.report(LATE)
    play.report(BUSY)
    play.do(RetryExecution(actor=ACTOR))
    first = play.flight().key
    assert play.flight().node == "a~2"
    play.report(LATE)
    assert play.flight().key == f"{first}/probe"
    assert first.endswith("/a")

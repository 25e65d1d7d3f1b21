"""`child`: another execution, started in the commit that says so, awaited, stopped and undone."""

import uuid

import msgspec
import pytest
from msgspec.structs import replace

from tests.core.told import told
from treadle.core.decide import decide
from treadle.core.evolve import evolve
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import (
    CancelExecution,
    Command,
    Continue,
    PassDeadline,
    ReportChild,
    ReportOutcome,
    RetryExecution,
    SendSignal,
    TerminateExecution,
)
from treadle.model.decision import Decision, Refused
from treadle.model.effects import ChildStart, Invocation, Notice
from treadle.model.events import ChildStarted, ExecutionStarted
from treadle.model.execution import (
    CompensationStatus,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Phase,
    VisitStatus,
)
from treadle.model.ids import ActivityId, Digest, ExecutionId, NodeId, Path
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, FoundDefinition, Ok, Outcome
from treadle.model.program import ChildNode, Program
from treadle.model.requests import DefinitionRequest
from treadle.model.waiting import ParentRef
from treadle.testing.builders import ONCE, Broken, Constant, Read, plan, program, task, undo, undone_task
from treadle.testing.composites import child, end, parallel, race, shield, try_, wait
from treadle.testing.playing import (
    ACTOR,
    BEGIN,
    BROKEN,
    BUSY,
    EXECUTION,
    LOST,
    REFUSED,
    Play,
    begun,
    brought_to,
)

FOUND = FoundDefinition(
    name="parcel",
    version="3",
    digest=Digest("sha256:" + "1" * 64),
    node=NodeId("pack"),
    vars={"box": 1},
    priority=5,
    deadline_ms=90_000,
)
OFFSPRING = ExecutionId(str(uuid.uuid5(uuid.UUID(EXECUTION), "ship")))
WHY = Failure(kind=FailureKind.TIMEOUT, code="deadline", message="too late", path=Path("pack"))
CHILD = program(undone_task("pack"), undone_task("send"))


def shipping(**more: object) -> ChildNode:
    return child("ship", "parcel", **more)


def looked_up(node: ChildNode | None = None, *after: object, value: Json = None) -> Play:
    """A play whose child is asked for."""
    return begun(program(node or shipping(), task("next")), value)


def answered(play: Play) -> Decision:
    """The definition was found."""
    return play.report_at("ship", Ok(body=msgspec.to_builtins(FOUND)))


def awaited(node: ChildNode | None = None) -> Play:
    """A play that awaits its child."""
    play = looked_up(node)
    answered(play)
    return play


def started_by(decision: Decision) -> ExecutionStarted:
    (start,) = [effect for effect in decision.effects if isinstance(effect, ChildStart)]
    return start.started


def notices(decision: Decision) -> list[tuple[ExecutionId, Command]]:
    return [
        (effect.execution_id, effect.command) for effect in decision.effects if isinstance(effect, Notice)
    ]


def awaited_as(play: Play) -> ActivityId:
    (found,) = [frame.child for frame in play.execution.frames.values() if frame.child is not None]
    return found.activity


class TestStarting:
    def test_first_the_engine_is_asked_for_the_definition(self) -> None:
        play = looked_up(shipping(input=Read("input", "order")), value={"order": 9})
        flight = play.flight()
        assert flight.request == DefinitionRequest(
            namespace=play.execution.namespace, definition="parcel", input=9
        )
        assert flight.key == f"{EXECUTION}/ship"
        assert play.status is ExecutionStatus.RUNNING

    def test_without_an_input_it_is_empty(self) -> None:
        assert looked_up().flight().request.input == {}

    def test_then_it_is_started_in_the_commit_that_says_so(self) -> None:
        play = looked_up()
        decision = answered(play)
        assert told(decision) == "ActivityCompleted ChildStarted"
        started = started_by(decision)
        (said,) = [event for event in decision.events if isinstance(event, ChildStarted)]
        assert said.child == started.id == OFFSPRING
        assert said.definition == started.definition
        assert play.status is ExecutionStatus.WAITING

    def test_what_it_begins_with(self) -> None:
        play = looked_up(shipping(input=Constant({"n": 1})))
        play.pass_time(250)
        started = started_by(answered(play))
        assert started == ExecutionStarted(
            at=play.now,
            id=OFFSPRING,
            namespace=play.execution.namespace,
            definition=started.definition,
            semantics=1,
            input={"n": 1},
            vars={"box": 1},
            node=NodeId("pack"),
            priority=5,
            deadline_at=BEGIN + 250 + 90_000,
            deadline_ms=90_000,
            parent=ParentRef(id=EXECUTION, path=Path("ship"), activity=awaited_as(play)),
            depth=1,
        )
        assert (started.definition.name, started.definition.version) == ("parcel", "3")

    def test_without_a_deadline_of_its_own_it_has_none(self) -> None:
        play = looked_up()
        found = Ok(body=msgspec.to_builtins(replace(FOUND, deadline_ms=None)))
        started = started_by(play.report_at("ship", found))
        assert (started.deadline_at, started.deadline_ms) == (None, None)

    @pytest.mark.parametrize("is_detached", [False, True])
    def test_that_of_the_parent_is_not_its_own(self, is_detached: bool) -> None:
        play = begun(program(shipping(is_detached=is_detached), deadline_ms=5_000))
        endless = replace(FOUND, deadline_ms=None)
        started = started_by(play.report_at("ship", Ok(body=msgspec.to_builtins(endless))))
        assert (started.deadline_at, started.deadline_ms) == (None, None)

    def test_its_id_is_made_of_the_parent_s_and_the_path(self) -> None:
        play = begun(program(parallel("p", "a"), bodies={"p/a": (shipping(),)}))
        started = started_by(answered(play))
        assert started.id == str(uuid.uuid5(uuid.UUID(EXECUTION), "ship"))

    def test_what_was_found_is_not_its_output(self) -> None:
        assert awaited().execution.visits["ship"].output is msgspec.UNSET

    def test_a_template_error_fails_the_node_before_anything_is_asked(self) -> None:
        play = looked_up(shipping(input=Broken()))
        assert play.status is ExecutionStatus.FAILED
        failure = play.execution.failure
        assert failure is not None
        assert failure.kind is FailureKind.REJECTED

    def test_while_paused_it_is_not_started(self) -> None:
        play = looked_up()
        play.pause()
        decision = answered(play)
        assert told(decision) == "ActivityCompleted"
        assert decision.effects == ()
        resumed = play.resume()
        assert told(resumed) == "ExecutionResumed ChildStarted"
        assert started_by(resumed).id == OFFSPRING

    def test_while_held_it_is_not_started(self) -> None:
        play = looked_up()
        decision = play.report_at("ship", Ok(body=msgspec.to_builtins(FOUND)), is_held=True)
        assert not [effect for effect in decision.effects if isinstance(effect, ChildStart)]
        assert started_by(play.go_on()).id == OFFSPRING

    @pytest.mark.parametrize("end", [BROKEN, LOST, BUSY])
    def test_a_question_without_an_answer_is_asked_again(self, end: Outcome) -> None:
        play = looked_up()
        play.report(end)
        play.wake()
        assert play.flight().attempt == 2
        assert told(answered(play)) == "ActivityCompleted ChildStarted"

    @pytest.mark.parametrize(
        ("code", "kind"),
        [("definition_not_found", FailureKind.ERROR), ("invalid_input", FailureKind.REJECTED)],
    )
    def test_a_definition_that_cannot_be_run_fails_the_node(self, code: str, kind: FailureKind) -> None:
        play = looked_up()
        play.report(Failed(code=code, message="no", cause=Cause.ERROR, is_final=True))
        failure = play.execution.failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.path) == (kind, code, "ship")

    def test_a_cancel_while_it_is_asked_for_starts_nothing(self) -> None:
        play = looked_up()
        play.cancel()
        decision = answered(play)
        assert told(decision) == "ActivityCompleted NodeCancelled ExecutionCancelled"
        assert decision.effects == ()

    def test_a_cancel_of_a_pause_starts_nothing(self) -> None:
        play = looked_up()
        play.pause()
        answered(play)
        decision = play.cancel()
        assert not [effect for effect in decision.effects if isinstance(effect, ChildStart)]
        assert play.status is ExecutionStatus.CANCELLED


class TestDepth:
    def at_depth(self, depth: int, bound: int) -> Decision:
        what = program(shipping())
        bounds = ExecutionBounds(child_depth=bound)
        started = replace(begun(what).history[0], depth=depth)
        answer = decide(what, evolve(None, started), Continue(), BEGIN, bounds=bounds)
        assert isinstance(answer, Decision)
        return answer

    @pytest.mark.parametrize(("depth", "bound"), [(0, 1), (15, 16), (1, 2)])
    def test_as_many_below_one_another_as_may_be(self, depth: int, bound: int) -> None:
        decision = self.at_depth(depth, bound)
        assert [type(effect) for effect in decision.effects] == [Invocation]

    @pytest.mark.parametrize(("depth", "bound"), [(1, 1), (16, 16), (0, 0)])
    def test_one_deeper_fails_the_node_with_the_name_of_the_bound(self, depth: int, bound: int) -> None:
        failure = self.at_depth(depth, bound).execution.failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.path) == (FailureKind.ERROR, "child_depth", "ship")

    def test_each_is_one_deeper_than_its_parent(self) -> None:
        play = Play(program(shipping()))
        started = replace(begun(play.program).history[0], depth=4)
        play._execution = evolve(None, started)
        play.go_on()
        assert started_by(answered(play)).depth == 5


class TestDetached:
    def test_nobody_waits_for_it_and_its_id_is_the_output(self) -> None:
        play = looked_up(shipping(is_detached=True))
        decision = answered(play)
        assert told(decision) == ("ActivityCompleted ChildStarted NodeCompleted NodeEntered ActivityStarted")
        assert play.execution.visits["ship"].output == {"id": OFFSPRING}

    def test_it_knows_its_parent_and_tells_it_nothing(self) -> None:
        parent = started_by(answered(looked_up(shipping(is_detached=True)))).parent
        assert parent == ParentRef(id=EXECUTION, path=Path("ship"), activity=None)

    @pytest.mark.parametrize("stop", [CancelExecution(actor=ACTOR), TerminateExecution(actor=ACTOR)])
    def test_the_end_of_the_parent_does_not_reach_it(self, stop: Command) -> None:
        play = looked_up(shipping(is_detached=True))
        answered(play)
        assert notices(play.do(stop)) == []

    def test_its_end_is_not_awaited(self) -> None:
        play = looked_up(shipping(is_detached=True))
        answered(play)
        command = ReportChild(activity=ActivityId(4), child=OFFSPRING, status=ExecutionStatus.COMPLETED)
        answer = play.ask(command)
        assert isinstance(answer, Refused)
        assert answer.code == "activity_ended"


class TestItsEnd:
    def test_completed_its_output_is_that_of_the_node(self) -> None:
        play = awaited()
        assert told(play.end_child(ExecutionStatus.COMPLETED, {"id": 1})) == (
            "ChildEnded NodeCompleted NodeEntered ActivityStarted"
        )
        assert play.execution.visits["ship"].output == {"id": 1}

    @pytest.mark.parametrize(
        "status", [ExecutionStatus.FAILED, ExecutionStatus.CANCELLED, ExecutionStatus.TERMINATED]
    )
    def test_any_other_end_fails_the_node(self, status: ExecutionStatus) -> None:
        play = awaited()
        failure_of_child = WHY if status is ExecutionStatus.FAILED else None
        assert told(play.end_child(status, failure=failure_of_child)) == (
            "ChildEnded NodeFailed ExecutionFailed"
        )
        failure = play.execution.failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.path) == (FailureKind.ERROR, "child_failed", "ship")
        assert status.value in failure.message

    def test_the_failure_says_why_the_child_failed(self) -> None:
        play = awaited()
        play.end_child(ExecutionStatus.FAILED, failure=WHY)
        assert play.execution.failure is not None
        assert "deadline: too late" in play.execution.failure.message

    def test_while_paused_it_is_recorded(self) -> None:
        play = awaited()
        play.pause()
        assert told(play.end_child(ExecutionStatus.COMPLETED, 1)) == "ChildEnded NodeCompleted"
        assert play.status is ExecutionStatus.PAUSED

    def test_it_cannot_be_told_twice(self) -> None:
        play = awaited()
        activity = awaited_as(play)
        play.end_child(ExecutionStatus.COMPLETED, 1)
        answer = play.ask(
            ReportChild(activity=activity, child=OFFSPRING, status=ExecutionStatus.COMPLETED, output=2)
        )
        assert isinstance(answer, Refused)
        assert answer.code == "activity_ended"
        assert play.execution.visits["ship"].output == 1

    @pytest.mark.parametrize("is_other_child", [True, False])
    def test_one_that_is_forged_changes_nothing(self, is_other_child: bool) -> None:
        play = awaited()
        activity = awaited_as(play)
        forged = ReportChild(
            activity=activity if is_other_child else ActivityId(activity + 1),
            child=EXECUTION if is_other_child else OFFSPRING,
            status=ExecutionStatus.COMPLETED,
        )
        before = play.execution
        answer = play.ask(forged)
        assert isinstance(answer, Refused)
        assert answer.code == "activity_ended"
        assert play.execution is before

    def test_the_answer_of_the_question_does_not_count_as_its_end(self) -> None:
        play = looked_up()
        flight = play.flight()
        answered(play)
        answer = play.ask(ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok()))
        assert isinstance(answer, Refused)
        assert answer.code == "activity_ended"

    def test_it_is_not_woken(self) -> None:
        play = awaited()
        assert play.wakes_at() is None


class TestUndo:
    def shipped(self) -> Play:
        reads = Read("nodes", "ship", "output", "id")
        return awaited(shipping(compensation=undo("unship", reads=reads)))

    def test_a_completed_child_is_undone_by_the_node_s_own_compensation(self) -> None:
        play = self.shipped()
        assert "CompensationArmed" in told(play.end_child(ExecutionStatus.COMPLETED, {"id": 3}))
        play.report(REFUSED)
        assert (play.flight().request.name, play.flight().request.input) == ("unship", 3)
        assert play.flight().compensates == f"{EXECUTION}/ship"

    def test_it_is_registered_before_the_child_starts(self) -> None:
        play = self.shipped()
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.REGISTERED

    def test_a_child_that_failed_is_not_undone(self) -> None:
        play = self.shipped()
        play.end_child(ExecutionStatus.FAILED)
        assert play.flights() == []
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.REGISTERED

    def test_a_lost_question_arms_nothing(self) -> None:
        play = looked_up(shipping(compensation=undo("unship")))
        play.report(LOST)
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.REGISTERED


class TestStopping:
    def test_a_cancel_reaches_it_and_the_parent_drains_on_its_end(self) -> None:
        play = awaited()
        decision = play.cancel()
        assert told(decision) == "CancelRequested"
        assert notices(decision) == [(OFFSPRING, CancelExecution(actor="engine"))]
        assert play.status is ExecutionStatus.COMPENSATING
        assert play.execution.frames[1].phase is Phase.CLOSING
        assert play.go_on().events == ()
        assert told(play.end_child(ExecutionStatus.CANCELLED)) == (
            "ChildEnded NodeCancelled ExecutionCancelled"
        )

    def test_it_is_told_once(self) -> None:
        play = awaited()
        play.cancel()
        assert notices(play.go_on()) == []

    def test_it_is_told_once_though_its_branch_loses_a_race_after_its_deadline(self) -> None:
        bodies = {"r/a": (shipping(deadline_ms=5_000),), "r/b": (task("other"),)}
        play = begun(program(race("r", "a", "b"), bodies=bodies))
        answered(play)
        assert notices(play.wake()) == [(OFFSPRING, PassDeadline())]
        decision = play.report_at("other", Ok())
        assert play.execution.visits["r"].status is VisitStatus.COMPLETED
        assert notices(decision) == []

    def test_one_that_completes_while_the_parent_closes_is_undone(self) -> None:
        play = awaited(shipping(compensation=undo("unship")))
        play.cancel()
        assert told(play.end_child(ExecutionStatus.COMPLETED, {"id": 1})) == (
            "ChildEnded CompensationArmed NodeCompleted CompensationStarted ActivityStarted"
        )
        visit = play.execution.visits["ship"]
        assert (visit.status, visit.output) == (VisitStatus.COMPLETED, {"id": 1})
        play.ok()
        assert play.status is ExecutionStatus.CANCELLED

    def test_one_that_fails_while_the_parent_closes_does_not_fail_it(self) -> None:
        play = awaited()
        play.cancel()
        play.end_child(ExecutionStatus.FAILED, failure=WHY)
        assert play.status is ExecutionStatus.CANCELLED
        assert play.execution.visits["ship"].status is VisitStatus.CANCELLED

    def test_a_terminate_reaches_it_and_nobody_waits(self) -> None:
        play = awaited()
        decision = play.terminate()
        assert play.status is ExecutionStatus.TERMINATED
        ((told_to, command),) = notices(decision)
        assert told_to == OFFSPRING
        assert isinstance(command, TerminateExecution)

    def test_a_terminate_after_a_cancel_reaches_it_too(self) -> None:
        play = awaited()
        play.cancel()
        ((_, command),) = notices(play.terminate())
        assert isinstance(command, TerminateExecution)

    def test_the_deadline_of_the_execution_reaches_it_as_that(self) -> None:
        play = begun(program(shipping(), deadline_ms=5_000))
        answered(play)
        decision = play.wake()
        assert notices(decision) == [(OFFSPRING, PassDeadline())]
        play.end_child(ExecutionStatus.FAILED, failure=WHY)
        assert play.execution.failure is not None
        assert play.execution.failure.code == "deadline"

    def test_the_deadline_of_the_node_reaches_it_and_fails_the_node(self) -> None:
        play = awaited(shipping(deadline_ms=5_000))
        decision = play.wake()
        assert told(decision) == "DeadlinePassed"
        assert notices(decision) == [(OFFSPRING, PassDeadline())]
        play.end_child(ExecutionStatus.FAILED, failure=WHY)
        failure = play.execution.visits["ship"].failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.path) == (FailureKind.TIMEOUT, "deadline", "ship")

    def test_an_end_that_calls_its_failure_a_deadline_is_a_cancel_to_it(self) -> None:
        stop = end("stop", is_failed=True, code="deadline")
        bodies = {"p/a": (shipping(),), "p/b": (task("other"), stop)}
        play = begun(program(parallel("p", "a", "b"), bodies=bodies))
        answered(play)
        decision = play.report_at("other", Ok())
        assert notices(decision) == [(OFFSPRING, CancelExecution(actor="engine"))]

    def test_a_pause_does_not_travel(self) -> None:
        play = awaited()
        assert notices(play.pause()) == []
        assert notices(play.resume()) == []

    def test_a_branch_that_is_stopped_stops_its_child(self) -> None:
        play = begun(program(parallel("p", "a", "b"), bodies={"p/a": (shipping(),), "p/b": (task("other"),)}))
        answered(play)
        decision = play.report_at("other", REFUSED)
        assert notices(decision) == [(OFFSPRING, CancelExecution(actor="engine"))]
        play.end_child(ExecutionStatus.CANCELLED)
        assert play.status is ExecutionStatus.FAILED

    def test_a_shield_keeps_the_word_from_it(self) -> None:
        play = begun(program(shield("s"), bodies={"s/body": (shipping(),)}))
        answered(play)
        assert notices(play.cancel()) == []
        play.end_child(ExecutionStatus.COMPLETED, 1)
        assert play.status is ExecutionStatus.CANCELLED


class Offspring(Play):
    """An execution that another one has started."""

    def __init__(self, what: Program, *, is_awaited: bool = True) -> None:
        super().__init__(what)
        begun_with = begun(what).history[0]
        activity = ActivityId(4) if is_awaited else None
        parent = ParentRef(id=EXECUTION, path=Path("ship"), activity=activity)
        assert isinstance(begun_with, ExecutionStarted)
        started = replace(begun_with, id=OFFSPRING, parent=parent, depth=1)
        self.history = [started]
        self._execution: Execution | None = evolve(None, started)
        self.go_on()


class TestTelling:
    """What a child owes the execution that awaits it."""

    def test_it_tells_of_its_end_in_the_commit_that_ends_it(self) -> None:
        play = Offspring(CHILD)
        assert notices(play.ok(1)) == []
        assert notices(play.ok({"id": 2})) == [
            (
                EXECUTION,
                ReportChild(
                    activity=ActivityId(4),
                    child=OFFSPRING,
                    status=ExecutionStatus.COMPLETED,
                    output={"id": 2},
                ),
            )
        ]

    def test_it_tells_why_it_failed(self) -> None:
        play = Offspring(CHILD)
        ((_, command),) = notices(play.report(REFUSED))
        assert isinstance(command, ReportChild)
        assert (command.status, command.failure) == (ExecutionStatus.FAILED, play.execution.failure)

    def test_it_tells_that_it_was_cancelled_once_it_is_undone(self) -> None:
        play = Offspring(CHILD)
        play.ok()
        assert notices(play.cancel()) == []
        assert notices(play.report(REFUSED)) == []
        ((_, command),) = notices(play.ok())
        assert isinstance(command, ReportChild)
        assert command.status is ExecutionStatus.CANCELLED

    def test_it_tells_that_it_was_terminated(self) -> None:
        ((_, command),) = notices(Offspring(CHILD).terminate())
        assert isinstance(command, ReportChild)
        assert command.status is ExecutionStatus.TERMINATED

    def test_it_tells_exactly_once(self) -> None:
        play = Offspring(program(task("one"), wait("go", when=Constant(False))))
        play.do(SendSignal(name="go", payload=1, actor=ACTOR))
        assert len(notices(play.ok())) == 1
        play.pass_time(8 * 86_400_000)
        decision = play.go_on()
        assert decision.events == ()
        assert notices(decision) == []

    def test_detached_it_tells_nobody(self) -> None:
        assert notices(Offspring(CHILD, is_awaited=False).terminate()) == []

    def test_a_failed_one_whose_parent_took_the_failure_is_not_retried(self) -> None:
        play = Offspring(CHILD)
        play.report(REFUSED)
        answer = play.ask(RetryExecution(actor=ACTOR))
        assert isinstance(answer, Refused)
        assert answer.code == "parent_moved_on"

    def test_a_detached_one_is_retried(self) -> None:
        play = Offspring(CHILD, is_awaited=False)
        play.report(REFUSED)
        assert told(play.retry()).startswith("ExecutionRetried NodeEntered")

    def test_one_that_did_not_fail_is_not_retried_as_any_other(self) -> None:
        play = Offspring(CHILD)
        play.terminate()
        answer = play.ask(RetryExecution(actor=ACTOR))
        assert isinstance(answer, Refused)
        assert answer.code == "invalid_transition"


class TestTheParentSDeadline:
    def test_it_fails_the_child_as_its_own_would(self) -> None:
        play = Offspring(CHILD)
        play.ok()
        assert told(play.do(PassDeadline())) == "DeadlinePassed"
        play.report(REFUSED)
        play.ok()
        failure = play.execution.failure
        assert failure is not None
        assert (failure.kind, failure.code) == (FailureKind.TIMEOUT, "deadline")

    def test_it_ends_a_pause(self) -> None:
        play = Offspring(program(wait("go")))
        play.pause()
        play.do(PassDeadline())
        assert play.status is ExecutionStatus.FAILED

    def test_it_does_not_touch_compensation(self) -> None:
        play = Offspring(CHILD)
        play.ok()
        play.report(REFUSED)
        answer = play.ask(PassDeadline())
        assert isinstance(answer, Refused)
        assert answer.code == "invalid_transition"

    def test_it_does_not_touch_a_hook(self) -> None:
        play = Offspring(program(task("one"), hooks={"on_success": plan("note")}))
        play.ok()
        answer = play.ask(PassDeadline())
        assert isinstance(answer, Refused)
        assert answer.code == "invalid_transition"


class TestStuck:
    """A child that waits for a person when its parent stops."""

    def stuck(self) -> Offspring:
        bodies = {"both/try": [task("one", compensation=undo("undo-one", retry=ONCE)), task("two")]}
        what = program(try_("both", None), task("more"), bodies={**bodies, "both/catch.0": []})
        play = Offspring(what)
        play.ok()
        play.report(REFUSED)
        play.report(REFUSED)
        assert play.status is ExecutionStatus.STUCK
        return play

    @pytest.mark.parametrize(
        ("told_it", "status"),
        [
            (CancelExecution(actor="engine"), ExecutionStatus.CANCELLED),
            (PassDeadline(), ExecutionStatus.FAILED),
        ],
    )
    def test_it_is_told_and_goes_no_further_once_a_person_has_decided(
        self, told_it: Command, status: ExecutionStatus
    ) -> None:
        play = self.stuck()
        why = play.execution.reason
        play.do(told_it)
        assert (play.status, play.execution.reason) == (ExecutionStatus.STUCK, why)
        play.skip_undo("one")
        assert play.flights() == []
        assert play.status is status

    def test_a_person_cannot_cancel_it(self) -> None:
        play = self.stuck()
        answer = play.ask(CancelExecution(actor=ACTOR))
        assert isinstance(answer, Refused)
        assert answer.code == "invalid_transition"

    def test_nobody_speaks_for_a_parent_where_there_is_none(self) -> None:
        play = brought_to(ExecutionStatus.STUCK)
        answer = play.ask(CancelExecution(actor="engine"))
        assert isinstance(answer, Refused)


def test_a_parent_that_is_retried_starts_another_child() -> None:
    play = awaited()
    play.end_child(ExecutionStatus.FAILED)
    play.retry()
    flight = play.flight()
    started = started_by(
        play.do(
            ReportOutcome(
                frame=flight.frame, activity=flight.activity, outcome=Ok(body=msgspec.to_builtins(FOUND))
            )
        )
    )
    assert started.id == str(uuid.uuid5(uuid.UUID(EXECUTION), "ship~2"))

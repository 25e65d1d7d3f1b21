"""What a task is asked, what its answer becomes, and when it is passed over."""

import pytest

from tests.core.told import told
from treadle.model.execution import CompensationStatus, ExecutionStatus, FailureKind, VisitStatus
from treadle.model.ids import Path
from treadle.model.json import Json
from treadle.model.outcomes import Ok
from treadle.model.requests import HandlerRequest
from treadle.testing.builders import (
    Broken,
    Constant,
    Read,
    plan,
    program,
    sleep,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.playing import BUSY, REFUSED, begun


class TestWhen:
    @pytest.mark.parametrize("said", [False, None, 0, "", [], {}])
    def test_a_no_passes_the_node_over(self, said: Json) -> None:
        play = begun(program(task("one", when=Constant(said), compensation=undo("u")), task("two")))
        assert told(play.history).startswith("ExecutionStarted NodeSkipped NodeEntered ActivityStarted")
        visit = play.execution.visits["one"]
        assert (visit.status, visit.output) == (VisitStatus.SKIPPED, None)
        assert visit.ended_at == visit.started_at
        assert len(play.execution.compensations) == 0

    @pytest.mark.parametrize("said", [True, 1, "no", [0]])
    def test_a_yes_enters_it(self, said: Json) -> None:
        assert begun(program(task("one", when=Constant(said)))).flight().node == "one"

    def test_a_condition_without_a_value_fails_the_node(self) -> None:
        play = begun(program(task("one", when=Broken("missing_variable", "input.vip"))))
        assert told(play.history) == "ExecutionStarted NodeEntered NodeFailed ExecutionFailed"
        failure = play.execution.failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.message) == (
            FailureKind.REJECTED,
            "missing_variable",
            "input.vip",
        )

    def test_every_kind_can_be_passed_over(self) -> None:
        no = Constant(False)
        play = begun(program(sleep("rest", when=no), switch("which", when=no), task("one", when=no)))
        assert play.status is ExecutionStatus.COMPLETED
        assert play.execution.output is None
        assert play.execution.started_at == play.execution.created_at
        kinds = {visit.kind: visit.status.value for visit in play.execution.visits.values()}
        assert kinds == {"sleep": "skipped", "switch": "skipped", "task": "skipped"}

    def test_a_node_after_a_skipped_one_reads_its_null(self) -> None:
        first = task("one", when=Constant(False))
        second = task("two", activity=plan("two", reads=Read("nodes", "one", "output")))
        assert begun(program(first, second)).flight().request == HandlerRequest(name="two", input=None)


class TestRequest:
    def test_it_is_rendered_once_and_sent_unchanged(self) -> None:
        attempts = task("one", activity=plan("one", reads=Read("nodes", "one", "attempts")))
        play = begun(program(attempts))
        first = play.flight()
        assert first.request == HandlerRequest(name="one", input=0)
        play.report(BUSY)
        play.wake()
        assert play.flight().request == first.request

    def test_one_without_a_value_fails_the_node_before_anything_starts(self) -> None:
        broken = task("one", activity=plan("one", reads=Read("input", "order")), compensation=undo("u"))
        play = begun(program(broken))
        assert told(play.history) == "ExecutionStarted NodeEntered NodeFailed ExecutionFailed"
        assert len(play.execution.compensations) == 0
        failure = play.execution.failure
        assert failure is not None
        assert (failure.code, failure.message, failure.attempt) == ("missing_variable", "input.order", None)

    def test_the_time_limit_of_the_plan_goes_with_every_attempt(self) -> None:
        play = begun(program(task("one", activity=plan("one", timeout_ms=77))))
        assert play.flight().timeout_ms == 77
        play.report(BUSY)
        play.wake()
        assert play.flight().timeout_ms == 77


class TestOutput:
    def test_it_is_the_body_of_the_answer_unless_the_node_says_otherwise(self) -> None:
        play = begun(program(task("one"), task("two")))
        play.ok({"id": 7})
        assert play.execution.visits["one"].output == {"id": 7}

    @pytest.mark.parametrize(
        ("output", "value"),
        [
            (Read("body", "id"), 7),
            (Read("status"), 201),
            (Read("headers", "etag"), "x"),
            (Read("input", "order"), "o-1"),
            (Constant(None), None),
        ],
    )
    def test_a_template_judges_the_answer(self, output: Read, value: Json) -> None:
        play = begun(program(task("one", output=output), task("two")), {"order": "o-1"})
        play.report(Ok(body={"id": 7}, status=201, headers={"etag": "x"}))
        visit = play.execution.visits["one"]
        assert visit.output == value
        assert visit.response is not None
        assert visit.response.body == {"id": 7}

    def test_a_template_without_a_value_fails_the_visit_which_is_undone(self) -> None:
        one = task(
            "one",
            compensation=undo("u", reads=Read("nodes", "one", "output", "id")),
            output=Read("body", "no"),
        )
        play = begun(program(one))
        assert told(play.ok({"id": 7})) == (
            "ActivityCompleted CompensationArmed NodeFailed CompensationStarted ActivityStarted"
        )
        assert play.flight().request == HandlerRequest(name="u", input=7)
        play.ok()
        failure = play.execution.failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.attempt) == (FailureKind.REJECTED, "missing_variable", 1)
        assert play.execution.compensations[Path("one")].status is CompensationStatus.COMPLETED
        assert play.execution.visits["one"].status is VisitStatus.FAILED

    def test_the_output_of_the_document_stands_for_that_of_the_last_node(self) -> None:
        play = begun(program(task("one"), task("two"), output=Read("nodes", "one", "output")))
        play.ok("first")
        play.ok("second")
        assert play.execution.output == "first"

    def test_a_document_whose_output_has_no_value_fails_and_is_undone(self) -> None:
        play = begun(
            program(undone_task("one"), output=Read("nodes", "one", "output", "id"), hooks=["on_success"])
        )
        assert told(play.ok({})) == (
            "ActivityCompleted CompensationArmed NodeCompleted BodyFailed CompensationStarted ActivityStarted"
        )
        play.ok()
        assert play.status is ExecutionStatus.FAILED
        failure = play.execution.failure
        assert failure is not None
        assert (failure.kind, failure.path) == (FailureKind.REJECTED, None)

    def test_the_output_of_the_document_is_said_after_the_hook(self) -> None:
        play = begun(program(task("one"), output=Read("nodes", "one", "output"), hooks=["on_success"]))
        play.ok(3)
        play.ok()
        assert play.execution.output == 3


def test_attempts_carry_how_and_when_they_ended() -> None:
    play = begun(program(task("one")))
    play.pass_time(5)
    play.report(BUSY)
    play.wake()
    play.pass_time(7)
    play.report(Ok(status=200))
    first, second = play.execution.visits["one"].attempts
    assert (first.number, first.ended_at, first.http_status) == (1, first.started_at + 5, 503)
    assert first.error is not None
    assert first.error.code == "http_503"
    assert (second.number, second.ended_at, second.http_status) == (2, second.started_at + 7, 200)
    assert second.error is None


def test_what_was_done_before_a_failure_is_undone() -> None:
    play = begun(program(undone_task("one"), task("two"), undone_task("three")))
    play.ok()
    play.ok()
    play.report(REFUSED)
    assert play.flight().node == "one"

"""What a template sees, field by field, and what it does not."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.decide import decide
from treadle.core.scope import Scope, outwards
from treadle.model.decision import Decision
from treadle.model.execution import Frame
from treadle.model.ids import FrameId, NodeId
from treadle.model.json import Json
from treadle.model.outcomes import Ok
from treadle.model.requests import HandlerRequest
from treadle.testing.builders import Read, plan, program, sleep, task
from treadle.testing.playing import BEGIN, BUSY, EXECUTION, Play, begun, start_of

ONE, TWO = NodeId("one"), NodeId("two")
ANSWER = Ok(body={"id": 7}, status=201, headers={"etag": "x"})


def scope(play: Play) -> Scope:
    """What the root body sees."""
    return Scope(execution=play.execution, frame=play.execution.frames[1])


def answered() -> Play:
    """A play whose first task was answered at the second attempt; the second is in flight."""
    play = begun(program(task("one"), task("two", output=Read("body", "id"))), {"order": "o-1"})
    play.report(BUSY)
    play.again(ANSWER)
    return play


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("output", {"id": 7}),
        ("response", {"status": 201, "headers": {"etag": "x"}, "body": {"id": 7}}),
        ("status", "completed"),
        ("attempts", 2),
        ("idempotency_key", f"{EXECUTION}/one"),
        ("failure", UNSET),
        ("", UNSET),
    ],
)
def test_a_field_of_a_node_that_is_over(field: str, value: Json) -> None:
    assert scope(answered()).node(ONE, field) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("output", UNSET),
        ("response", UNSET),
        ("status", "running"),
        ("attempts", 1),
        ("idempotency_key", f"{EXECUTION}/two"),
    ],
)
def test_a_field_of_the_node_that_is_running(field: str, value: Json) -> None:
    assert scope(answered()).node(TWO, field) == value


@pytest.mark.parametrize("field", ["output", "response", "status", "attempts", "idempotency_key"])
def test_a_node_that_was_not_entered_has_no_fields(field: str) -> None:
    assert scope(begun(program(task("one"), task("two")))).node(TWO, field) is UNSET


def test_the_response_keeps_the_body_that_the_output_made_something_else_of() -> None:
    play = answered()
    play.report(ANSWER)
    assert scope(play).node(TWO, "output") == 7
    assert scope(play).node(TWO, "response") == {"status": 201, "headers": {"etag": "x"}, "body": {"id": 7}}


def test_an_answer_without_a_status_leaves_no_response() -> None:
    play = begun(program(task("one"), task("two")))
    play.ok(5)
    assert scope(play).node(ONE, "response") is UNSET


def test_a_node_without_an_activity_has_had_no_attempts() -> None:
    play = begun(program(sleep("one", 0), task("two")))
    assert scope(play).node(ONE, "attempts") == 0


@pytest.mark.parametrize(
    ("root", "value"),
    [
        ("input", {"order": "o-1"}),
        ("vars", {}),
        ("failure", UNSET),
        ("body", UNSET),
        ("status", UNSET),
        ("headers", UNSET),
        ("item", UNSET),
        ("secrets", UNSET),
    ],
)
def test_a_root(root: str, value: Json) -> None:
    assert scope(answered()).root(root) == value


def test_the_roots_of_a_place_are_added() -> None:
    play = answered()
    seen = Scope(
        execution=play.execution,
        frame=play.execution.frames[1],
        extra={"body": 1, "headers": {}},
    )
    assert (seen.root("body"), seen.root("headers"), seen.root("status")) == (1, {}, UNSET)


def test_the_initial_vars_are_those_of_the_program() -> None:
    what = replace(
        program(task("one", activity=plan("one", reads=Read("vars", "region")))), vars={"region": "eu"}
    )
    assert begun(what).flight().request == HandlerRequest(name="one", input="eu")


def test_the_execution_tells_of_itself() -> None:
    what = program(task("one", activity=plan("one", reads=Read("execution"))))
    answer = decide(what, None, replace(start_of(what), business_key="order-1"), BEGIN)
    assert isinstance(answer, Decision)
    assert answer.execution.frames[1].activity is not None
    assert answer.execution.frames[1].activity.request == HandlerRequest(
        name="one",
        input={
            "id": EXECUTION,
            "business_key": "order-1",
            "run": 1,
            "started_at": "2023-11-14T22:13:20.000Z",
        },
    )


@pytest.mark.parametrize("field", ["id", "business_key", "run", "started_at"])
def test_a_field_of_the_execution_is_what_its_root_has_under_that_name(field: str) -> None:
    play = answered()
    seen = Scope(execution=play.execution, frame=play.execution.frames[1])
    assert seen.of_execution(field) == seen.root("execution")[field]


@pytest.mark.parametrize("field", ["frames", "vars", "namespace", "__class__"])
def test_nothing_else_of_the_execution_is_seen(field: str) -> None:
    assert scope(answered()).of_execution(field) is UNSET


def test_before_the_first_node_the_execution_has_not_begun() -> None:
    play = begun(program(output=Read("execution", "started_at")))
    assert play.execution.output is None


def test_what_was_given_with_the_start_is_kept() -> None:
    what = program(task("one"))
    asked = replace(
        start_of(what),
        business_key="b",
        priority=5,
        labels={"team": "pay"},
        traceparent="00-1-2-01",
        actor="alice",
    )
    answer = decide(what, None, asked, BEGIN)
    assert isinstance(answer, Decision)
    execution = answer.execution
    assert (execution.business_key, execution.priority, execution.labels) == ("b", 5, {"team": "pay"})
    assert getattr(answer.effects[0], "traceparent", None) == "00-1-2-01"


@pytest.mark.parametrize(
    ("suffix", "seen"), [("", [""]), ("[3]", ["[3]", ""]), ("[3][1]", ["[3][1]", "[3]", ""])]
)
def test_a_name_is_looked_for_in_its_own_iteration_and_then_outwards(suffix: str, seen: list[str]) -> None:
    assert list(outwards(suffix)) == seen


def test_a_node_of_an_outer_iteration_is_seen_from_within() -> None:
    play = answered()
    inner = Frame(id=FrameId(99), suffix="[3][1]")
    assert Scope(execution=play.execution, frame=inner).node(ONE, "output") == {"id": 7}

"""The first case that matches is taken; its body runs in a frame of its own."""

from collections.abc import Sequence

import pytest

from tests.core.told import told, told_with_paths
from treadle.model.events import BranchChosen
from treadle.model.execution import ExecutionStatus, FailureKind, VisitStatus
from treadle.model.json import Json
from treadle.model.program import ProgramNode, SwitchCase
from treadle.testing.builders import Broken, Constant, Read, case, program, switch, task, undone_task
from treadle.testing.playing import REFUSED, Play, begun

YES, NO = Constant(True), Constant(False)
BODIES: dict[str, Sequence[ProgramNode]] = {"a": (task("one"),), "b": (task("two"),), "z": (task("last"),)}


def choosing(*cases: SwitchCase, default: str | None = None) -> Play:
    return begun(program(switch("which", *cases, default=default), bodies=BODIES))


@pytest.mark.parametrize(
    ("cases", "default", "chosen", "node"),
    [
        ((case(YES, "a"), case(YES, "b")), "z", 0, "one"),
        ((case(NO, "a"), case(YES, "b")), "z", 1, "two"),
        ((case(NO, "a"), case(YES, "b", "second")), "z", "second", "two"),
        ((case(YES, "a", "first"), case(Broken(), "b")), "z", "first", "one"),
        ((case(NO, "a"), case(NO, "b")), "z", None, "last"),
        ((), "z", None, "last"),
        ((case(Constant(1), "a"),), None, 0, "one"),
        ((case(Constant("text"), "a"),), None, 0, "one"),
        ((case(Constant([]), "a"), case(Constant(0), "a"), case(Constant(""), "a")), "z", None, "last"),
    ],
)
def test_the_case_that_is_taken(
    cases: tuple[SwitchCase, ...], default: str | None, chosen: str | int | None, node: str
) -> None:
    play = choosing(*cases, default=default)
    assert play.flight().node == node
    (choice,) = [event for event in play.history if isinstance(event, BranchChosen)]
    assert choice.case == chosen
    decision = play.ok("value")
    assert told(decision) == ("ActivityCompleted NodeCompleted BranchJoined NodeCompleted ExecutionCompleted")
    assert play.execution.output == {"case": chosen, "value": "value"}
    assert play.execution.visits["which"].case == chosen


@pytest.mark.parametrize(
    ("cases", "chosen"),
    [((case(NO, "a"),), None), ((), None), ((case(YES),), 0), ((case(YES, name="none"),), "none")],
)
def test_a_case_without_a_body_and_no_match_go_on_with_nothing_run(
    cases: tuple[SwitchCase, ...], chosen: str | int | None
) -> None:
    play = choosing(*cases)
    assert told(play.history).endswith("NodeEntered BranchChosen NodeCompleted ExecutionCompleted")
    assert play.execution.output == {"case": chosen, "value": None}


def test_a_case_without_a_body_runs_nothing_though_there_is_a_default() -> None:
    play = choosing(case(NO, "a"), case(YES), default="z")
    assert play.execution.output == {"case": 1, "value": None}


def test_a_body_without_nodes_goes_on_too() -> None:
    play = begun(program(switch("which", case(YES, "empty")), bodies={"empty": ()}))
    assert play.execution.output == {"case": 0, "value": None}


def test_a_condition_without_a_value_fails_the_node() -> None:
    play = choosing(case(NO, "a"), case(Broken("condition_error", "no number"), "b"), default="z")
    assert told(play.history).endswith("NodeEntered NodeFailed ExecutionFailed")
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.REJECTED, "condition_error", "which")
    assert failure.attempt is None


def test_a_condition_reads_what_came_before() -> None:
    play = begun(
        program(
            task("ask"),
            switch("which", case(Read("nodes", "ask", "output", "left"), "a"), default="z"),
            bodies=BODIES,
        )
    )
    play.ok({"left": False})
    assert play.flight().node == "last"


NESTED = program(
    undone_task("before"),
    switch("outer", case(YES, "outer/0")),
    task("after"),
    bodies={
        "outer/0": (
            undone_task("first"),
            switch("inner", case(NO), case(YES, "inner/1", "deep")),
            undone_task("end"),
        ),
        "inner/1": (undone_task("second"),),
    },
)


def played(what: Play, *bodies: Json) -> Play:
    for body in bodies:
        what.ok(body)
    return what


def test_nested_bodies_join_one_after_the_other() -> None:
    play = played(begun(NESTED), 1, 2, 3, 4, 5)
    assert play.status is ExecutionStatus.COMPLETED
    outputs = {node: visit.output for node, visit in play.execution.visits.items()}
    assert outputs == {
        "before": 1,
        "first": 2,
        "second": 3,
        "inner": {"case": "deep", "value": 3},
        "end": 4,
        "outer": {"case": 0, "value": 4},
        "after": 5,
    }
    assert list(play.execution.frames[1].armed) == ["end", "second", "first", "before"]


def test_a_failure_rises_through_the_bodies_and_keeps_its_place() -> None:
    play = played(begun(NESTED), 1, 2)
    assert told_with_paths(play.report(REFUSED)) == [
        "ActivityFailed second",
        "NodeFailed second",
        "BranchJoined inner",
        "NodeFailed inner",
        "BranchJoined outer",
        "NodeFailed outer",
        "CompensationStarted first",
        "ActivityStarted first",
    ]
    play.ok()
    play.ok()
    failure = play.execution.failure
    assert failure is not None
    assert (failure.path, failure.attempt) == ("second", 1)
    failed = {node: visit.failure for node, visit in play.execution.visits.items() if visit.failure}
    assert failed == dict.fromkeys(("second", "inner", "outer"), failure)


@pytest.mark.parametrize(
    ("done", "undone"),
    [(1, ["before"]), (3, ["second", "first", "before"]), (4, ["end", "second", "first", "before"])],
)
def test_what_the_bodies_did_is_undone_in_reverse_across_them(done: int, undone: list[str]) -> None:
    play = played(begun(NESTED), *range(done))
    play.report(REFUSED)
    seen = []
    while play.status is ExecutionStatus.COMPENSATING:
        seen.append(play.flight().node)
        play.ok()
    assert seen == undone


def test_the_value_of_a_body_is_the_output_of_the_last_node_it_entered() -> None:
    steps = (task("one"), task("two", when=NO))
    play = begun(program(switch("which", case(YES, "a")), bodies={"a": steps}))
    play.ok("entered")
    assert play.execution.output == {"case": 0, "value": "entered"}
    assert play.execution.visits["two"].status is VisitStatus.SKIPPED


def test_a_body_that_entered_no_node_has_no_value() -> None:
    play = begun(program(switch("which", case(YES, "a")), bodies={"a": (task("one", when=NO),)}))
    assert play.execution.output == {"case": 0, "value": None}

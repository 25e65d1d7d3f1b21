"""Nodes that name their `next`: jumps, cycles, and how far one decision goes."""

import pytest
from msgspec.structs import replace

from tests.core.flying import all_ok, ends, in_flight, ok
from tests.core.reading import Of
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.effects import Continuation, Invocation
from treadle.model.events import BranchChosen, NodeEntered
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import NodeId
from treadle.model.program import Program
from treadle.testing.builders import (
    Constant,
    Read,
    case,
    plan,
    program,
    sleep,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.composites import set_
from treadle.testing.playing import REFUSED, Play, begun

YES, NO = Constant(True), Constant(False)


def chosen(play: Play) -> list[str | int | None]:
    return [event.case for event in play.history if isinstance(event, BranchChosen)]


def forking(*cases: object, **more: object) -> Play:
    """A play of a switch before the nodes `a`, `b` and `c`, one after the other."""
    return begun(program(switch("s", *cases, **more), task("a"), task("b"), task("c")))


@pytest.mark.parametrize(
    ("cases", "more", "case_taken", "node"),
    [
        ((case(YES, next_="b"),), {}, 0, "b"),
        ((case(NO, next_="b"), case(YES, next_="c", name="far")), {}, "far", "c"),
        ((case(NO, next_="b"),), {}, None, "a"),
        ((case(YES),), {}, 0, "a"),
        ((), {}, None, "a"),
        ((case(YES, next_="b"), case(YES, next_="c")), {}, 0, "b"),
    ],
)
def test_a_case_names_the_node_to_go_on_with(
    cases: tuple[object, ...], more: dict[str, object], case_taken: str | int | None, node: str
) -> None:
    play = forking(*cases, **more)
    assert in_flight(play) == [node]
    assert chosen(play) == [case_taken]
    assert play.execution.visits["s"].output == {"case": case_taken, "value": None}


def test_no_match_goes_on_with_the_default_node() -> None:
    play = begun(program(switch("s", case(NO, next_="a"), default_next="b"), task("a"), task("b")))
    assert in_flight(play) == ["b"]
    assert chosen(play) == [None]


def test_a_default_node_is_not_taken_when_a_case_matches_that_names_none() -> None:
    play = begun(program(switch("s", case(YES), default_next="b"), task("a"), task("b")))
    assert in_flight(play) == ["a"]


def test_a_case_with_a_body_and_a_next_runs_the_one_and_goes_on_with_the_other() -> None:
    what = program(
        switch("s", case(YES, "s/0", next_="b")), task("a"), task("b"), bodies={"s/0": [task("inner")]}
    )
    play = begun(what)
    ok(play, "inner", 1)
    assert play.execution.visits["s"].output == {"case": 0, "value": 1}
    assert in_flight(play) == ["b"]


def test_without_a_next_the_body_ends() -> None:
    play = begun(program(task("a", next=NodeId("c")), task("b"), task("c")))
    assert all_ok(play) == ["a", "c"]
    assert play.status is ExecutionStatus.COMPLETED


def round_and_round() -> Program:
    """`a` again and again, as long as its answer says so."""
    return program(undone_task("a"), switch("s", case(Read("nodes", "a", "output"), next_="a")), task("last"))


def test_a_cycle_visits_a_node_again_under_a_path_and_a_key_of_its_own() -> None:
    play = begun(round_and_round())
    keys = []
    for name in ("a", "a~2", "a~3"):
        assert in_flight(play) == [name]
        keys.append(play.flight().key)
        ok(play, name, name != "a~3")
    assert keys == [f"{play.execution.id}/{name}" for name in ("a", "a~2", "a~3")]
    assert in_flight(play) == ["last"]
    assert play.execution.visits["a"].number == 3


def skipped_the_second_time() -> Play:
    """A play of `a`, which is passed over when the cycle comes round to it, and `b`, which reads it."""
    reading = task("b", activity=plan("b", reads=Read("nodes", "a", "output")))
    again = switch("again", case(Of(Read("vars", "n"), lambda n: n == 1), next_="a"))
    first = Of(Read("vars", "n"), lambda n: n == 0)
    held = task("a", compensation=undo("undo-a"), when=first)
    count = set_("count", n=Of(Read("vars", "n"), lambda n: n + 1))  # type: ignore[operator]  # a number
    what = replace(program(held, reading, count, again, task("last")), vars={"n": 0})
    play = begun(what)
    ok(play, "a", 7)
    return play


def test_the_output_of_a_node_that_is_passed_over_is_null_whatever_it_was_before() -> None:
    play = skipped_the_second_time()
    assert play.flight().request.input == 7
    ok(play, "b")
    assert play.flight().node == "b~2"
    assert play.flight().request.input is None


def test_a_visit_that_is_owed_an_undo_stays_though_the_node_is_passed_over_later() -> None:
    play = skipped_the_second_time()
    ok(play, "b")
    assert play.execution.visits["a"].path == "a~2"
    assert sorted(play.execution.earlier) == ["a"]
    ends(play, "b~2", REFUSED)
    assert all_ok(play) == ["undo a"]
    assert sorted(play.execution.earlier) == []


def test_every_visit_of_a_cycle_is_undone_newest_first() -> None:
    play = begun(round_and_round())
    ok(play, "a", True)
    ok(play, "a~2", True)
    ok(play, "a~3", False)
    assert sorted(play.execution.earlier) == ["a", "a~2"]
    ends(play, "last", REFUSED)
    assert all_ok(play) == ["undo a~3", "undo a~2", "undo a"]
    assert len(play.execution.earlier) == 0


def test_a_template_sees_the_newest_visit() -> None:
    play = begun(round_and_round())
    ok(play, "a", True)
    ok(play, "a~2", False)
    assert play.execution.visits["a"].output is False
    assert chosen(play) == [0, None]


def counting(most: int) -> Program:
    """A cycle of pure nodes alone, so many rounds of it."""
    n = Read("vars", "n")
    return program(
        set_("begin", n=Constant(0)),
        set_("plus", n=Of(n, lambda value: value + 1)),
        switch("s", case(Of(n, lambda value: value < most), next_="plus")),
        task("last"),
    )


def test_a_decision_stops_at_256_transitions_and_owes_its_continuation() -> None:
    play = Play(counting(1_000))
    decision = play.start()
    assert DEFAULT_BOUNDS.transitions == 256
    assert decision.effects == (Continuation(),)
    assert sum(isinstance(event, NodeEntered) for event in decision.events) == 128
    assert play.status is ExecutionStatus.RUNNING


def test_the_continuation_goes_on_where_it_stopped() -> None:
    play = Play(counting(1_000))
    decision = play.start()
    count = 0
    while decision.effects == (Continuation(),):
        decision = play.go_on()
        count += 1
    assert [type(effect) for effect in decision.effects] == [Invocation]
    assert count == 4_002 // 256
    assert play.execution.vars["n"] == 1_000
    assert in_flight(play) == ["last"]


def test_an_endless_cycle_of_pure_nodes_yields_and_can_be_cancelled() -> None:
    play = Play(program(switch("s", case(YES, next_="s"))))
    decision = play.start()
    for _ in range(5):
        assert decision.effects == (Continuation(),)
        decision = play.go_on()
    play.cancel()
    assert play.status is ExecutionStatus.CANCELLED


def test_an_endless_cycle_keeps_one_visit() -> None:
    play = Play(program(switch("s", case(YES, next_="s"))))
    play.start()
    for _ in range(5):
        play.go_on()
    assert len(play.execution.visits) == 1
    assert play.execution.visits["s"].number == 6 * 128


def test_an_endless_cycle_of_sleeps_of_no_time_yields_too() -> None:
    play = Play(program(sleep("z", 0), switch("s", case(YES, next_="z"))))
    assert play.start().effects == (Continuation(),)


def test_the_bound_is_a_setting() -> None:
    play = Play(counting(10), bounds=ExecutionBounds(transitions=10))
    assert sum(isinstance(event, NodeEntered) for event in play.start().events) == 5


def test_a_sleep_holds_a_cycle_up() -> None:
    play = begun(program(sleep("z", 1_000), switch("s", case(YES, next_="z"))))
    for at in range(1, 4):
        assert play.execution.visits["z"].number == at
        play.wake()
    assert play.status is ExecutionStatus.WAITING

"""Variables of the execution: all are rendered before any is set."""

from msgspec.structs import replace

from tests.core.flying import ends, ok
from tests.core.reading import Of
from tests.core.told import told
from treadle.model.events import VarsSet
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.testing.builders import Broken, Constant, Read, plan, program, task, undo
from treadle.testing.composites import each, loop, parallel, set_
from treadle.testing.playing import REFUSED, begun


def test_its_output_are_the_values() -> None:
    play = begun(program(set_("s", a=Constant(1), b=Constant([2]))))
    assert told(play.history) == "ExecutionStarted NodeEntered VarsSet NodeCompleted ExecutionCompleted"
    assert play.execution.output == {"a": 1, "b": [2]}
    assert dict(play.execution.vars.items()) == {"a": 1, "b": [2]}


def test_all_are_rendered_before_any_is_set() -> None:
    what = program(
        set_("first", a=Constant(1), b=Constant(2)), set_("swap", a=Read("vars", "b"), b=Read("vars", "a"))
    )
    play = begun(what)
    assert dict(play.execution.vars.items()) == {"a": 2, "b": 1}


def test_what_it_does_not_name_stays() -> None:
    what = replace(program(set_("s", a=Constant(1))), vars={"a": 0, "z": 9})
    play = begun(what)
    assert dict(play.execution.vars.items()) == {"a": 1, "z": 9}


def test_one_without_a_value_fails_it_and_sets_none() -> None:
    play = begun(program(set_("s", a=Constant(1), b=Broken("missing_variable"))))
    assert [event for event in play.history if isinstance(event, VarsSet)] == []
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.REJECTED, "missing_variable", "s")
    assert dict(play.execution.vars.items()) == {}


def test_what_comes_after_sees_them() -> None:
    play = begun(program(set_("s", a=Constant(1)), task("t", activity=plan("t", reads=Read("vars", "a")))))
    assert play.flight().request.input == 1


def test_an_undo_has_the_values_of_when_it_was_armed() -> None:
    charge = task("t", compensation=undo("u", reads=Read("vars", "a")))
    play = begun(program(set_("one", a=Constant(1)), charge, set_("two", a=Constant(2)), task("last")))
    ok(play, "t")
    ends(play, "last", REFUSED)
    assert play.flight().request.input == 1


def test_they_are_those_of_the_execution_not_of_the_body() -> None:
    bodies = {"p/x": [set_("s", a=Constant(1))]}
    play = begun(program(parallel("p", "x"), bodies=bodies, output=Read("vars", "a")))
    assert play.execution.output == 1


def test_they_count_over_items_and_turns() -> None:
    plus = Of(Read("vars", "n"), lambda n: n + 1)
    for node, body in (
        (each("c", Constant([0] * 5)), "c/item"),
        (loop("c", until=Of(Read("vars", "n"), lambda n: n == 5)), "c/turn"),
    ):
        what = program(
            set_("s", n=Constant(0)), node, bodies={body: [set_("plus", n=plus)]}, output=Read("vars", "n")
        )
        play = begun(what)
        assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, 5)

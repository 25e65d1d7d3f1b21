"""Bodies are opened and closed by `with`, once, where their node stands."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.workflow.writing import assert_says, graph, misuse, refused, sequence
from treadle.workflow import Node, Workflow, handler, input_

pytestmark = pytest.mark.filterwarnings("ignore::treadle.workflow.errors.WorkflowWarning")


def test_what_is_written_inside_stands_inside() -> None:
    w = sequence()
    with w.shield("outer"):
        with w.each("lines", input_.lines) as lines:
            w.task("in", handler("h"))
        w.task("between", handler("h", input=lines.output))
    w.task("after", handler("h"))
    inner = {"id": "in", "kind": "task", "handler": "h"}
    each = {"id": "lines", "kind": "each", "items": "{{ input.lines }}", "steps": [inner]}
    between = {"id": "between", "kind": "task", "handler": {"name": "h", "input": "{{ nodes.lines.output }}"}}
    after = {"id": "after", "kind": "task", "handler": "h"}
    assert_says(w, {"id": "outer", "kind": "shield", "steps": [each, between]}, after)


def test_a_part_of_a_workflow_may_be_written_by_a_function() -> None:
    def notify(w: Workflow, who: str) -> Node:
        return w.task(f"tell_{who}", handler("mail", input={"to": who}))

    w = sequence()
    with w.shield("safe"):
        notify(w, "ann")
    notify(w, "bob")
    ann, bob = (
        {"id": f"tell_{who}", "kind": "task", "handler": {"name": "mail", "input": {"to": who}}}
        for who in ("ann", "bob")
    )
    assert_says(w, {"id": "safe", "kind": "shield", "steps": [ann]}, bob)


def test_nothing_is_added_after_the_workflow_is_built() -> None:
    w = sequence()
    ship = w.parallel("ship")
    with ship.branch("a"):
        w.task("a", handler("h"))
    attempt = w.try_("pay")
    with attempt:
        w.task("b", handler("h"))
    choice = w.switch("choice")
    late = ship.branch("late")
    assert "never opened" in misuse(refused(lambda: w.build()))
    with late:
        w.task("c", handler("h"))
    built = w.build()
    for told in (
        refused(lambda: w.task("d", handler("h"))),
        refused(lambda: w.each("d", [])),
        refused(lambda: ship.branch("d")),
        refused(lambda: attempt.catch()),
        refused(lambda: attempt.finally_()),
        refused(lambda: choice.case(input_.a)),
        refused(lambda: choice.default()),
        refused(lambda: w.output(1)),
        refused(lambda: w.on_failure(handler("h"))),
        refused(lambda: late.__enter__()),
    ):
        assert "is built: nothing can be added" in misuse(told)
    assert w.build() is built


def test_a_reference_of_another_workflow_is_refused() -> None:
    other = Workflow("other", "3").task("a", handler("h"))
    w = graph()
    message = "a node of the workflow 'other@3' is read or named in 'd@1'"
    for told in (
        refused(lambda: w.task("a", handler("h", input={"x": [other.output.id]}))),
        refused(lambda: w.task("a", handler("h"), when=other.output.ok)),
        refused(lambda: w.task("a", handler("h"), when={"!": [other.output.ok == 1]})),
        refused(lambda: w.task("a", handler("h"), next=other)),
        refused(lambda: w.task("a", handler("h"), compensate=handler("h", input=other.output))),
        refused(lambda: w.switch("a").case(other.output > 1)),
        refused(lambda: w.switch("b").default(next=other)),
        refused(lambda: w.output(other.status)),
        refused(lambda: w.on_cancel(handler("h", input=other.attempts))),
    ):
        assert message in misuse(told)


def test_a_body_is_opened_once() -> None:
    w = sequence()
    with w.each("lines", []) as lines:
        w.task("a", handler("h"))
    told = refused(lambda: lines.__enter__())
    assert "the body of 'lines' was opened before" in misuse(told)


def test_a_branch_is_not_opened_in_another_body() -> None:
    w = sequence()
    ship = w.parallel("ship")
    with w.shield("safe"):
        told = refused(lambda: ship.branch("a").__enter__())
    assert "its node stands in another body than the open one" in misuse(told)


def test_the_catch_of_a_try_is_not_opened_in_its_body() -> None:
    w = sequence()
    with w.try_("pay") as pay:
        told = refused(lambda: pay.catch().__enter__())
    assert "the `catch` 0 of 'pay' cannot be opened here" in misuse(told)


def test_bodies_are_closed_from_the_inside() -> None:
    w = sequence()
    outer = w.shield("outer")
    outer.__enter__()
    w.shield("inner").__enter__()
    told = refused(lambda: outer.__exit__(None, None, None))
    assert "the last one first" in misuse(told)


def test_a_workflow_is_not_built_inside_a_body() -> None:
    w = sequence()
    with w.shield("safe"):
        told = refused(lambda: w.build())
    assert "a body is still open" in misuse(told)


@pytest.mark.parametrize(
    ("forget", "what"),
    [
        (lambda w: w.each("a", []), "the body of 'a'"),
        (lambda w: w.loop("a", until=input_.a), "the body of 'a'"),
        (lambda w: w.try_("a"), "the body of 'a'"),
        (lambda w: w.shield("a"), "the body of 'a'"),
        (lambda w: w.parallel("a").branch("b"), "the branch 'b' of 'a'"),
        (lambda w: w.split("a").branch("b", weight=1), "the branch 'b' of 'a'"),
        (lambda w: w.switch("a").default(), "the default of 'a'"),
        (lambda w: w.switch("a").case(input_.a, start="b"), "case 0 of 'a'"),
    ],
)
def test_a_forgotten_with_is_told_with_its_line(forget: Callable[[Workflow], Any], what: str) -> None:
    w = sequence()
    forget(w)
    told = misuse(refused(lambda: w.build()))
    assert told.startswith(f"{what} was never opened (at {__file__}:{forget.__code__.co_firstlineno}")


def test_what_is_there_once_is_not_written_twice() -> None:
    w = sequence()
    ship, ab, pay, choice = w.parallel("ship"), w.split("ab"), w.try_("pay"), w.switch("choice")
    ship.branch("a")
    ab.branch("a", weight=1)
    pay.finally_()
    choice.default()
    w.output(1)
    assert "is there already" in misuse(refused(lambda: ship.branch("a")))
    assert "is there already" in misuse(refused(lambda: ab.branch("a", weight=1)))
    assert "is there already" in misuse(refused(lambda: pay.finally_()))
    assert "is there already" in misuse(refused(lambda: choice.default()))
    assert f"`output` was said before, at {__file__}:" in misuse(refused(lambda: w.output(2)))


def test_a_way_on_has_no_body() -> None:
    w = graph("choice")
    choice = w.switch("choice")
    case, default = choice.case(input_.a, next="b"), choice.default(next="b")
    assert "goes on with another node" in misuse(refused(lambda: case.__enter__()))
    assert "goes on with another node" in misuse(refused(lambda: default.__enter__()))


def test_an_error_inside_a_body_goes_through_and_closes_it() -> None:
    w = sequence()
    with pytest.raises(ZeroDivisionError), w.shield("safe"):
        w.task("a", handler("h", input=1 / 0))
    w.task("b", handler("h"))
    assert [node.id for node in w.build().body.nodes] == ["safe", "b"]

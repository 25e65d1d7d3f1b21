"""What is only seen in the whole is told by `build`, with the lines that it is about."""

import inspect
import warnings
from typing import Any

import pytest

from tests.workflow.writing import graph, sequence
from treadle.definition.read import check
from treadle.workflow import Workflow, WorkflowError, WorkflowWarning, handler, input_

pytestmark = pytest.mark.filterwarnings("ignore::treadle.workflow.errors.WorkflowWarning")


def line_of(mark: str) -> int:
    """The line of this file that ends with a mark."""
    found = [
        number
        for number, line in enumerate(inspect.getsource(inspect.getmodule(line_of) or line_of).split("\n"), 1)
        if line.endswith(f"# {mark}")
    ]
    assert len(found) == 1, mark
    return found[0]


def told_by(workflow: Workflow) -> WorkflowError:
    with pytest.raises(WorkflowError) as raised:
        workflow.build()
    assert raised.value.code == "invalid_definition"
    return raised.value


def test_every_fault_is_told_at_once_with_its_line() -> None:
    w = sequence()
    w.task("a", handler("h", input="{{ nodes.nobody.output }}"))  # reads nobody
    with w.each("lines", input_.lines):
        pick = w.task("pick", handler("h"))
    w.task("b", handler("h", input=pick.output))  # reads an item
    w.output("{{ nodes.noone.output }}")  # the output
    error = told_by(w)
    assert [(fault.code, fault.pointer) for fault in error.errors] == [
        ("unknown_node", "/steps/0/handler/input"),
        ("node_in_iteration", "/steps/2/handler/input"),
        ("unknown_node", "/output"),
    ]
    for written in (
        f"{__file__}:{line_of('reads nobody')}, node 'a': unknown_node at /steps/0/handler/input: ",
        f"{__file__}:{line_of('reads an item')}, node 'b': node_in_iteration at ",
        f"{__file__}:{line_of('the output')}: unknown_node at /output: ",
    ):
        assert written in error.message
    assert "the workflow 'd@1' has 3 faults:" in error.message


def test_a_reference_to_what_comes_later_is_told() -> None:
    w = graph("a")
    b = w.task("b", handler("h"))
    w.task("a", handler("h", input=b.output), next=b)  # too early
    (fault,) = told_by(w).errors
    assert (fault.code, fault.pointer) == ("node_not_before", "/nodes/1/handler/input")
    assert f":{line_of('too early')}, node 'a'" in told_by(w).message


def test_a_way_to_nowhere_is_told_with_the_line_of_the_case() -> None:
    w = graph("choice")
    choice = w.switch("choice")
    choice.case(input_.a, next="nowhere")  # to nowhere
    (fault,) = told_by(w).errors
    assert fault.code == "unknown_next"
    assert f":{line_of('to nowhere')}, node 'choice'" in told_by(w).message


def test_a_compensated_cycle_is_told() -> None:
    w = graph("a")
    w.task("a", handler("h"), next="b", compensate=handler("undo"))  # on a cycle
    w.task("b", handler("h"), next="a")
    assert "compensated_cycle" in [fault.code for fault in told_by(w).errors]
    assert f":{line_of('on a cycle')}, node 'a'" in told_by(w).message


def test_a_fault_deep_inside_is_told_with_its_own_line() -> None:
    w = sequence()
    with w.try_("outer") as outer:
        w.task("in", handler("h"))
    with outer.catch("error"):
        choice = w.switch("choice")
        with choice.case(input_.a):
            ship = w.race("ship")
            with ship.branch("one"):
                w.task("lost", handler("h", input="{{ nodes.nobody.output }}"))  # deep inside
    with outer.finally_(start="no"):  # starts nowhere
        w.task("fin", handler("h"))
    message = told_by(w).message
    assert f":{line_of('deep inside')}, node 'lost': unknown_node" in message
    assert f":{line_of('starts nowhere')}, node 'outer': unknown_next" in message


def test_branches_that_are_missing_are_told() -> None:
    w = sequence()
    w.parallel("ship")  # without branches
    ab = w.split("ab")
    with ab.branch("never", weight=0):
        w.task("a", handler("h"))
    error = told_by(w)
    assert [fault.code for fault in error.errors] == ["no_branches", "no_weight"]
    assert f":{line_of('without branches')}, node 'ship'" in error.message


def test_a_fault_of_the_whole_is_told_with_the_line_that_began_it() -> None:
    w = sequence()  # made elsewhere
    for number in range(1_001):
        w.sleep(f"s{number}", for_="1s")
    assert "too_many_nodes" in told_by(w).message


def test_faults_can_be_mended_and_the_workflow_built() -> None:
    w = graph("a")
    w.task("a", handler("h"), next="b")
    told_by(w)
    w.task("b", handler("h"))
    assert [node.id for node in w.build().body.nodes] == ["a", "b"]


def test_what_is_suspicious_is_a_warning_at_its_line() -> None:
    w = sequence()
    w.task("a", handler("h"), compensate=handler("undo", input="{{ nodes.a.output.id }}"))  # suspicious
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        document: Any = w.document()
    (warning,) = (one for one in shown if "compensation_may_not_render" in str(one.message))
    assert warning.category is WorkflowWarning
    assert (warning.filename, warning.lineno) == (__file__, line_of("suspicious"))
    assert [fault.code for fault in check(document).warnings] == ["compensation_may_not_render"]

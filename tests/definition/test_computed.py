"""Expressions of CEL wherever a document has templates and conditions, from the document to what runs."""

import pytest

from tests.definition.documents import awaited, document, errors, node, switch, task, warnings
from tests.expressions.roots import FakeRoots
from treadle.definition.compile import compile_definition
from treadle.definition.read import read_definition
from treadle.expressions.cel.evaluation import OPERATIONS_MAX
from treadle.model.definition import Definition
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.model.expression import ExpressionError
from treadle.model.json import Json
from treadle.model.program import TaskNode
from treadle.model.requests import HttpRequest
from treadle.testing.playing import Play, begun

ORDER = {"items": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 0}], "method": "pix", "total": 120}


def played(tree: Json, value: Json = None) -> Play:
    definition: Definition = read_definition(tree)
    return begun(compile_definition(definition), value)


def test_every_place_takes_an_expression() -> None:
    tree = document(
        task(
            "a",
            when="has(input.items) && size(input.items) > 0",
            http={
                "url": "http://x/{{ input.method.upperAscii() }}",
                "query": {"n": "{{ size(input.items) }}"},
                "headers": {"X-Total": "{{ string(input.total) + ' EUR' }}"},
                "body": {"skus": "{{ input.items.filter(i, i.qty > 0).map(i, i.sku) }}"},
            },
            compensate={"handler": {"name": "h", "input": "{{ [nodes.a.idempotency_key] }}"}},
        ),
        switch("s", {"when": "nodes.a.output.ok == true", "steps": [task("b")]}, default=[task("c")]),
        node("loop", "l", **{"while": "index < size(input.items)", "steps": [task("d")]}),
        node("loop", "m", until="nodes.e.output.done", steps=[task("e")]),
        node(
            "each",
            "f",
            items="{{ input.items.map(i, i.sku) }}",
            steps=[task("g", handler={"name": "h", "input": "{{ item + '-' + string(index) }}"})],
        ),
        awaited(
            "w", callback={"timeout": "1h", "success_when": "body.ok", "fail_when": "body.?no.orValue(false)"}
        ),
        node("set", "v", vars={"n": "{{ input.total * 2 }}"}),
        node("sleep", "z", until="{{ string(timestamp(input.at) + duration('1h')) }}"),
        node(
            "end",
            "x",
            status="failed",
            when="vars.n > 1000",
            error={"code": "big", "message": "n is {{ vars.n + 1 }}"},
        ),
        output={"n": "{{ vars.n % 7 }}", "ok": "{{ nodes.b.?output.orValue(null) }}"},
        on_failure={"handler": {"name": "h", "input": "{{ failure.code + '!' }}"}},
    )
    assert errors(tree) == []
    compile_definition(read_definition(tree))


def test_a_request_is_rendered() -> None:
    tree = document(
        task(
            "a",
            http={
                "method": "POST",
                "url": "http://x/{{ input.method.upperAscii() }}",
                "query": {"n": "{{ size(input.items) }}"},
                "headers": {"X-Total": "{{ string(input.total) + ' EUR' }}"},
                "body": {"skus": "{{ input.items.filter(i, i.qty > 0).map(i, i.sku) }}"},
            },
        )
    )
    task_node = compile_definition(read_definition(tree)).nodes["a"]
    assert isinstance(task_node, TaskNode)
    made = task_node.activity.render(FakeRoots(input=ORDER))
    assert isinstance(made, HttpRequest)
    assert (made.url, made.headers, made.body) == (
        "http://x/PIX?n=2",
        {"X-Total": "120 EUR"},
        {"skus": ["a"]},
    )


@pytest.mark.parametrize(("limit", "case"), [(100, 0), (1_000, None)])
def test_a_switch_chooses(limit: int, case: int | None) -> None:
    tree = document(
        switch("s", {"when": f"input.total > {limit} && input.method in ['pix']"}),
        output="{{ nodes.s.output.case }}",
    )
    play = played(tree, ORDER)
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, case)


@pytest.mark.parametrize(
    ("when", "code", "message"),
    [
        ("input.total", "condition_error", "the condition failed: it gives no boolean but int"),
        ("input.total > 'a'", "condition_error", "the condition failed: `>` does not take int and string"),
        ("input.nope.x > 1", "missing_variable", "input.nope.x: `nope` is missing"),
        (
            "input.many.all(x, input.many.all(y, true))",
            "condition_error",
            f"the condition failed: an expression may take {OPERATIONS_MAX:,} steps",
        ),
    ],
)
def test_a_condition_without_a_boolean_fails_its_node(when: str, code: str, message: str) -> None:
    play = played(document(task("a", when=when)), {**ORDER, "many": [1] * 1_000})
    failure = play.execution.visits["a"].failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.message) == (FailureKind.REJECTED, code, message)
    assert play.status is ExecutionStatus.FAILED


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{ input.total / 0 * input.total }}", "expression_error"),
        ("{{ input.items[5].sku + '' }}", "missing_variable"),
        ("{{ input.many.map(x, input.many) }}", "expression_operations_max"),
    ],
)
def test_a_template_without_a_value_fails_its_node(template: str, code: str) -> None:
    tree = document(node("set", "v", vars={"n": template}))
    play = played(tree, {**ORDER, "many": [1] * 1_000})
    failure = play.execution.visits["v"].failure
    assert failure is not None
    assert (failure.kind, failure.code) == (FailureKind.REJECTED, code)


def test_what_is_computed_for_one_request_has_one_budget() -> None:
    search = "{{ input.exists(x, x < 0) }}"
    given = FakeRoots(input=[1] * (OPERATIONS_MAX // 3 // 4))
    for fields in (
        {"url": "http://x/y", "headers": {f"X-{at}": search for at in range(9)}},
        {"url": "http://x/y", "query": {f"q{at}": search for at in range(9)}},
        {
            "url": "http://x/y",
            "query": {"a": [search]},
            "headers": {"X": search},
            "body": [search, search, search],
        },
    ):
        task_node = compile_definition(read_definition(document(task("a", http=fields)))).nodes["a"]
        assert isinstance(task_node, TaskNode)
        with pytest.raises(ExpressionError) as caught:
            task_node.activity.render(given)
        assert caught.value.code == "expression_operations_max"


def test_an_undo_by_an_expression_over_the_answer_is_warned_of() -> None:
    undo = {"handler": {"name": "h", "input": "{{ nodes.a.output.id + '' }}"}}
    found = warnings(document(task("a", compensate=undo)))
    assert ("/steps/0/compensate/handler/input", "compensation_may_not_render") in found


def test_the_variables_of_one_node_share_a_budget() -> None:
    """Each of them alone is within it."""
    costly = "{{ input.items.map(i, input.items.exists(j, j == -1)) }}"
    items = list(range(int((OPERATIONS_MAX / 8) ** 0.5)))
    alone = played(document(node("set", "v", vars={"a": costly})), {"items": items})
    assert alone.status is ExecutionStatus.COMPLETED
    many = {f"v{index}": costly for index in range(20)}
    together = played(document(node("set", "v", vars=many)), {"items": items})
    assert (together.status, together.execution.failure.code) == (
        ExecutionStatus.FAILED,
        "expression_operations_max",
    )


def test_the_cases_of_a_switch_share_a_budget() -> None:
    costly = "input.items.exists(i, input.items.exists(j, j == -1))"
    items = list(range(int((OPERATIONS_MAX / 8) ** 0.5)))
    case = {"when": costly, "steps": []}
    alone = played(document(switch("s", case)), {"items": items})
    assert alone.status is ExecutionStatus.COMPLETED
    together = played(document(switch("s", *[case] * 20)), {"items": items})
    assert (together.status, together.execution.failure.code) == (ExecutionStatus.FAILED, "condition_error")

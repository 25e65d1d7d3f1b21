"""A definition becomes a program: linked, with every expression a closure."""

import pytest
from msgspec.structs import replace

from tests.definition.documents import case, document, http, reading, switch, task
from tests.expressions.roots import FakeRoots
from treadle.definition.compile import compile_definition
from treadle.definition.digest import digest
from treadle.definition.read import read_definition
from treadle.model.errors import Rejected
from treadle.model.expression import ExpressionError, Roots
from treadle.model.json import Json
from treadle.model.policies import OnUnknown
from treadle.model.program import ROOT_BODY, Body, Program, SleepNode, SwitchNode, TaskNode
from treadle.model.requests import HandlerRequest, HttpRequest, Request

INPUT = {"id": "a b", "n": 5, "flag": True, "list": [1, 2], "none": None}
ROOTS = FakeRoots({"a": {"idempotency_key": "x/a", "output": {"id": 9}}}, input=INPUT)


def program(*steps: Json, **fields: Json) -> Program:
    return compile_definition(read_definition(document(*steps, **fields)))


def task_node(tree_task: Json) -> TaskNode:
    node = program(tree_task).nodes[tree_task["id"]]
    assert isinstance(node, TaskNode)
    return node


def request(tree_task: Json, roots: Roots = ROOTS) -> Request:
    return task_node(tree_task).activity.render(roots)


def test_a_sequence_is_linked() -> None:
    made = program(task("a"), task("b"), task("c"))
    assert [(node.id, node.next) for node in made.nodes.values()] == [("a", "b"), ("b", "c"), ("c", None)]
    assert made.bodies == {ROOT_BODY: Body(start="a", is_scope=True)}


def test_a_document_without_nodes_has_an_empty_body() -> None:
    made = compile_definition(read_definition({"name": "d", "version": "1", "steps": []}))
    assert made.bodies == {ROOT_BODY: Body(start=None, is_scope=True)}
    assert made.nodes == {}


def test_bodies_of_a_switch_are_no_scopes_and_lead_back() -> None:
    made = program(
        switch("s", case(task("a"), task("b"), name="x"), case(), default=[task("c")]),
        task("d"),
    )
    node = made.nodes["s"]
    assert isinstance(node, SwitchNode)
    assert [(found.name, found.body) for found in node.cases] == [("x", "s/0"), (None, None)]
    assert (node.default, node.next) == ("s/default", "d")
    assert made.bodies["s/0"] == Body(start="a", is_scope=False)
    assert made.bodies["s/default"] == Body(start="c", is_scope=False)
    assert (made.nodes["a"].next, made.nodes["b"].next, made.nodes["c"].next) == ("b", None, None)
    assert node.cases[0].when(FakeRoots(input={"a": 1})) is True


def test_a_program_carries_what_the_document_says() -> None:
    tree = document(
        priority=-5,
        vars={"a": [1]},
        output={"x": "{{ nodes.a.output.id }}"},
        on_success={"handler": "done"},
        on_failure={"handler": {"name": "failed", "input": "{{ failure.code }}"}},
    )
    made = compile_definition(read_definition(tree))
    assert (made.name, made.version, made.priority, made.vars) == ("d", "1", -5, {"a": [1]})
    assert made.digest == digest(tree)
    assert made.output is not None
    assert made.output(ROOTS) == {"x": 9}
    assert made.on_success is not None
    assert made.on_success.render(ROOTS) == HandlerRequest(name="done", input=INPUT)
    assert made.on_failure is not None
    assert made.on_failure.render(FakeRoots(failure={"code": "c"})) == HandlerRequest(
        name="failed", input="c"
    )
    assert made.on_cancel is None
    assert program().output is None


def test_a_request_without_templates_is_made_once() -> None:
    render = task_node(http("a", method="put", body={"a": 1}, query={"q": "x"})).activity.render
    expected = HttpRequest(method="PUT", url="http://x/y?q=x", body={"a": 1})
    assert render(ROOTS) == expected
    assert render(ROOTS) is render(ROOTS)


def test_a_request_is_rendered_from_the_roots() -> None:
    made = request(
        http(
            "a",
            method="POST",
            url="http://x/{{ input.id }}",
            query={"q": "{{ input.id }}", "list": "{{ input.list }}", "é": 1},
            headers={"X-N": "{{ input.n }}", "X-Flag": "is {{ input.flag }}", "X-Fixed": "1"},
            body={"key": "{{ nodes.a.idempotency_key }}", "n": "{{ input.n }}"},
            success=["2xx", 404],
            follow_redirects=True,
        )
    )
    assert made == HttpRequest(
        method="POST",
        url="http://x/a%20b?q=a%20b&list=%5B1%2C2%5D&%C3%A9=1",
        headers={"X-N": "5", "X-Flag": "is true", "X-Fixed": "1"},
        body={"key": "x/a", "n": 5},
        success=("2xx", "404"),
        follow_redirects=True,
    )


@pytest.mark.parametrize(
    ("url", "rendered"),
    [
        ("http://x/y", "http://x/y?q=1"),
        ("http://x/y?a=b", "http://x/y?a=b&q=1"),
        ("http://x/y?", "http://x/y?q=1"),
        ("http://x/y?a&", "http://x/y?a&q=1"),
        ("http://x/y#top", "http://x/y?q=1#top"),
    ],
)
def test_the_query_is_added_to_the_url(url: str, rendered: str) -> None:
    made = request(http("a", url=url, query={"q": 1}))
    assert isinstance(made, HttpRequest)
    assert made.url == rendered


@pytest.mark.parametrize(
    ("body", "rendered"),
    [
        ("text", "text"),
        ("{{ input.n }}", 5),
        ("n={{ input.n }}", "n=5"),
        ("{{ input.none }}", None),
        (None, None),
    ],
)
def test_the_body_keeps_its_type(body: Json, rendered: Json) -> None:
    made = request(http("a", body=body))
    assert isinstance(made, HttpRequest)
    assert made.body == rendered


@pytest.mark.parametrize(
    ("handler", "rendered"),
    [
        ("h", INPUT),
        ({"name": "h"}, INPUT),
        ({"name": "h", "input": None}, None),
        ({"name": "h", "input": ["{{ input.n }}"]}, [5]),
    ],
)
def test_a_handler_is_given_the_input_of_the_execution_unless_it_has_its_own(
    handler: Json, rendered: Json
) -> None:
    assert request(task("a", handler=handler)) == HandlerRequest(name="h", input=rendered)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"body": "{{ input.nope }}"}, "missing_variable"),
        ({"headers": {"A": "{{ input.lines }}"}}, "invalid_header"),
        ({"url": "{{ input }}"}, "invalid_url"),
    ],
)
def test_a_request_that_cannot_be_rendered_says_why(fields: Json, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        request(http("a", **fields), FakeRoots(input={"lines": "a\nb"}))
    assert caught.value.code == code


def test_a_task_has_its_condition_its_undo_and_its_output() -> None:
    node = task_node(
        task(
            "a",
            when={"var": "input.flag"},
            on_unknown="fail",
            output="{{ body.id }}/{{ status }}/{{ headers.ETag }}",
            compensate={
                "handler": {"name": "u", "input": "{{ nodes.a.output.id }}"},
                "unknown": {"handler": "v"},
            },
        )
    )
    assert node.when is not None
    assert node.when(ROOTS) is True
    assert node.on_unknown is OnUnknown.FAIL
    assert node.output is not None
    assert node.output(FakeRoots(body={"id": 1}, status=200, headers={"etag": "e"})) == "1/200/e"
    assert node.compensation is not None
    assert node.compensation.activity.render(ROOTS) == HandlerRequest(name="u", input=9)
    assert node.compensation.unknown is not None
    assert node.compensation.unknown.render(ROOTS) == HandlerRequest(name="v", input=INPUT)
    assert node.compensation.unknown.retry.max_attempts == 10


def sleep(**fields: Json) -> SleepNode:
    node = program({"id": "s", "kind": "sleep", **fields}).nodes["s"]
    assert isinstance(node, SleepNode)
    return node


def moment(node: SleepNode, value: Json) -> Json:
    expression = node.until if node.duration_ms is None else node.duration_ms
    assert expression is not None
    return expression(FakeRoots(input=value))


def test_a_sleep_is_for_a_duration_or_until_an_instant() -> None:
    assert moment(sleep(**{"for": "1m"}), None) == 60_000
    assert moment(sleep(until="1970-01-01T00:00:01Z"), None) == 1_000
    assert sleep(**{"for": "1m", "jitter": "10s"}).jitter_ms == 10_000
    assert moment(sleep(**{"for": "{{ input }}"}), "PT2S") == 2_000
    assert moment(sleep(**{"for": "{{ input }}s"}), 3) == 3_000
    assert moment(sleep(until="{{ input }}"), "1970-01-01T00:00:01Z") == 1_000


@pytest.mark.parametrize(
    ("fields", "value", "code"),
    [
        ({"for": "{{ input }}"}, "soon", "invalid_duration"),
        ({"for": "{{ input }}"}, 5, "invalid_duration"),
        ({"until": "{{ input }}"}, "tomorrow", "invalid_instant"),
        ({"until": "{{ input }}"}, None, "invalid_instant"),
        ({"until": "{{ input.at }}"}, {}, "missing_variable"),
    ],
)
def test_a_sleep_whose_text_means_nothing_has_no_value(fields: Json, value: Json, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        moment(sleep(**fields), value)
    assert caught.value.code == code


def test_the_input_is_checked_against_the_schema() -> None:
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"c/d": {"type": "array", "items": {"type": "integer"}}},
    }
    check = program(input_schema=schema).check_input
    assert check is not None
    assert check({"a": 1, "b": 2, "c/d": [1, 2]}) == ()
    faults = check({"c/d": [1, "x"]})
    assert sorted(pointer for pointer, _ in faults) == ["", "", "/c~1d/1"]
    assert {message for _, message in faults} >= {'"a" is a required property'}


def test_a_message_about_an_input_is_bounded() -> None:
    check = program(input_schema={"type": "integer"}).check_input
    assert check is not None
    ((_, message),) = check("x" * 100_000)
    assert len(message) < 500


def test_an_input_that_cannot_be_looked_at_is_a_fault() -> None:
    check = program(input_schema={"type": "string"}).check_input
    assert check is not None
    ((pointer, message),) = check("\ud800")
    assert (pointer, "surrogates" in message) == ("", True)


def test_without_a_schema_any_input_is_good() -> None:
    assert program().check_input is None


@pytest.mark.parametrize("schema", [True, {}, {"$schema": "https://json-schema.org/draft/2020-12/schema"}])
def test_a_schema_may_be_any_of_2020_12(schema: Json) -> None:
    check = program(input_schema=schema).check_input
    assert check is not None
    assert check({"a": 1}) == ()


def test_a_definition_made_by_hand_with_a_fault_is_rejected() -> None:
    definition = read_definition(document(output="{{ input.a }}"))
    with pytest.raises(Rejected) as caught:
        compile_definition(replace(definition, output="{{ inputs.a }}"))
    assert [fault.code for fault in caught.value.errors] == ["unknown_root"]
    with pytest.raises(Rejected) as caught:
        compile_definition(replace(definition, input_schema={"type": "nope"}))
    assert [fault.code for fault in caught.value.errors] == ["invalid_schema"]


def test_what_is_read_reaches_the_program() -> None:
    node = program(task("a"), reading("nodes.a.output.id", "b", when={"var": "nodes.a.status"})).nodes["b"]
    assert node.when is not None
    assert node.when.reads == {("nodes", "a", "status")}

"""Templates read nodes that there are and that may have run by then."""

import pytest

from tests.definition.documents import (
    asking,
    case,
    document,
    each,
    errors,
    flow,
    http,
    node,
    reading,
    switch,
    task,
    warnings,
)
from treadle.model.json import Json

BRANCHED = (
    task("first"),
    switch(
        "s",
        case(task("in_case"), task("later_in_case")),
        case(task("sibling"), when={"var": "input.b"}),
        default=[task("other")],
    ),
    task("last"),
)


def compensating(path: str, **fields: Json) -> Json:
    return task("b", compensate={"handler": {"name": "u", "input": f"{{{{ {path} }}}}"}, **fields})


@pytest.mark.parametrize(
    "tree",
    [
        document(task("a"), reading("nodes.a.output.x")),
        document(switch("s", case(task("a"), reading("nodes.a.output")))),
        document(task("a"), switch("s", case(reading("nodes.a.output")))),
        document(switch("s", case(task("a"))), reading("nodes.s.output.value")),
        document(reading("nodes.b.idempotency_key", "b")),
        document(task("b", output="{{ nodes.b.idempotency_key }}")),
        document(compensating("nodes.b.idempotency_key")),
        document(compensating("nodes.b.attempts")),
        document(task("a"), output="{{ nodes.a.output }}"),
        document(task("a"), on_success={"handler": {"name": "h", "input": "{{ nodes.a.output }}"}}),
        document(on_failure={"handler": {"name": "h", "input": "{{ failure.path }}"}}),
        document(task("a", output="{{ body.x }}-{{ status }}-{{ headers.etag }}")),
    ],
)
def test_what_has_run_before_may_be_read(tree: Json) -> None:
    assert warnings(tree) == []


@pytest.mark.parametrize(
    "tree",
    [
        document(reading("nodes.a.output"), task("a")),
        document(reading("nodes.b.output", "b")),
        document(reading("nodes.b.attempts", "b")),
        document(task("b", when={"var": "nodes.b.idempotency_key"})),
        document(task("b", output="{{ nodes.b.output }}")),
        document(compensating("nodes.z.output"), task("z")),
        document(switch("s", case(task("a")), case(reading("nodes.a.output")))),
        document(switch("s", case(task("a")), default=[reading("nodes.a.output")])),
        document(switch("s", case(reading("nodes.s.output")))),
        document(switch("s", case(task("a"), when={"var": "nodes.a.output"}))),
        document({"id": "n", "kind": "sleep", "for": "{{ nodes.z.output }}"}, task("z")),
    ],
)
def test_what_cannot_have_run_by_then_is_an_error(tree: Json) -> None:
    assert [code for _, code in errors(tree)] == ["node_not_before"]


@pytest.mark.parametrize("node", ["in_case", "later_in_case", "sibling", "other"])
def test_what_runs_on_some_paths_only_is_a_warning(node: str) -> None:
    tree = document(*BRANCHED, output=f"{{{{ nodes.{node}.output }}}}")
    assert warnings(tree) == [("/output", "may_not_have_run")]


def test_a_condition_may_ask_for_what_has_perhaps_not_run() -> None:
    assert warnings(document(*BRANCHED, task("b", when={"!": {"var": "nodes.other.output"}}))) == []


def test_a_node_of_a_case_reads_those_before_it_without_a_warning() -> None:
    tree = document(switch("s", case(switch("t", case(task("a"))), reading("nodes.t.output"))))
    assert warnings(tree) == []
    deeper = document(switch("s", case(switch("t", case(task("a"))), reading("nodes.a.output"))))
    assert [code for _, code in warnings(deeper)] == ["may_not_have_run"]


def test_every_unknown_node_is_told() -> None:
    tree = document(
        task("a", when={"and": [{"var": "nodes.x.output"}, {"var": "nodes.y.output"}]}),
        output=["{{ nodes.z.output }}"],
    )
    assert errors(tree) == [("/steps/0/when", "unknown_node")] * 2 + [("/output", "unknown_node")]


@pytest.mark.parametrize(
    "tree",
    [
        document(compensating("nodes.b.output.id", unknown={"handler": "by_key"})),
        document(task("a"), compensating("nodes.a.output.id")),
        document({**compensating("nodes.b.output.id"), "on_unknown": "fail"}),
        document(
            http("b", method="POST")
            | {"compensate": {**asking("nodes.b.response.status"), "unknown": {"handler": "by_key"}}}
        ),
    ],
)
def test_a_compensation_with_a_way_out_is_not_suspicious(tree: Json) -> None:
    assert warnings(tree) == []


def test_a_way_out_that_needs_the_answer_itself_is_suspicious() -> None:
    unknown = {"handler": {"name": "u", "input": "{{ nodes.b.output.id }}"}}
    tree = document(compensating("nodes.b.output.id", unknown=unknown))
    assert warnings(tree) == [("/steps/0/compensate/unknown/handler/input", "compensation_may_not_render")]


def body(kind: str, *steps: Json, **fields: Json) -> Json:
    return node(kind, "k", steps=list(steps), **fields)


def branches(kind: str, **bodies: list[Json]) -> Json:
    return node(kind, "k", branches=bodies)


FAILING = {"catch": [{"steps": [reading("nodes.a.status")]}]}
AT_LAST = {"finally": [task("z")]}


@pytest.mark.parametrize(
    "tree",
    [
        document(branches("parallel", x=[task("a")], y=[task("c")]), reading("nodes.a.output")),
        document(body("shield", task("a")), reading("nodes.a.output")),
        document(body("try", task("a")), reading("nodes.a.output")),
        document(body("try", task("a"), **AT_LAST), reading("nodes.z.output")),
        document(body("try", task("a"), catch=[{"steps": []}], **AT_LAST), reading("nodes.z.output")),
        document(each(task("a"), reading("nodes.a.output"))),
        document(each(task("a"), each(reading("nodes.a.output"), node_id="f"))),
        document(task("a"), each(reading("nodes.a.output"))),
        document(each(task("a")), reading("nodes.e.output")),
        document(body("loop", task("a"), until={"var": "nodes.a.output"})),
        document(task("a"), body("loop", **{"while": {"var": "nodes.a.output"}})),
        flow(task("a", next="b"), reading("nodes.a.output")),
        flow(reading("nodes.a.output"), task("a", next="b")),
        flow(
            switch("a", {"when": {"var": "input"}, "next": "x"}, default="y"),
            task("x", next="b"),
            task("y", next="b"),
            reading("nodes.a.output"),
        ),
        flow(task("a", next="b"), task("b"), output="{{ nodes.a.output }}-{{ nodes.b.output }}"),
        document(task("a"), node("shield", "s", nodes=[reading("nodes.a.output")], start="b")),
        flow(node("shield", "a", steps=[task("x")], next="b"), reading("nodes.x.output")),
        document(
            node(
                "child",
                "a",
                definition="d",
                compensate={"handler": {"name": "u", "input": "{{ nodes.a.output }}"}},
            )
        ),
    ],
)
def test_what_certainly_runs_inside_a_node_may_be_read(tree: Json) -> None:
    assert warnings(tree) == []


@pytest.mark.parametrize(
    "tree",
    [
        document(branches("parallel", x=[task("a")], y=[reading("nodes.a.output")])),
        document(branches("race", x=[task("a")], y=[reading("nodes.a.output")])),
        document(branches("race", x=[task("a")]), reading("nodes.a.output")),
        document(body("try", task("a"), **FAILING)),
        document(body("try", task("a"), catch=[{"steps": []}]), reading("nodes.a.output")),
        document(body("try", task("a"), **{"finally": [reading("nodes.a.output")]})),
        document(
            body("try", catch=[{"steps": [task("a")]}], **{"finally": [reading("nodes.a.output")]}),
        ),
        document({**body("shield", task("a")), "when": {"var": "input"}}, reading("nodes.a.output")),
        document(
            node("split", "k", branches={"x": {"weight": 1, "steps": [task("a")]}}), reading("nodes.a.output")
        ),
        flow(switch("a", {"when": {"var": "input"}, "next": "x"}), task("x"), output="{{ nodes.x.output }}"),
        flow(
            switch("a", {"when": {"var": "input"}, "next": "x"}, default="b"),
            task("x", next="b"),
            reading("nodes.x.output"),
        ),
        flow(
            reading("nodes.c.output", "a", next="b"),
            task("b", next="c"),
            switch("c", {"when": {"var": "input"}, "next": "a"}),
        ),
    ],
)
def test_what_perhaps_runs_inside_a_node_is_a_warning(tree: Json) -> None:
    assert [code for _, code in warnings(tree)] == ["may_not_have_run"]


@pytest.mark.parametrize(
    "tree",
    [
        document(each(reading("nodes.a.output"), task("a"))),
        document(body("loop", reading("nodes.a.output"), task("a"), until={"var": "index"})),
        document(body("try", reading("nodes.a.output"), catch=[{"steps": [task("a")]}])),
        document(body("try", catch=[{"steps": [task("a")]}, {"steps": [reading("nodes.a.output")]}])),
        document(body("shield", reading("nodes.k.output"))),
        document(body("loop", task("a"), until={"var": "nodes.k.output"})),
        flow(reading("nodes.b.output", "a", next="b"), task("b")),
        flow(reading("nodes.a.output", "a", next="b"), task("b", next="a")),
        flow(
            switch("a", {"when": {"var": "input"}, "next": "x"}, default="b"),
            task("x"),
            reading("nodes.x.output"),
        ),
    ],
)
def test_what_cannot_have_run_inside_a_node_is_an_error(tree: Json) -> None:
    assert [code for _, code in errors(tree)] == ["node_not_before"]


def test_after_an_end_on_every_way_a_graph_has_no_output_of_its_own_to_miss() -> None:
    ending = node("end", "b", status="completed")
    tree = document(
        node("shield", "s", nodes=[task("a", next="b"), ending], start="a"), reading("nodes.a.output", "c")
    )
    assert warnings(tree) == []

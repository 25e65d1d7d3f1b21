"""What a UI draws: every node once, every way once."""

import pytest
from hypothesis import given, settings

from tests.definition.documents import HANDLER, case, document, each, flow, node, switch, task
from treadle.definition.graph import graph
from treadle.definition.kinds.table import KINDS
from treadle.definition.nested import all_nodes
from treadle.definition.read import read_definition
from treadle.model.json import Json
from treadle.testing.definitions import definitions


def test_a_sequence_is_drawn_in_order() -> None:
    drawn = graph(
        read_definition(document(task("a", label="First"), {"id": "b", "kind": "sleep", "for": "1s"}))
    )
    assert drawn == {
        "nodes": [
            {"id": "a", "kind": "task", "label": "First", "parent": None},
            {"id": "b", "kind": "sleep", "label": None, "parent": None},
        ],
        "edges": [{"from": "a", "to": "b", "label": None, "kind": "next"}],
    }


def test_bodies_of_a_switch_are_drawn_inside_it() -> None:
    tree = document(
        switch(
            "s",
            case(task("a"), task("b"), name="pix"),
            case(switch("t", default=[task("c")])),
            case(),
            default=[task("d")],
        ),
        task("e"),
    )
    drawn = graph(read_definition(tree))
    assert [(node["id"], node["parent"]) for node in drawn["nodes"]] == [
        ("s", None),
        ("a", "s"),
        ("b", "s"),
        ("t", "s"),
        ("c", "t"),
        ("d", "s"),
        ("e", None),
    ]
    assert [(edge["from"], edge["to"], edge["label"], edge["kind"]) for edge in drawn["edges"]] == [
        ("s", "a", "pix", "case"),
        ("a", "b", None, "next"),
        ("s", "t", "1", "case"),
        ("t", "c", "default", "default"),
        ("s", "d", "default", "default"),
        ("s", "e", None, "next"),
    ]


def test_a_document_without_nodes_is_an_empty_graph() -> None:
    assert graph(read_definition({"name": "d", "version": "1", "steps": []})) == {"nodes": [], "edges": []}


def edges(tree: Json) -> list[tuple[str, str, str | None, str]]:
    return [
        (edge["from"], edge["to"], edge["label"], edge["kind"])
        for edge in graph(read_definition(tree))["edges"]
    ]


def test_nodes_of_a_graph_are_drawn_with_the_ways_they_name() -> None:
    cases = [
        {"when": {"var": "input"}, "next": "a", "name": "again"},
        {"when": {"var": "input"}, "next": "c"},
    ]
    tree = flow(
        task("c"),
        task("a", next="s"),
        {**switch("s", *cases, default="b"), "next": "c"},
        task("b"),
    )
    assert edges(tree) == [
        ("a", "s", None, "next"),
        ("s", "c", None, "next"),
        ("s", "a", "again", "case"),
        ("s", "c", "1", "case"),
        ("s", "b", "default", "default"),
    ]


def test_a_switch_of_a_graph_may_name_nothing() -> None:
    assert edges(flow(switch("a", case(task("b"))))) == [("a", "b", "0", "case")]


def test_each_way_into_a_body_has_its_kind() -> None:
    tree = document(
        node("parallel", "p", branches={"x": [task("a")], "y": {"nodes": [task("b")], "start": "b"}}),
        node("race", "r", branches={"x": [task("c")]}),
        node("split", "w", branches={"x": {"weight": 1, "steps": [task("d")]}}),
        each(task("f")),
        node("loop", "l", until={"var": "index"}, steps=[task("g")]),
        node(
            "try",
            "t",
            steps=[task("h")],
            catch=[{"on": ["timeout", "error"], "steps": [task("i")]}, {"steps": [task("j")]}],
            **{"finally": [task("k")]},
        ),
        node("shield", "s", steps=[task("m"), node("end", "n", status="completed"), task("o")]),
    )
    assert [edge for edge in edges(tree) if edge[3] != "next"] == [
        ("p", "a", "x", "branch"),
        ("p", "b", "y", "branch"),
        ("r", "c", "x", "branch"),
        ("w", "d", "x", "branch"),
        ("e", "f", None, "item"),
        ("l", "g", None, "turn"),
        ("t", "h", None, "try"),
        ("t", "i", "error, timeout", "catch"),
        ("t", "j", None, "catch"),
        ("t", "k", None, "finally"),
        ("s", "m", None, "body"),
    ]
    assert ("m", "n", None, "next") in edges(tree)
    assert not [edge for edge in edges(tree) if edge[0] == "n"]


PLAIN: dict[str, Json] = {
    "task": task("x", compensate=HANDLER, probe=HANDLER),
    "sleep": node("sleep", "x", **{"for": "1s"}),
    "wait": node("wait", "x", signal="s"),
    "child": node("child", "x", definition="d", compensate=HANDLER),
    "emit": node("emit", "x", topic="t", type="t", data=1),
    "set": node("set", "x", vars={}),
    "end": node("end", "x", status="completed", when={"var": "input"}),
}
EMPTY: dict[str, Json] = {
    "switch": switch("x", case(), {"when": {"var": "input"}}, default=[]),
    "parallel": node("parallel", "x", branches={"a": [], "b": {"steps": []}}),
    "race": node("race", "x", branches={"a": []}),
    "split": node("split", "x", branches={"a": {"weight": 1, "steps": []}}),
    "each": node("each", "x", items=[], steps=[]),
    "loop": node("loop", "x", until={"var": "index"}, steps=[]),
    "try": node("try", "x", steps=[], catch=[{"steps": []}], **{"finally": []}),
    "shield": node("shield", "x", steps=[]),
}


def test_every_kind_is_drawn_here() -> None:
    assert {*PLAIN, *EMPTY} == set(KINDS)


@pytest.mark.parametrize("kind", [*PLAIN, *EMPTY])
def test_a_node_of_any_kind_without_anything_in_it_is_one_node_on_the_way(kind: str) -> None:
    drawn = graph(read_definition(document(task("a"), {**PLAIN, **EMPTY}[kind], task("b"))))
    assert drawn["nodes"][1] == {"id": "x", "kind": kind, "label": None, "parent": None}
    assert [(edge["from"], edge["to"], edge["kind"]) for edge in drawn["edges"]] == [
        ("a", "x", "next"),
        ("x", "b", "next"),
    ]
    assert [node["id"] for node in drawn["nodes"]] == ["a", "x", "b"]


def test_compensations_probes_and_hooks_are_no_nodes() -> None:
    bare, full = (
        document(task("a")),
        document(task("a", compensate=HANDLER, probe=HANDLER), on_failure=HANDLER),
    )
    assert graph(read_definition(full)) == graph(read_definition(bare))


def test_ways_that_join_lead_to_one_node() -> None:
    tree = flow(
        switch(
            "a", {"when": {"var": "input"}, "next": "b"}, {"when": {"var": "input"}, "next": "b"}, default="c"
        ),
        task("b", next="d"),
        task("c", next="d"),
        task("d"),
    )
    assert edges(tree) == [
        ("a", "b", "0", "case"),
        ("a", "b", "1", "case"),
        ("a", "c", "default", "default"),
        ("b", "d", None, "next"),
        ("c", "d", None, "next"),
    ]


def test_after_a_node_with_bodies_the_way_goes_on_from_the_node_itself() -> None:
    tree = document(node("parallel", "p", branches={"x": [task("a")], "y": [task("b")]}), task("c"))
    assert edges(tree) == [
        ("p", "a", "x", "branch"),
        ("p", "b", "y", "branch"),
        ("p", "c", None, "next"),
    ]


@settings(deadline=None, max_examples=25)
@given(definitions())
def test_every_node_is_drawn_once_and_every_way_leads_within_a_body_or_into_one(tree: Json) -> None:
    definition = read_definition(tree)
    drawn = graph(definition)
    parents = {drawn_node["id"]: drawn_node["parent"] for drawn_node in drawn["nodes"]}
    assert [drawn_node["id"] for drawn_node in drawn["nodes"]] == [
        found.id for found in all_nodes(definition.body)
    ]
    assert all(drawn_node.keys() == {"id", "kind", "label", "parent"} for drawn_node in drawn["nodes"])
    for edge in drawn["edges"]:
        assert edge.keys() == {"from", "to", "label", "kind"}
        is_within = parents[edge["from"]] == parents[edge["to"]]
        assert is_within or (parents[edge["to"]] == edge["from"] and edge["kind"] != "next")
    entered = {edge["to"] for edge in drawn["edges"]}
    first = definition.body.start or (definition.body.nodes[0].id if definition.body.nodes else None)
    assert parents.keys() - entered <= {first}

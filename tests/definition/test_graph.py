"""What a UI draws: every node once, every way once."""

from tests.definition.documents import case, document, each, flow, node, switch, task
from treadle.definition.graph import graph
from treadle.definition.read import read_definition
from treadle.model.json import Json


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

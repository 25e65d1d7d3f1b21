"""What a UI draws: every node once, every way once."""

from tests.definition.documents import case, document, switch, task
from treadle.definition.graph import graph
from treadle.definition.read import read_definition


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

"""The flowchart says what the graph says, whatever authors call things.

It is read here line by line by the few forms that it is made of; texts are read as Mermaid shows them.
"""

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.definition.documents import HANDLER, case, document, each, flow, node, switch, task
from treadle.definition.graph import graph
from treadle.definition.kinds.table import KINDS
from treadle.definition.mermaid import SHAPES, mermaid
from treadle.definition.mermaid_text import TEXT_CHARS_MAX
from treadle.definition.nested import all_nodes
from treadle.definition.read import read_definition
from treadle.model.json import Json
from treadle.testing.definitions import definitions

TEXT = r'"((?:(?!direction\s)[\w ./,-]|#\d+;|<br/>)+)"'
"""What can be in quotes and is neither entity of a name, nor HTML but the break, nor Markdown, nor syntax."""
SHAPED = "|".join(
    f"{re.escape(opening)}{TEXT}{re.escape(closing)}"
    for opening, closing in dict.fromkeys([*SHAPES.values(), ("((", "))"), ("(((", ")))")])
)
NODE = re.compile(rf"(\w+)(?:{SHAPED})(?::::(\w+))?")
BOX = re.compile(r'subgraph (\w+) \[" "\]')
EDGE = re.compile(rf"(\w+) (-->|-\.->)(?:\|{TEXT}\|)? (\w+)")
STYLE = re.compile(r"classDef \w+ stroke-dasharray:\d \d")


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a flowchart: texts as they are shown, the box that each node is in (of boxes too)."""

    texts: dict[str, str]
    classes: dict[str, str]
    boxes: dict[str, str | None]
    edges: list[tuple[str, str, str, str | None]]


def shown(text: str | None) -> str | None:
    """A text in quotes as Mermaid shows it, with its breaks as newlines."""
    if text is None:
        return None
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text.replace("<br/>", "\n"))


def read(written: str) -> Chart:
    """Read a flowchart; any line in another form fails the test."""
    chart = Chart(texts={}, classes={}, boxes={}, edges=[])
    first, *lines = written.removesuffix("\n").split("\n")
    assert first == "flowchart TD"
    opened: list[str] = []
    for line in lines:
        content = line.lstrip(" ")
        if box := BOX.fullmatch(content):
            assert box[1] not in chart.boxes
            chart.boxes[box[1]] = opened[-1] if opened else None
            opened.append(box[1])
        elif content == "end":
            opened.pop()
        elif edge := EDGE.fullmatch(content):
            chart.edges.append((edge[1], edge[4], edge[2], shown(edge[3])))
        elif found := NODE.fullmatch(content):
            name, *texts, style = found.groups()
            assert name not in chart.boxes
            chart.boxes[name] = opened[-1] if opened else None
            chart.texts[name] = shown(next(text for text in texts if text is not None)) or ""
            chart.classes[name] = style or ""
        else:
            assert STYLE.fullmatch(content), line
    assert not opened
    return chart


def drawn(tree: Json) -> Chart:
    return read(mermaid(read_definition(tree)))


def ways(chart: Chart) -> list[tuple[str, str, str | None]]:
    """The solid edges, by the first line that each node shows."""
    names = {name: text.split("\n")[0] for name, text in chart.texts.items()}
    return [
        (
            names.get(begin, f"box of {names[begin.replace('c', 'n')]}" if begin[0] == "c" else ""),
            names[to],
            text,
        )
        for begin, to, line, text in chart.edges
        if line == "-->"
    ]


def test_a_sequence_leads_from_the_start_to_the_end() -> None:
    assert ways(drawn(document(task("a"), task("b", label="Second")))) == [
        ("start", "a", None),
        ("a", "Second", None),
        ("Second", "end", None),
    ]


def test_a_document_without_nodes_leads_straight_to_the_end() -> None:
    assert ways(drawn({"name": "d", "version": "1", "steps": []})) == [("start", "end", None)]


def test_a_node_shows_its_label_its_id_and_its_kind() -> None:
    texts = drawn(document(task("a", label="Reserve stock"), task("b"))).texts
    assert (texts["n1"], texts["n2"]) == ("Reserve stock\na\ntask", "b\ntask")


def test_every_kind_has_a_shape() -> None:
    assert SHAPES.keys() == KINDS.keys()


def test_cases_are_labelled_and_their_bodies_stand_in_boxes() -> None:
    tree = document(switch("s", case(task("a"), name="pix"), case(task("b")), default=[task("c")]), task("d"))
    chart = drawn(tree)
    assert ways(chart) == [
        ("start", "s", None),
        ("s", "a", "pix"),
        ("s", "b", "1"),
        ("s", "c", "default"),
        ("box of s", "d", None),
        ("d", "end", None),
    ]
    assert chart.boxes["n1"] == "c1"
    assert [chart.boxes[chart.boxes[name] or ""] for name in ("n2", "n3", "n4")] == ["c1", "c1", "c1"]
    assert len({chart.boxes[name] for name in ("n2", "n3", "n4", "n5")}) == 4
    assert chart.boxes["n5"] is None


def test_ways_into_other_bodies_are_called_what_they_are() -> None:
    tree = document(
        each(task("a")),
        node(
            "try", "t", steps=[task("b")], catch=[{"on": ["error"], "steps": [task("c")]}], **{"finally": []}
        ),
    )
    assert [text for _, _, text in ways(drawn(tree)) if text] == ["item", "try", "catch error"]


def test_a_node_that_leads_to_itself_does_so_within_its_box() -> None:
    tree = flow(
        switch("a", {"when": {"var": "input"}, "next": "b"}, default="s"),
        node("shield", "s", steps=[task("c")], next="s"),
        task("b"),
    )
    assert ("s", "s", None) in ways(drawn(tree))


def test_only_ways_that_go_on_lead_to_the_end() -> None:
    tree = flow(
        switch("a", {"when": {"var": "input"}, "next": "b"}, default="c"),
        node("end", "b", status="completed"),
        node("shield", "c", steps=[node("end", "d", status="failed", when={"var": "input"})]),
    )
    assert [begin for begin, to, _ in ways(drawn(tree)) if to == "end"] == ["box of c", "b", "d"]


def test_what_is_undone_is_marked_and_its_undo_named() -> None:
    undo = {"http": {"method": "POST", "url": "http://x/{{ input.id }}/release"}}
    chart = drawn(document(task("a", compensate=undo), each(task("b", compensate=HANDLER)), task("c")))
    assert [name for name, style in chart.classes.items() if style == "compensated"] == ["n1", "n3"]
    assert chart.texts["n1u"] == "undo\nPOST http://x/{{ input.id }}/release"
    assert chart.texts["n3u"] == "undo\nh"
    assert chart.boxes["n3u"] == chart.boxes["n3"]
    assert chart.boxes["n3"] is not None
    assert ("n1", "n1u", "-.->", None) in chart.edges


def test_hooks_hang_at_the_end() -> None:
    chart = drawn(document(on_success=HANDLER, on_failure={"http": {"url": "http://x"}}, on_cancel=HANDLER))
    assert chart.texts["on_failure"] == "on_failure\nGET http://x"
    assert [edge for edge in chart.edges if edge[2] == "-.->"] == [
        ("last", hook, "-.->", None) for hook in ("on_success", "on_failure", "on_cancel")
    ]


HOSTILE = [
    'say "yes"',
    "end",
    "a] --> b[",
    "}} )) ]]",
    "|x|",
    "`code`",
    "**bold** _it_ __x__",
    "1. one",
    "- item",
    "<b>x</b><script>alert(1)</script>",
    "&amp; #35; #quot;",
    "style n1 fill: #fff;",
    "classDef x fill:#fff;",
    '%%{init: {"theme": "dark"}}%%',
    "%% comment",
    "direction LR",
    "x direction  TB y",
    'click n1 "javascript:alert(1)"',
    "fa:fa-car",
    "$$x$$",
    "ﬂ°°35¶ß",
    "@{ shape: circle }",
    "a\\nb",
    "日本語 é 😀 e\u0301",
    "subgraph x",
    "---",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_what_an_author_writes_is_shown_and_is_never_syntax(label: str) -> None:
    tree = document(task("a", label=label), switch("s", case(task("b"), name=label)))
    chart = drawn(tree)
    assert chart.texts["n1"] == f"{' '.join(label.split())}\na\ntask"
    assert ("s", "b", " ".join(label.split())) in ways(chart)


@pytest.mark.parametrize("label", ["a\nb", "a\r\n\tb", "a\u2028b", "a\x00b", "a\u202eb"])
def test_what_cannot_be_printed_is_a_blank(label: str) -> None:
    assert drawn(document(task("a", label=label))).texts["n1"] == "a b\na\ntask"


@pytest.mark.parametrize("label", ["", " ", "\n"])
def test_a_blank_name_is_left_out(label: str) -> None:
    chart = drawn(document(task("a", label=label), switch("s", case(task("b"), name=label))))
    assert chart.texts["n1"] == "a\ntask"
    assert ("s", "b", " ") in ways(chart)


def test_a_long_text_is_cut() -> None:
    (label, *_) = drawn(document(task("a", label="x" * 10_000))).texts["n1"].split("\n")
    assert label == "x" * (TEXT_CHARS_MAX - 1) + "…"


@settings(deadline=None, max_examples=25)
@given(definitions(), st.text(st.characters(codec="utf-8"), max_size=20))
def test_every_node_and_every_way_of_the_graph_is_drawn(tree: Json, label: str) -> None:
    for step in tree.get("steps", tree.get("nodes", [])):
        step["label"] = label
    definition = read_definition(tree)
    chart = read(mermaid(definition))
    names = {found.id: f"n{number}" for number, found in enumerate(all_nodes(definition.body), 1)}
    back = {name: found for found, name in names.items()}
    assert {begin for begin, *_ in chart.edges} | {to for _, to, *_ in chart.edges} <= chart.boxes.keys()
    between = [
        (back.get(begin.replace("c", "n"), begin), back[to])
        for begin, to, line, _ in chart.edges
        if line == "-->" and to in back and begin != "first"
    ]
    assert between == [(edge["from"], edge["to"]) for edge in graph(definition)["edges"]]
    for found, name in names.items():
        assert chart.texts[name].split("\n")[-2] == found

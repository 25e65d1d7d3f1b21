"""However a document is bent, it is read or refused: nothing else ever comes out."""

import json
from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.definition.documents import (
    asking,
    awaited,
    case,
    document,
    each,
    http,
    node,
    reading,
    switch,
    task,
)
from treadle.definition.compile import compile_definition
from treadle.definition.faults import ERRORS, WARNINGS
from treadle.definition.formats.sources import placed, read_source
from treadle.definition.graph import graph
from treadle.definition.read import check
from treadle.model.errors import Rejected
from treadle.model.json import Json

WHOLE: Json = document(
    http(
        "reserve",
        method="POST",
        url="http://x/{{ input.id }}",
        query={"q": "{{ input.q }}"},
        headers={"A": "{{ input.a }}"},
        body={"a": ["{{ input.b }}", 1, None]},
        success=["2xx", 404],
    )
    | {
        "when": {"==": [{"var": "input.a"}, 1]},
        "timeout": "10s",
        "retry": {"max_attempts": 5, "on": ["unknown", 429]},
        "on_unknown": "compensate",
        "output": "{{ body.id }}",
        "compensate": {"handler": {"name": "u", "input": "{{ nodes.reserve.idempotency_key }}"}},
    },
    switch(
        "pay",
        case(task("pix"), name="pix"),
        case(reading("nodes.reserve.output", "card"), when={"var": "input.card"}),
        default=[task("x")],
    ),
    {"id": "nap", "kind": "sleep", "for": "1m", "jitter": "1s"},
    awaited(
        "ask",
        http={
            "method": "POST",
            "url": "http://x",
            "headers": {"T": "{{ callback.token }}"},
            "body": ["{{ callback.url }}"],
        },
        probe=asking("nodes.ask.idempotency_key"),
        deadline="1h",
    ),
    node("wait", "w", any=[{"signal": "a"}, {"signal": "b"}], timeout="1m", on_timeout="continue", schema={}),
    node(
        "parallel",
        "p",
        branches={
            "one": [node("shield", "sh", steps=[task("p1")]), node("set", "st", vars={"n": "{{ input.n }}"})],
            "two": {
                "nodes": [
                    switch("p2", {"when": {"var": "input.a"}, "next": "p3"}, default="p4"),
                    task("p3", next="p2"),
                    node("emit", "p4", topic="t", type="x", data={"a": "{{ input.a }}"}, key="k"),
                ],
                "start": "p2",
            },
        },
    ),
    node("race", "r", branches={"one": [task("r1")], "two": [node("sleep", "r2", **{"for": "1s"})]}),
    each(reading("item", "e1"), node("wait", "e2", signal="s", count=2), on_item_failure="collect"),
    node("loop", "l", until={"var": "nodes.l1.output"}, steps=[reading("index", "l1")], max_iterations=5),
    node(
        "try",
        "t",
        steps=[task("t1")],
        catch=[{"on": ["error"], "steps": [reading("failure.code", "t2")]}, {"steps": []}],
        **{"finally": [task("t3")]},
    ),
    node(
        "split", "sp", branches={"a": {"weight": 1, "steps": [task("sp1")]}, "b": {"weight": 2, "steps": []}}
    ),
    node("child", "ch", definition="other@1", input={"a": "{{ input.a }}"}, compensate={"handler": "u"}),
    node(
        "end", "z", status="failed", error={"code": "c", "message": "{{ input.a }}"}, when={"var": "input.x"}
    ),
    input_schema={"type": "object", "required": ["id"]},
    defaults={
        "timeout": "5s",
        "retry": {"initial": "1s"},
        "on_unknown": "pause",
        "callback": {"timeout": "1h", "fail_when": {"var": "body.no"}},
    },
    deadline="1d",
    output={"x": "{{ nodes.pay.output }}"},
    on_failure={"handler": {"name": "f", "input": "{{ failure.code }}"}},
    labels={"a": "b"},
    vars={"n": 1},
    priority=3,
)
WORDS = [
    *(
        "id",
        "kind",
        "http",
        "handler",
        "steps",
        "cases",
        "when",
        "retry",
        "on",
        "compensate",
        "unknown",
        "output",
    ),
    *(
        "name",
        "default",
        "var",
        "==",
        "for",
        "until",
        "$ref",
        "type",
        "input_schema",
        "defaults",
        "queue",
        "mode",
    ),
    *("nodes", "start", "next", "branches", "weight", "signal", "any", "all", "count", "items", "catch"),
    *("while", "finally", "vars", "callback", "probe", "deadline", "definition", "status", "error"),
]
TEXTS = [
    *(
        "",
        "{{",
        "}}",
        "{{ }}",
        "{{ input.a }}",
        "{{ nodes.card.output }}",
        "{{ nodes..x }}",
        "{{ '",
        "task",
        "switch",
    ),
    *(
        "parallel",
        "loop",
        "p2",
        "nap",
        "async",
        "completed",
        "{{ callback.url }}",
        "{{ item }}",
        "10s",
        "P",
        "http://",
        "http://[",
        "http://x:y/",
        "a\nb",
        "\ud800",
        "\0",
        "$x",
        "x" * 5_000,
        "5xx",
    ),
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(TEXTS)
    | st.text(max_size=20)
    | st.binary(max_size=3)
)
KEYS = st.sampled_from(WORDS) | st.text(max_size=8) | st.integers() | st.none()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def containers(tree: Json) -> list[Json]:
    """Every list and object in a tree that has something in it."""
    found: list[Json] = [tree] if tree and isinstance(tree, dict | list) else []
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return found + [container for value in inner for container in containers(value)]


@st.composite
def bent(draw: st.DrawFn) -> Json:
    """The document with a few places changed, removed, added or exchanged."""
    tree = deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        found = containers(tree)
        if not found:
            break
        place = draw(st.sampled_from(found))
        key = draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
        change = draw(st.sampled_from(["replace", "remove", "add", "copy"]))
        if change == "replace":
            place[key] = draw(VALUES)
        elif change == "remove":
            del place[key]
        elif change == "copy":
            place[key] = deepcopy(draw(st.sampled_from(found)))
        elif isinstance(place, dict):
            place[draw(KEYS)] = draw(VALUES)
        else:
            place.append(draw(VALUES))
    return tree


def assert_read_or_refused(tree: Json) -> None:
    report = check(tree)
    assert {fault.code for fault in report.errors} <= ERRORS.keys()
    assert {fault.code for fault in report.warnings} <= WARNINGS.keys()
    assert all(fault.pointer == "" or fault.pointer.startswith("/") for fault in report.errors)
    assert (report.definition is None) is bool(report.errors)
    if report.definition is not None:
        made = compile_definition(report.definition)
        assert len(graph(report.definition)["nodes"]) == len(made.nodes)


def test_the_whole_document_is_good() -> None:
    assert check(WHOLE).errors == ()
    assert check(WHOLE).warnings == ()


@settings(deadline=None)
@given(bent())
def test_a_bent_document_is_read_or_refused(tree: Json) -> None:
    assert_read_or_refused(tree)


@settings(deadline=None)
@given(VALUES)
def test_any_value_is_read_or_refused(tree: Json) -> None:
    assert_read_or_refused(tree)


@settings(deadline=None)
@given(bent(), st.sampled_from(["json", "yaml"]), st.data())
def test_a_bent_text_is_read_and_its_faults_have_a_place_in_it(
    tree: Json, media: str, data: st.DataObject
) -> None:
    text = json.dumps(tree, default=repr, skipkeys=True, indent=data.draw(st.sampled_from([None, 1])))
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(st.sampled_from(["", "\t", "&a ", "*a", '"', "}", "\r\n", "# "])) + text[at:]
    try:
        source = read_source(text.encode("utf-8", "replace"), media)
        found = placed((*check(source.tree).errors, *check(source.tree).warnings), source.positions)
    except Rejected as rejected:
        found = rejected.errors
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for fault in found:
        assert fault.line is not None
        assert fault.column is not None
        assert 1 <= fault.line <= len(lines)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1

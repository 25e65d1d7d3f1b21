"""What changed is found, what is only written otherwise is not, and nothing depends on who asks first."""

from copy import deepcopy

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.definition.differing.meaning import meaning
from tests.definition.documents import (
    HANDLER,
    awaited,
    case,
    document,
    each,
    flow,
    http,
    node,
    switch,
    task,
)
from tests.definition.test_mutations import WHOLE, containers
from treadle.definition.differing.compare import compare
from treadle.definition.differing.difference import Difference
from treadle.definition.read import check, read_definition
from treadle.model.json import Json
from treadle.testing.definitions import definitions

A, B, C = task("a"), task("b"), task("c")


def compared(old: Json, new: Json) -> Difference:
    return compare(read_definition(old), read_definition(new))


def changes(old: Json, new: Json) -> list[tuple[str, Json, Json]]:
    """Pointer, old and new value of each change; None where there is none."""
    return [
        (change.pointer, *(None if value is msgspec.UNSET else value for value in (change.old, change.new)))
        for change in compared(old, new).changed
    ]


SAME: list[tuple[Json, Json]] = [
    (document(A, B), dict(reversed(document(A, B).items()))),
    (document(A), document(task("a", timeout="10s", on_unknown="retry", mode="sync"))),
    (document(task("a", timeout="60s")), document(task("a", timeout="1m"))),
    (document(task("a", timeout="1m")), document(task("a", timeout="PT1M"))),
    (document(A), document(A, priority=0, labels={}, vars={}, defaults={})),
    (
        document(A),
        document(
            task(
                "a", retry={"max_attempts": 3, "on": ["5xx", 429, 425, 408, "error", "connection", "unknown"]}
            )
        ),
    ),
    (document(task("a", timeout="1m")), document(A, defaults={"timeout": "1m"})),
    (document(task("a", retry={"initial": "1s"})), document(A, defaults={"retry": {"initial": "1s"}})),
    (document(http()), document(http(method="get", success=["2xx"], follow_redirects=False, headers={}))),
    (document(task("a", handler="h")), document(task("a", handler={"name": "h"}))),
    (document(node("child", definition="x")), document(node("child", definition="x", input={}, mode="wait"))),
    (document(switch("s", case(A))), document(switch("s", case(A), default=[]))),
    (
        document(node("parallel", "p", branches={"x": [A], "y": []})),
        document(node("parallel", "p", branches={"y": [], "x": [A]})),
    ),
    (
        document(node("parallel", "p", branches={"x": [A]})),
        document(node("parallel", "p", branches={"x": {"steps": [A]}})),
    ),
    (document(A, B), flow(task("a", next="b"), B)),
    (document(A, B), flow(B, task("a", next="b"))),
    (
        document(each(A, B)),
        document(node("each", "e", items=[1, 2], nodes=[task("a", next="b"), B], start="a")),
    ),
    (
        document(node("try", "t", steps=[A])),
        document(node("try", "t", steps=[A], **{"finally": [], "catch": []})),
    ),
    (
        document(node("end", "z", status="failed")),
        document(node("end", "z", status="failed", error={"code": "failed"})),
    ),
    (
        document(node("sleep", "z", until="2026-03-01T09:30:00Z")),
        document(node("sleep", "z", until="2026-03-01T10:30:00+01:00")),
    ),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_what_is_written_otherwise_and_means_the_same_is_no_difference(old: Json, new: Json) -> None:
    for found in (compared(old, new), compared(new, old)):
        assert found.is_empty
        assert found.is_cosmetic
        assert (found.for_running.reasons, found.for_new.reasons) == ((), ())


CHANGED: list[tuple[Json, Json, list[tuple[str, Json, Json]]]] = [
    (document(A), document(A, version="2"), [("/version", "1", "2")]),
    (document(A), document(A, description="d"), [("/description", None, "d")]),
    (document(A), document(A, labels={"team": "x"}), [("/labels/team", None, "x")]),
    (document(A), document(A, deadline="90s"), [("/deadline", None, "90s")]),
    (document(A), document(A, vars={"x": 1}), [("/vars/x", None, 1)]),
    (document(A), document(A, output=None), [("/output", None, None)]),
    (
        document(A, output={"a": [1, {"b": 2}]}),
        document(A, output={"a": [1, {"b": 3}]}),
        [("/output/a/1/b", 2, 3)],
    ),
    (document(A, vars={"x": 1}), document(A, vars={"x": True}), [("/vars/x", 1, True)]),
    (document(A), document(task("a", timeout="1m")), [("/steps/0/timeout", "10s", "1m")]),
    (
        document(A, B),
        document(A, B, defaults={"retry": {"max_attempts": 5}}),
        [("/steps/0/retry/max_attempts", 3, 5), ("/steps/1/retry/max_attempts", 3, 5)],
    ),
    (
        document(task("a", compensate=HANDLER)),
        document(task("a", compensate=HANDLER), defaults={"timeout": "1s"}),
        [("/steps/0/timeout", "10s", "1s"), ("/steps/0/compensate/timeout", "10s", "1s")],
    ),
    (
        document(awaited()),
        document(awaited(callback={"timeout": "1h", "fail_when": {"var": "body.x"}})),
        [("/steps/0/callback/fail_when", None, {"var": "body.x"})],
    ),
    (
        document(task("a", when={"==": [{"var": "input.a"}, 1]})),
        document(task("a", when={"==": [{"var": "input.a"}, 2]})),
        [("/steps/0/when", {"==": [{"var": "input.a"}, 1]}, {"==": [{"var": "input.a"}, 2]})],
    ),
    (
        document(switch("s", case(name="x"), case())),
        document(switch("s", case(name="y"), case())),
        [("/steps/0/cases/0/name", "x", "y")],
    ),
    (
        document(node("split", "s", branches={"x": {"weight": 1, "steps": []}})),
        document(node("split", "s", branches={"x": {"weight": 2, "steps": []}})),
        [("/steps/0/branches/x/weight", 1.0, 2.0)],
    ),
    (
        document(node("parallel", "s", branches={"x": []})),
        document(node("parallel", "s", branches={"x": [], "y": []})),
        [("/steps/0/branches/y", None, {})],
    ),
    (
        document(node("wait", "w", signal="x", timeout="1s")),
        document(node("wait", "w", signal="x", timeout="1s", on_timeout="continue")),
        [("/steps/0/on_timeout", "fail", "continue")],
    ),
    (
        document(node("emit", "m", topic="t", type="x", data=1)),
        document(node("emit", "m", topic="t", type="y", data=1)),
        [("/steps/0/type", "x", "y")],
    ),
    (
        document(node("try", "t", steps=[], catch=[{"on": ["error"], "steps": []}])),
        document(node("try", "t", steps=[], catch=[{"on": ["timeout", "error"], "steps": []}])),
        [("/steps/0/catch/0/on", ["error"], ["error", "timeout"])],
    ),
    (document(node("set", "s", vars={})), document(A | {"id": "s"}), [("/steps/0/kind", "set", "task")]),
    (
        flow(task("a", next="b"), task("b", next="c"), C),
        flow(task("a", next="c"), task("c", next="b"), B),
        [("/nodes/0/next", "b", "c"), ("/nodes/1/next", None, "b"), ("/nodes/2/next", "c", None)],
    ),
    (
        flow(task("a", next="b"), B),
        flow(task("b", next="a"), A, start="b"),
        [
            ("/start", "a", "b"),
            ("/nodes/0/next", None, "a"),
            ("/nodes/1/next", "b", None),
        ],
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), CHANGED)
def test_a_change_is_told_with_its_place_and_both_values(
    old: Json, new: Json, expected: list[tuple[str, Json, Json]]
) -> None:
    found = changes(old, new)
    assert found[: len(expected)] == expected
    extra = {pointer for pointer, _, _ in found[len(expected) :]}
    assert not extra or "/steps/0/kind" in dict.fromkeys(pointer for pointer, _, _ in expected)


def test_a_node_that_shifts_has_its_old_place_too() -> None:
    (change,) = compared(document(A), document(B, task("a", timeout="1m"))).changed
    assert (change.pointer, change.old_pointer) == ("/steps/1/timeout", "/steps/0/timeout")
    (change,) = compared(document(A), document(task("a", timeout="1m"))).changed
    assert change.old_pointer is None


@pytest.mark.parametrize(
    ("new", "is_cosmetic"),
    [
        (document(task("a", label="x")), True),
        (document(A, description="x", labels={"a": "b"}, version="2"), True),
        (document(task("a", label="x", timeout="1s")), False),
        (document(A, name="e"), False),
        (document(A, B), False),
    ],
)
def test_what_is_for_people_alone_is_cosmetic(new: Json, is_cosmetic: bool) -> None:
    found = compared(document(A), new)
    assert not found.is_empty
    assert found.is_cosmetic is is_cosmetic


def test_nodes_are_added_and_removed_with_all_that_is_in_them() -> None:
    old = document(A, node("parallel", "p", branches={"x": [B], "y": {"nodes": [C], "start": "c"}}))
    found = compared(old, document(A))
    assert [(place.id, place.kind, place.pointer, place.parent, place.body) for place in found.removed] == [
        ("p", "parallel", "/steps/1", None, ""),
        ("b", "task", "/steps/1/branches/x/0", "p", "x"),
        ("c", "task", "/steps/1/branches/y/nodes/0", "p", "y"),
    ]
    assert found.added == ()


def test_a_node_is_moved_to_another_body() -> None:
    old = document(A, switch("s", case(B), default=[C]))
    new = document(A, switch("s", case(), default=[C, B]))
    (move,) = compared(old, new).moved
    assert (move.id, move.old.body, move.new.body) == ("b", "0", "default")
    assert (move.old.pointer, move.new.pointer) == ("/steps/1/cases/0/steps/0", "/steps/1/default/1")


@pytest.mark.parametrize(
    ("new", "moved"),
    [
        ([A, B, C], []),
        ([B, A, C], ["b"]),
        ([C, A, B], ["c"]),
        ([B, C, A], ["a"]),
        ([task("x"), A, B, C], []),
        ([A, C], []),
        ([C, task("x"), A], ["c"]),
    ],
)
def test_as_few_nodes_as_can_be_are_moved_within_a_sequence(new: list[Json], moved: list[str]) -> None:
    assert [move.id for move in compared(document(A, B, C), document(*new)).moved] == moved


def test_what_moves_with_its_parent_is_not_moved_itself() -> None:
    old = document(A, node("shield", "s", steps=[B]))
    moved = compared(old, document(node("shield", "s", steps=[B]), A)).moved
    assert [move.id for move in moved] == ["s"]


def test_it_is_json() -> None:
    found = compared(document(A), document(task("a", when={"var": "input"}), B, name="e"))
    shown = msgspec.json.decode(msgspec.json.encode(found))
    assert shown["old"] | {"name": "d", "version": "1"} == shown["old"]
    assert shown["changed"] == [
        {"pointer": "/name", "field": "name", "old": "d", "new": "e"},
        {"pointer": "/steps/0/when", "node": "a", "field": "when", "new": {"var": "input"}},
    ]
    assert shown["added"] == [{"id": "b", "kind": "task", "pointer": "/steps/1", "parent": None, "body": ""}]
    assert shown["for_running"]["compatible"] is False
    assert {"code", "message", "pointer", "is_breaking"} == shown["for_running"]["reasons"][0].keys()


@settings(deadline=None, max_examples=25)
@given(definitions())
def test_a_definition_does_not_differ_from_itself(tree: Json) -> None:
    found = compared(tree, deepcopy(tree))
    assert found.is_empty
    assert found.for_running.reasons == found.for_new.reasons == ()
    assert found.old == found.new


@settings(deadline=None, max_examples=25)
@given(definitions(), definitions())
def test_what_one_adds_the_other_removes(one: Json, other: Json) -> None:
    there, back = compared(one, other), compared(other, one)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert len(there.moved) == len(back.moved)
    assert {change.field for change in there.changed} == {change.field for change in back.changed}
    assert (
        there.is_empty is back.is_empty is (meaning(read_definition(one)) == meaning(read_definition(other)))
    )


OTHERS: list[Json] = [
    *(
        None,
        True,
        0,
        1,
        2,
        0.5,
        404,
        "x",
        "a b",
        "10s",
        "1m",
        "5xx",
        "POST",
        "post",
        "{{ input.z }}",
        "http://z",
    ),
    *(
        ["2xx"],
        [],
        {},
        {"var": "input.z"},
        {"handler": "z"},
        "fail",
        "pause",
        "continue",
        "collect",
        "detach",
    ),
    *(
        [task("z")],
        {"nodes": [task("z")], "start": "z"},
        "retry",
        "completed",
        "sync",
        "z@1",
        [429, "unknown"],
    ),
]
"""Values of which some are good in most places."""


@st.composite
def altered(draw: st.DrawFn) -> Json:
    """The whole document with one value exchanged or left out; not always a good one."""
    tree = deepcopy(WHOLE)
    place = draw(st.sampled_from(containers(tree)))
    key = draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
    if draw(st.integers(0, 4)):
        place[key] = deepcopy(draw(st.sampled_from(OTHERS)))
    else:
        del place[key]
    return tree


@settings(deadline=None, max_examples=100)
@given(altered())
def test_there_is_a_difference_exactly_if_the_meaning_is_another(tree: Json) -> None:
    new = check(tree).definition
    if new is None:
        return
    old = read_definition(WHOLE)
    found = compare(old, new)
    assert found.is_empty is (meaning(old) == meaning(new))
    if found.is_cosmetic:
        assert found.for_running.compatible
        assert found.for_new.compatible

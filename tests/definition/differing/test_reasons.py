"""Every reason of the tables is reached, and is breaking or not as the tables say."""

from pathlib import Path

import pytest

from tests.definition.documents import (
    HANDLER,
    awaited,
    case,
    document,
    each,
    flow,
    http,
    node,
    reading,
    switch,
    task,
)
from treadle.definition.differing.codes import FOR_NEW, FOR_RUNNING, reference
from treadle.definition.differing.compare import compare
from treadle.definition.differing.difference import Difference
from treadle.definition.read import read_definition
from treadle.model.json import Json

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "differences.md"
A, B, C = task("a"), task("b"), task("c")
CALL: Json = {"url": "http://x", "verb": "POST"}
AB = document(A, B)


def end(node_id: str, output: Json) -> Json:
    return node("end", node_id, status="completed", output=output, when={"var": "input.x"})


def trama(version: str) -> Json:
    """The same document in the language of another system."""
    return {
        "name": "d",
        "version": version,
        "failureHandling": {"type": "retry", "maxAttempts": 1, "delayMillis": 10},
        "steps": [{"name": "a", "up": CALL, "down": CALL}],
    }


def compared(old: Json, new: Json) -> Difference:
    return compare(read_definition(old), read_definition(new))


RUNNING: dict[str, list[tuple[Json, Json, str]]] = {
    "definition_renamed": [(AB, document(A, B, name="e"), "/name")],
    "node_removed": [
        (AB, document(A), "/steps/1"),
        (AB, document(B), "/steps/0"),
        (document(switch("s", case(A, B))), document(switch("s", case(A))), "/steps/0/cases/0/steps/1"),
        (AB, document(A, task("c", timeout="1s")), "/steps/1"),
    ],
    "node_renamed": [
        (AB, document(A, C), "/steps/1"),
        (
            document(task("a", compensate={"handler": {"name": "u", "input": "{{ nodes.a.output }}"}})),
            document(task("b", compensate={"handler": {"name": "u", "input": "{{ nodes.b.output }}"}})),
            "/steps/0",
        ),
    ],
    "kind_changed": [(AB, document(A, node("set", "b", vars={})), "/steps/1")],
    "node_moved": [
        (AB, document(A, node("shield", "s", steps=[B])), "/steps/1/steps/0"),
        (
            document(switch("s", case(A), case(B))),
            document(switch("s", case(B), case(A))),
            "/steps/0/cases/0/steps/0",
        ),
        (
            document(node("parallel", "p", branches={"x": [A], "y": [B]})),
            document(node("parallel", "p", branches={"x": [A, B], "y": []})),
            "/steps/0/branches/x/1",
        ),
    ],
    "order_changed": [
        (AB, document(B, A), "/steps/0"),
        (document(A, B, C), document(B, C, A), "/steps/2"),
        (
            flow(task("a", next="b"), task("b", next="c"), C),
            flow(task("a", next="c"), task("c", next="b"), B),
            "/nodes/0",
        ),
        (
            flow(switch("a", {"when": {"var": "input"}, "next": "b"}, default="c"), B, C),
            flow(switch("a", {"when": {"var": "input"}, "next": "c"}, default="b"), B, C),
            "/nodes/0",
        ),
        (document(A, B, C), flow(task("a", next="c"), task("c", next="b"), B), "/nodes/0"),
    ],
    "activity_changed": [(document(http()), document(A), "/steps/0")],
    "mode_changed": [
        (document(A), document(awaited()), "/steps/0/mode"),
        (
            document(node("child", "a", definition="x")),
            document(node("child", "a", definition="x", mode="detach")),
            "/steps/0/mode",
        ),
    ],
    "wait_changed": [
        (
            document(node("wait", "a", any=[{"signal": "x"}, {"signal": "y"}])),
            document(node("wait", "a", all=[{"signal": "x"}, {"signal": "y"}])),
            "/steps/0",
        ),
        (
            document(node("wait", "a", signal="x")),
            document(node("wait", "a", signal="x", count=2)),
            "/steps/0",
        ),
    ],
    "branches_changed": [
        (
            document(node("parallel", "a", branches={"x": []})),
            document(node("parallel", "a", branches={"x": [], "y": []})),
            "/steps/0/branches",
        ),
        (
            document(node("race", "a", branches={"x": [], "y": []})),
            document(node("race", "a", branches={"x": []})),
            "/steps/0/branches",
        ),
    ],
    "item_failure_changed": [
        (document(each(A)), document(each(A, on_item_failure="collect")), "/steps/0/on_item_failure"),
    ],
    "compensation_added": [(AB, document(task("a", compensate=HANDLER), B), "/steps/0/compensate")],
    "compensation_removed": [(document(task("a", compensate=HANDLER), B), AB, "/steps/0")],
    "read_not_run": [
        (document(B), document(A, reading("nodes.a.output")), "/steps/1"),
        (document(B), document(A, B, output="{{ nodes.a.output }}"), "/output"),
        (document(B), document(A, task("b", when={"var": "nodes.a.output"})), "/steps/1"),
        (
            document(B),
            document(A, B, on_success={"handler": {"name": "h", "input": "{{ nodes.a.output }}"}}),
            "/on_success",
        ),
        (document(B), document(A, B, reading("nodes.a.output", "c")), "/steps/2"),
        (
            document(node("shield", "s", steps=[B])),
            document(A, node("shield", "s", steps=[B, reading("nodes.a.output", "c")])),
            "/steps/1/steps/1",
        ),
    ],
    "variable_not_set": [
        (document(A), document(reading("vars.x", "a"), vars={"x": 1}), "/vars/x"),
        (document(A), document(A, vars={"x": 1}, output="{{ vars.x }}"), "/vars/x"),
    ],
    "input_may_not_fit": [
        (document(), document(input_schema={"required": ["x"]}), "/input_schema"),
        (
            document(input_schema={"type": "object"}),
            document(input_schema={"type": "object", "required": ["x"]}),
            "/input_schema",
        ),
    ],
    "node_added": [(document(A), AB, "/steps/1")],
    "dialect_changed": [(trama("1"), document(A), "")],
}
NEW: dict[str, list[tuple[Json, Json, str]]] = {
    "definition_renamed": RUNNING["definition_renamed"],
    "input_may_be_refused": RUNNING["input_may_not_fit"],
    "output_may_change": [
        (AB, document(A, B, output=1), "/output"),
        (document(output={"x": 1}), document(output={"y": 1}), "/output"),
        (AB, document(A), "/output"),
        (AB, document(A, task("b", output="{{ body.x }}")), "/steps/1"),
        (AB, document(A, http("b")), "/steps/1"),
        (
            document(task("a", output=1), B, output="{{ nodes.a.output }}"),
            document(task("a", output=2), B, output="{{ nodes.a.output }}"),
            "/steps/0",
        ),
        (document(switch("s", case(A))), document(switch("s", case(A, B))), "/steps/0"),
        (document(end("a", 1), B), document(end("a", 2), B), "/steps/0"),
        (document(B), document(end("a", 1), B), "/steps/0"),
        (document(end("a", 1), B), document(B), "/steps/0"),
        (
            flow(task("a", next="b"), B),
            flow(task("a", next="b"), task("b", output=3)),
            "/nodes/1",
        ),
    ],
    "signal_removed": [
        (document(node("wait", "a", signal="x"), B), document(node("wait", "a", signal="y"), B), "/steps/0"),
    ],
    "signal_may_be_refused": [
        (
            document(node("wait", "a", signal="x"), B),
            document(node("wait", "a", signal="x", schema={"type": "object"}), B),
            "/steps/0/schema",
        ),
        (
            document(node("wait", "a", signal="x"), B),
            document(node("wait", "c", signal="x", schema={"type": "object"}), B),
            "/steps/0/schema",
        ),
    ],
    "message_removed": [
        (document(node("emit", "a", topic="t", type="x", data=1), B), document(B), "/steps/0"),
        (
            document(node("emit", "a", topic="t", type="x", data=1), B),
            document(node("emit", "a", topic="t", type="y", data=1), B),
            "/steps/0",
        ),
    ],
    "message_changed": [
        (
            document(node("emit", "a", topic="t", type="x", data={"a": 1}), B),
            document(node("emit", "a", topic="t", type="x", data={"a": 2}), B),
            "/steps/0/data/a",
        ),
    ],
    "handler_added": [
        (AB, document(task("a", handler="k"), B), "/steps/0"),
        (AB, document(task("a", compensate={"handler": "k"}), B), "/steps/0"),
        (AB, document(task("a", probe={"handler": "k"}), B), "/steps/0"),
        (document(http()), document(http(), on_failure={"handler": "k"}), "/on_failure"),
    ],
    "child_added": [
        (
            document(node("child", "a", definition="x@1"), B),
            document(node("child", "a", definition="x@2"), B),
            "/steps/0",
        ),
    ],
    "compensation_removed": RUNNING["compensation_removed"],
    "hook_changed": [
        (AB, document(A, B, on_cancel=HANDLER), "/on_cancel"),
        (document(on_success=HANDLER), document(on_success={"handler": "k"}), "/on_success"),
    ],
    "deadline_changed": [(AB, document(A, B, deadline="1h"), "/deadline")],
    "priority_changed": [(AB, document(A, B, priority=1), "/priority")],
}


def cases(table: dict[str, list[tuple[Json, Json, str]]]) -> list[tuple[str, Json, Json, str]]:
    return [(code, *found) for code, causes in table.items() for found in causes]


@pytest.mark.parametrize(("code", "old", "new", "pointer"), cases(RUNNING))
def test_a_reason_for_running_executions_is_told_where_it_is(
    code: str, old: Json, new: Json, pointer: str
) -> None:
    verdict = compared(old, new).for_running
    assert (code, pointer) in [(reason.code, reason.pointer) for reason in verdict.reasons]
    assert not (FOR_RUNNING[code].is_breaking and verdict.compatible)


@pytest.mark.parametrize(("code", "old", "new", "pointer"), cases(NEW))
def test_a_reason_for_new_executions_is_told_where_it_is(
    code: str, old: Json, new: Json, pointer: str
) -> None:
    verdict = compared(old, new).for_new
    assert (code, pointer) in [(reason.code, reason.pointer) for reason in verdict.reasons]
    assert not (FOR_NEW[code].is_breaking and verdict.compatible)


def test_every_reason_is_reached() -> None:
    assert RUNNING.keys() == FOR_RUNNING.keys()
    assert NEW.keys() == FOR_NEW.keys()


def test_the_reference_is_current() -> None:
    assert REFERENCE.read_text("utf-8") == reference(), (
        "python -m treadle.definition.differing writes it anew"
    )


GOES_ON: list[tuple[Json, Json]] = [
    (AB, AB),
    (AB, document(A, B, C)),
    (AB, document(C, A, B)),
    (AB, document(A, reading("nodes.a.output", "c"), B)),
    (document(A), document(B, reading("nodes.b.output", "c"), A)),
    (document(A), document(B, node("shield", "s", steps=[reading("nodes.b.output", "c")]), A)),
    (AB, document(task("a", timeout="1m", retry={"max_attempts": 9}), task("b", on_unknown="fail"))),
    (document(http()), document(http(body={"a": 1}, headers={"A": "b"}))),
    (AB, document(task("a", label="A"), B, description="d", labels={"a": "b"}, version="2")),
    (AB, document(A, B, deadline="1h", priority=3, on_failure=HANDLER, output="{{ nodes.a.output }}")),
    (AB, document(task("a", when={"var": "input.x"}), task("b", deadline="1h"))),
    (document(input_schema={"required": ["x"]}), document(input_schema={"required": []})),
    (document(input_schema={"required": ["x"]}), document()),
    (flow(task("a", next="b"), B), flow(task("a", next="c"), task("c", next="b"), B)),
    (document(each(A, concurrency=2)), document(each(A, concurrency=3))),
    (
        document(node("split", "a", branches={"x": {"weight": 1, "steps": []}})),
        document(
            node("split", "a", branches={"x": {"weight": 2, "steps": []}, "y": {"weight": 1, "steps": []}})
        ),
    ),
    (document(A, vars={"x": 1}), document(reading("vars.x", "a"), vars={"x": 2})),
    (document(A), document(A, vars={"x": 1})),
]


@pytest.mark.parametrize(("old", "new"), GOES_ON)
def test_a_running_execution_could_go_on(old: Json, new: Json) -> None:
    verdict = compared(old, new).for_running
    assert verdict.compatible, verdict.reasons
    assert {reason.code for reason in verdict.reasons} <= {"node_added"}


SAME_OUTSIDE: list[tuple[Json, Json]] = [
    (AB, AB),
    (AB, document(C, A, B)),
    (AB, document(A, task("b", timeout="1m", compensate=HANDLER))),
    (document(A, B, output="{{ nodes.a.output }}"), document(A, C, output="{{ nodes.a.output }}")),
    (document(input_schema={"required": ["x"]}), document(input_schema={"required": []})),
    (document(input_schema={"required": ["x"]}), document()),
    (
        document(node("wait", "a", signal="x", schema={"type": "object"}), B),
        document(node("wait", "a", any=[{"signal": "x"}, {"signal": "y"}]), B),
    ),
    (document(end("a", 1), B), document(end("a", 1), C, B)),
]


@pytest.mark.parametrize(("old", "new"), SAME_OUTSIDE)
def test_nobody_outside_has_to_change(old: Json, new: Json) -> None:
    verdict = compared(old, new).for_new
    assert verdict.compatible, verdict.reasons


def test_breaking_reasons_come_first() -> None:
    verdict = compared(AB, document(C, A, name="e", priority=1)).for_running
    flags = [reason.is_breaking for reason in verdict.reasons]
    assert flags == sorted(flags, reverse=True)
    assert {True, False} == set(flags)

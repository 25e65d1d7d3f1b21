"""What is wrong is refused at the line that wrote it, in the words of the reader of documents."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.workflow.writing import assert_says, graph, misuse, only_fault, refused, sequence, told_of
from treadle.model.json import Json
from treadle.workflow import (
    Workflow,
    body,
    callback,
    cel,
    defaults,
    execution,
    failure,
    handler,
    http,
    index,
    input_,
    item,
    retry,
    undo,
)

pytestmark = pytest.mark.filterwarnings("ignore::treadle.workflow.errors.WorkflowWarning")


def document(**node: Json) -> Json:
    return {"name": "d", "version": "1", "steps": [{"id": "a", "kind": "task", "handler": "h", **node}]}


def test_a_part_is_refused_at_its_own_line() -> None:
    w = sequence()

    def write() -> None:
        w.task(
            "a",
            handler("h"),
            retry=retry(max_attempts=0),  # refused here
        )

    fault = only_fault(refused(write))
    told = told_of(document(retry={"max_attempts": 0}))
    assert (fault.code, fault.message) == (told.code, told.message) == ("out_of_range", told.message)
    assert fault.pointer == "/max_attempts"
    w.task("a", handler("h"))
    assert_says(w, document()["steps"][0])


def test_a_node_is_refused_at_its_own_line_with_its_pointer() -> None:
    w = sequence()
    w.task("before", handler("h"))
    with w.try_("outer") as outer:
        w.task("inner", handler("h"))
    with outer.catch(), w.each("lines", input_.lines):
        fault = only_fault(refused(lambda: w.task("a", handler("h"), timeout="soon")))
    told = told_of(document(timeout="soon"))
    assert (fault.code, fault.message) == (told.code, told.message)
    assert fault.pointer == "/steps/1/catch/0/steps/0/steps/0/timeout"


PARTS: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: http("POST", "ftp://x"), "invalid_url", "/http/url"),
    (lambda: http("SEND", "http://x"), "invalid_method", "/http/method"),
    (lambda: http("http://x", success=[42]), "invalid_success", "/http/success/0"),
    (lambda: http("http://x", headers={"a b": "c"}), "invalid_header", "/http/headers/a b"),
    (lambda: http("http://x", body=f"{input_} {{{{"), "invalid_expression", "/http/body"),
    (lambda: http("http://x", body=body.id), "misplaced_root", "/http/body"),
    (lambda: handler(""), "invalid_name", "/handler"),
    (lambda: handler("h", input="{{ nodes.a }}"), "invalid_path", "/handler/input"),
    (lambda: handler("h", input={"n": Decimal(1)}), "malformed_document", "/handler/input/n"),
    (lambda: retry(initial="1 s"), "invalid_duration", "/initial"),
    (lambda: retry(jitter=2), "out_of_range", "/jitter"),
    (lambda: retry(on=["no way"]), "invalid_retry_on", "/on/0"),
    (lambda: retry(initial=timedelta(microseconds=1)), "invalid_duration", "/initial"),
    (lambda: retry(initial=timedelta(seconds=-1)), "invalid_duration", "/initial"),
    (lambda: undo(handler("h"), retry=None), "wrong_type", "/retry"),
    (lambda: callback(timeout=15), "wrong_type", "/timeout"),
    (lambda: callback(fail_when={"no": [1]}), "unknown_operator", "/fail_when"),
    (lambda: defaults(timeout="0s"), "out_of_range", "/defaults/timeout"),
    (lambda: Workflow("a b", "1"), "invalid_name", "/name"),
    (lambda: Workflow("d", "1", priority=101), "out_of_range", "/priority"),
    (
        lambda: Workflow("d", "1", input_schema={"type": "x"}),
        "invalid_schema",
        "/input_schema/type",
    ),
    (lambda: Workflow("d", "1", start=1), "wrong_type", "/start"),
]


@pytest.mark.parametrize(("write", "code", "pointer"), PARTS, ids=[code for _, code, _ in PARTS])
def test_each_part_is_refused_by_the_call_that_makes_it(
    write: Callable[[], Any], code: str, pointer: str
) -> None:
    fault = only_fault(refused(write))
    assert fault.code == code
    assert fault.pointer.startswith(pointer)


def w_in_each() -> Workflow:
    w = sequence()
    w.each("lines", input_.lines).__enter__()
    return w


NODES: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: sequence().task("a b", handler("h")), "invalid_id", "/steps/0/id"),
    (lambda: sequence().task("$a", handler("h")), "reserved_id", "/steps/0/id"),
    (lambda: sequence().task("a", handler("h"), next="b"), "misplaced_next", "/steps/0/next"),
    (lambda: sequence().task("a", handler("h"), label=7), "wrong_type", "/steps/0/label"),
    (lambda: sequence().task("a", handler("h"), when=True), "wrong_type", "/steps/0/when"),
    (lambda: sequence().task("a", handler("h"), on_unknown="hope"), "invalid_value", "/steps/0/on_unknown"),
    (lambda: sequence().task("a", handler("h"), mode="async"), "missing_field", "/steps/0"),
    (lambda: sequence().task("a", handler("h", input=item.x)), "misplaced_root", "/steps/0/handler/input"),
    (
        lambda: sequence().task("a", handler("h", input=failure.code)),
        "misplaced_root",
        "/steps/0/handler/input",
    ),
    (
        lambda: sequence().task("a", handler("h", input=callback.url)),
        "misplaced_root",
        "/steps/0/handler/input",
    ),
    (
        lambda: w_in_each().task("a", handler("h", input=failure)),
        "misplaced_root",
        "/steps/0/steps/0/handler/input",
    ),
    (lambda: sequence().sleep("a"), "missing_field", "/steps/0"),
    (lambda: sequence().sleep("a", for_="1s", until="{{ input.x }}"), "conflicting_fields", "/steps/0/until"),
    (lambda: sequence().sleep("a", until="soon"), "invalid_instant", "/steps/0/until"),
    (lambda: sequence().wait("a", any=["b", "b"]), "duplicate_signal", "/steps/0/any/1"),
    (lambda: sequence().wait("a", any="bcd"), "wrong_type", "/steps/0/any"),
    (lambda: sequence().child("a", "b c"), "invalid_name", "/steps/0/definition"),
    (lambda: sequence().emit("a", topic="t", type="x"), "missing_field", "/steps/0"),
    (lambda: sequence().set("a", {"x": "{{ no }}"}), "unknown_root", "/steps/0/vars/x"),
    (lambda: sequence().end("a", "stopped"), "invalid_value", "/steps/0/status"),
    (lambda: sequence().end("a", "completed", code="x"), "conflicting_fields", "/steps/0/error"),
    (lambda: sequence().each("a", "lines"), "wrong_type", "/steps/0/items"),
    (lambda: sequence().each("a", [], concurrency=0), "out_of_range", "/steps/0/concurrency"),
    (lambda: sequence().loop("a", while_=index < 3, until=index > 3), "conflicting_fields", "/steps/0/until"),
    (lambda: sequence().loop("a", until=index, max_iterations=0), "out_of_range", "/steps/0/max_iterations"),
    (lambda: sequence().try_("a", start=3), "wrong_type", "/steps/0/start"),
    (lambda: sequence().try_("a").catch("cancelled"), "invalid_value", "/steps/0/catch/0/on/0"),
    (lambda: sequence().parallel("a").branch("b c"), "invalid_name", "/steps/0/branches/b c"),
    (lambda: sequence().split("a").branch("b", weight=-1), "out_of_range", "/steps/0/branches/b/weight"),
    (lambda: sequence().switch("a").case(None), "wrong_type", "/steps/0/cases/0/when"),
    (lambda: sequence().switch("a").case(input_, next="b"), "misplaced_next", "/steps/0/cases/0/next"),
    (lambda: graph().switch("a").case(input_, next="b", start="c"), "conflicting_fields", "/nodes/0/cases/0"),
    (lambda: sequence().switch("a").default(next="b"), "misplaced_next", "/steps/0/default"),
    (lambda: sequence().output({"a": "{{ }}"}), "invalid_expression", "/output/a"),
    (
        lambda: sequence().on_cancel(handler("h", input=failure.code)),
        "misplaced_root",
        "/on_cancel/handler/input",
    ),
]


@pytest.mark.parametrize(("write", "code", "pointer"), NODES, ids=[f"{code}{at}" for _, code, at in NODES])
def test_each_node_is_refused_by_the_call_that_writes_it(
    write: Callable[[], Any], code: str, pointer: str
) -> None:
    fault = only_fault(refused(write))
    assert fault.code == code
    assert fault.pointer.startswith(pointer)


def test_a_second_case_of_one_name_is_refused() -> None:
    pay = sequence().switch("pay")
    pay.case(input_.a, name="one")
    fault = only_fault(refused(lambda: pay.case(input_.b, name="one")))
    assert (fault.code, fault.pointer) == ("duplicate_case", "/steps/0/cases/1/name")


def test_weights_are_looked_at_together() -> None:
    w = sequence()
    ab = w.split("ab")
    with ab.branch("never", weight=0):
        w.task("a", handler("h"))
    with ab.branch("always", weight=1):
        w.task("b", handler("h"))
    assert w.build().name == "d"


def test_a_taken_id_is_refused_at_the_second_line_and_names_the_first() -> None:
    w = sequence()
    w.task("a", handler("h"))
    with w.shield("safe"):
        fault = only_fault(refused(lambda: w.task("a", handler("h"))))
    assert (fault.code, fault.pointer) == ("duplicate_id", "/steps/1/steps/0/id")
    assert f"{__file__}:" in fault.message


def test_a_default_reaches_what_is_checked() -> None:
    w = Workflow("d", "1", defaults=defaults(callback=callback(timeout="1h")))
    w.task("a", handler("h", input=callback.url), mode="async")
    assert w.build().name == "d"


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda: retry(attempts=3), "retry() got an unexpected keyword argument 'attempts'"),
        (lambda: http("http://x", proxy="a"), "http() got an unexpected keyword argument 'proxy'"),
        (lambda: sequence().task("a", handler("h"), lable="x"), "task() got an unexpected keyword"),
        (lambda: sequence().try_("a", catch=[]), "try() got an unexpected keyword argument 'catch'"),
        (lambda: sequence().try_("a").catch(on="x"), "catch() got an unexpected keyword"),
        (lambda: sequence().switch("a").case(input_, then=1), "case() got an unexpected keyword"),
        (lambda: sequence().on_failure(handler("h"), timeout="1s"), "on_failure() got an unexpected"),
        (lambda: Workflow("d", "1", steps=[]), "Workflow() got an unexpected keyword argument 'steps'"),
        (lambda: sequence().task("a", "h"), "task() calls an http(...) or a handler(...), not a str"),
        (lambda: sequence().on_failure("h"), "on_failure() calls an http(...) or a handler(...)"),
        (lambda: sequence().task("a", activity=handler("h")), "missing 1 required positional argument"),
    ],
)
def test_a_call_that_python_would_refuse_is_refused_by_python(write: Callable[[], Any], told: str) -> None:
    assert told in str(refused(write, as_=TypeError))


def test_what_is_nested_without_an_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert only_fault_code(refused(lambda: handler("h", input=endless))) == "too_deep"


def only_fault_code(error: Exception) -> str:
    return error.errors[0].code  # type: ignore[attr-defined]  # a WorkflowError


def test_an_instant_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - what is to be refused
    error = refused(lambda: sequence().sleep("a", until=naive))
    assert only_fault_code(error) == "invalid_instant"


def test_logic_and_nodes_are_no_values() -> None:
    w = sequence()
    a = w.task("a", handler("h"))
    told = misuse(refused(lambda: handler("h", input={"big": input_.a > 1})))
    assert "JSON Logic is for conditions" in told
    told = misuse(refused(lambda: w.output([a])))
    assert "write `.output` after it" in told


def test_an_index_from_the_end_is_refused() -> None:
    assert "counts from 0" in misuse(refused(lambda: input_.lines[-1]))


def test_cel_and_execution_are_values() -> None:
    w = sequence()
    w.task("a", handler("h", input=[cel("input.a"), execution.id]))
    given = {"name": "h", "input": ["{{ input.a }}", "{{ execution.id }}"]}
    assert_says(w, {"id": "a", "kind": "task", "handler": given})


def test_what_was_refused_leaves_nothing_behind() -> None:
    w = sequence()
    pay, ship, ab, choice = w.try_("pay"), w.parallel("ship"), w.split("ab"), w.switch("choice")
    with pay:
        w.task("a", handler("h"))
    with ship.branch("one"):
        w.task("b", handler("h"))
    with ab.branch("one", weight=1):
        w.task("c", handler("h"))
    for write in (
        lambda: w.task("d", handler("h"), timeout="soon"),
        lambda: w.task("a", handler("h")),
        lambda: pay.catch("cancelled"),
        lambda: pay.finally_(start=1),
        lambda: ship.branch("b c"),
        lambda: ab.branch("two", weight=-1),
        lambda: choice.case(None),
        lambda: choice.default(next="a"),
        lambda: w.output("{{ }}"),
        lambda: w.on_failure(handler("h", input=item)),
    ):
        refused(write)
    a, b, c = ({"id": name, "kind": "task", "handler": "h"} for name in "abc")
    assert_says(
        w,
        {"id": "pay", "kind": "try", "steps": [a]},
        {"id": "ship", "kind": "parallel", "branches": {"one": [b]}},
        {"id": "ab", "kind": "split", "branches": {"one": {"weight": 1, "steps": [c]}}},
        {"id": "choice", "kind": "switch", "cases": []},
    )


def test_an_id_that_is_no_text_is_one_fault() -> None:
    for w in (sequence(), graph()):
        fault = only_fault(refused(lambda w=w: w.task(5, handler("h"))))
        assert (fault.code, fault.pointer[-5:]) == ("wrong_type", "/0/id")

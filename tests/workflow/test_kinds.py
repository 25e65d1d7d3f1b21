"""Each kind of node, written by its call, is the node that the document says."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.workflow.writing import assert_is, assert_says, sequence
from treadle.workflow import (
    Workflow,
    body,
    callback,
    cel,
    defaults,
    execution,
    failure,
    handler,
    headers,
    http,
    index,
    input_,
    item,
    retry,
    status,
    undo,
    vars_,
)

pytestmark = pytest.mark.filterwarnings("ignore::treadle.workflow.errors.WorkflowWarning")

H = {"handler": "h"}


def test_a_task_that_calls_a_handler() -> None:
    w = sequence()
    w.task("a", handler("h"))
    w.task("b", handler("mail.send", input={"to": input_.to, "n": [1, None, True]}), label="tell")
    assert_says(
        w,
        {"id": "a", "kind": "task", "handler": "h"},
        {
            "id": "b",
            "kind": "task",
            "handler": {"name": "mail.send", "input": {"to": "{{ input.to }}", "n": [1, None, True]}},
            "label": "tell",
        },
    )


def test_a_task_that_makes_a_call() -> None:
    w = sequence()
    w.task("a", http("http://x/y"))
    w.task(
        "b",
        http(
            "POST",
            f"http://x/{input_.id}",
            query={"q": input_.q, "page": 1},
            headers={"X-Id": execution.id},
            body=None,
            success=["2xx", 404],
            follow_redirects=True,
        ),
    )
    assert_says(
        w,
        {"id": "a", "kind": "task", "http": {"url": "http://x/y"}},
        {
            "id": "b",
            "kind": "task",
            "http": {
                "method": "POST",
                "url": "http://x/{{ input.id }}",
                "query": {"q": "{{ input.q }}", "page": 1},
                "headers": {"X-Id": "{{ execution.id }}"},
                "body": None,
                "success": ["2xx", 404],
                "follow_redirects": True,
            },
        },
    )


def test_a_task_with_all_its_policies() -> None:
    w = sequence()
    w.task(
        "a",
        handler("h"),
        mode="sync",
        timeout=timedelta(seconds=3),
        retry=retry(
            max_attempts=5,
            initial=timedelta(milliseconds=1500),
            multiplier=1.5,
            max="1m",
            jitter=0,
            on=[429, "5xx"],
        ),
        on_unknown="pause",
        probe=http("http://x/known"),
        compensate=handler("undo"),
        output={"id": body.id, "status": status, "tag": headers["e-tag"]},
        deadline="PT1H",
        when={"!": [input_.done]},
    )
    assert_says(
        w,
        {
            "id": "a",
            "kind": "task",
            "handler": "h",
            "mode": "sync",
            "timeout": "3s",
            "retry": {
                "max_attempts": 5,
                "initial": "1500ms",
                "multiplier": 1.5,
                "max": "1m",
                "jitter": 0,
                "on": [429, "5xx"],
            },
            "on_unknown": "pause",
            "probe": {"http": {"url": "http://x/known"}},
            "compensate": {"handler": "undo"},
            "output": {"id": "{{ body.id }}", "status": "{{ status }}", "tag": '{{ headers["e-tag"] }}'},
            "deadline": "PT1H",
            "when": {"!": [{"var": "input.done"}]},
        },
    )


def test_an_async_task() -> None:
    w = sequence()
    call = http("POST", "http://x/y", body={"to": callback.url, "with": callback.token})
    w.task("a", call, callback=callback(timeout="15m", fail_when=body.status == "no", success_when=body.ok))
    assert_says(
        w,
        {
            "id": "a",
            "kind": "task",
            "http": {
                "method": "POST",
                "url": "http://x/y",
                "body": {"to": "{{ callback.url }}", "with": "{{ callback.token }}"},
            },
            "mode": "async",
            "callback": {
                "timeout": "15m",
                "fail_when": {"==": [{"var": "body.status"}, "no"]},
                "success_when": {"var": "body.ok"},
            },
        },
    )


def test_an_async_task_that_waits_as_the_defaults_say() -> None:
    w = Workflow("d", "1", defaults=defaults(callback=callback(timeout="1h")))
    w.task("a", handler("h"), mode="async")
    assert_says(
        w, {"id": "a", "kind": "task", **H, "mode": "async"}, defaults={"callback": {"timeout": "1h"}}
    )


def test_a_compensation_with_all_that_belongs_to_it() -> None:
    w = sequence()
    key = "{{ nodes.a.idempotency_key }}"
    w.task(
        "a",
        handler("h"),
        compensate=undo(
            handler("undo", input="{{ nodes.a.output.id }}"),
            unknown=http("DELETE", "http://x/y", headers={"X-Key": key}),
            retry=retry(max_attempts=20),
        ),
    )
    assert_says(
        w,
        {
            "id": "a",
            "kind": "task",
            **H,
            "compensate": {
                "handler": {"name": "undo", "input": "{{ nodes.a.output.id }}"},
                "unknown": {
                    "http": {"method": "DELETE", "url": "http://x/y", "headers": {"X-Key": key}},
                },
                "retry": {"max_attempts": 20},
            },
        },
    )


def test_a_switch() -> None:
    w = sequence()
    pay = w.switch("pay", label="how")
    with pay.case(input_.method == "pix", name="pix"):
        w.task("pix", handler("h"))
    with pay.case({"in": [input_.method, ["card", "debit"]]}):
        pass
    pay.case(input_.is_free)
    with pay.default():
        w.task("other", handler("h"))
    assert_says(
        w,
        {
            "id": "pay",
            "kind": "switch",
            "label": "how",
            "cases": [
                {
                    "when": {"==": [{"var": "input.method"}, "pix"]},
                    "name": "pix",
                    "steps": [{"id": "pix", "kind": "task", **H}],
                },
                {"when": {"in": [{"var": "input.method"}, ["card", "debit"]]}, "steps": []},
                {"when": {"var": "input.is_free"}},
            ],
            "default": [{"id": "other", "kind": "task", **H}],
        },
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"for_": "10s", "jitter": "5ms"}, {"for": "10s", "jitter": "5ms"}),
        ({"for_": timedelta(days=2)}, {"for": "2d"}),
        ({"for_": input_.pause}, {"for": "{{ input.pause }}"}),
        ({"until": input_.at}, {"until": "{{ input.at }}"}),
        ({"until": "2026-03-01T09:30:00Z"}, {"until": "2026-03-01T09:30:00Z"}),
        ({"until": datetime(2026, 3, 1, 9, 30, tzinfo=UTC)}, {"until": "2026-03-01T09:30:00.000Z"}),
    ],
)
def test_a_sleep(given: dict[str, object], said: dict[str, object]) -> None:
    w = sequence()
    w.sleep("a", **given)
    assert_says(w, {"id": "a", "kind": "sleep", **said})


def test_waits() -> None:
    w = sequence()
    w.wait(
        "a",
        signal="go",
        count=2,
        timeout=timedelta(hours=36),
        on_timeout="continue",
        schema={"type": "object"},
    )
    w.wait("b", any=("go", "stop"))
    w.wait("c", all=["go", "stop"], schema=True)
    assert_says(
        w,
        {
            "id": "a",
            "kind": "wait",
            "signal": "go",
            "count": 2,
            "timeout": "36h",
            "on_timeout": "continue",
            "schema": {"type": "object"},
        },
        {"id": "b", "kind": "wait", "any": [{"signal": "go"}, {"signal": "stop"}]},
        {"id": "c", "kind": "wait", "all": [{"signal": "go"}, {"signal": "stop"}], "schema": True},
    )


@pytest.mark.parametrize("kind", ["parallel", "race"])
def test_branches(kind: str) -> None:
    w = sequence()
    ship = w.parallel("ship") if kind == "parallel" else w.race("ship")
    with ship.branch("label"):
        w.task("a", handler("h"))
        w.task("b", handler("h"))
    with ship.branch("nothing"):
        pass
    with ship.branch("drawn", start="d"):
        w.task("c", handler("h"))
        w.task("d", handler("h"), next="c")
    a, b, c, d = ({"id": name, "kind": "task", **H} for name in "abcd")
    drawn = {"nodes": [c, {**d, "next": "c"}], "start": "d"}
    branches = {"label": [a, b], "nothing": [], "drawn": drawn}
    assert_says(w, {"id": "ship", "kind": kind, "branches": branches})


def test_a_split() -> None:
    w = sequence()
    ab = w.split("ab")
    with ab.branch("new", weight=1):
        w.task("a", handler("h"))
    with ab.branch("old", weight=0.5, start="b"):
        w.task("b", handler("h"))
    a, b = ({"id": name, "kind": "task", **H} for name in "ab")
    branches = {"new": {"weight": 1, "steps": [a]}, "old": {"weight": 0.5, "nodes": [b], "start": "b"}}
    assert_says(w, {"id": "ab", "kind": "split", "branches": branches})


def test_an_each() -> None:
    w = sequence()
    with w.each("lines", input_.lines, concurrency=3, on_item_failure="collect"):
        w.task("pick", handler("h", input={"sku": item.sku, "at": index}))
    with w.each("fixed", [1, input_.two]):
        pass
    pick = {"name": "h", "input": {"sku": "{{ item.sku }}", "at": "{{ index }}"}}
    assert_says(
        w,
        {
            "id": "lines",
            "kind": "each",
            "items": "{{ input.lines }}",
            "concurrency": 3,
            "on_item_failure": "collect",
            "steps": [{"id": "pick", "kind": "task", "handler": pick}],
        },
        {"id": "fixed", "kind": "each", "items": [1, "{{ input.two }}"], "steps": []},
    )


def test_loops() -> None:
    w = Workflow("d", "1", vars={"done": False})
    with w.loop("a", while_=index < 3, max_iterations=5):
        w.task("b", handler("h", input=index))
    with w.loop("c", until=vars_.done, start="d"):
        w.task("d", handler("h"))
    b = {"id": "b", "kind": "task", "handler": {"name": "h", "input": "{{ index }}"}}
    d = {"id": "d", "kind": "task", **H}
    assert_says(
        w,
        {"id": "a", "kind": "loop", "while": {"<": [{"var": "index"}, 3]}, "max_iterations": 5, "steps": [b]},
        {"id": "c", "kind": "loop", "until": {"var": "vars.done"}, "nodes": [d], "start": "d"},
        vars={"done": False},
    )


def test_a_try() -> None:
    w = sequence()
    with w.try_("pay") as pay:
        w.task("a", handler("h"))
    with pay.catch("timeout", "error"):
        w.task("b", handler("h", input=failure.code))
    with pay.catch(start="c"):
        w.task("c", handler("h"))
    with pay.finally_():
        w.task("e", handler("h"))
    a, c, e = ({"id": name, "kind": "task", **H} for name in "ace")
    b = {"id": "b", "kind": "task", "handler": {"name": "h", "input": "{{ failure.code }}"}}
    assert_says(
        w,
        {
            "id": "pay",
            "kind": "try",
            "steps": [a],
            "catch": [{"on": ["timeout", "error"], "steps": [b]}, {"nodes": [c], "start": "c"}],
            "finally": [e],
        },
    )


def test_a_shield() -> None:
    w = sequence()
    with w.shield("safe", deadline="1h"):
        w.task("a", handler("h"))
    assert_says(
        w,
        {"id": "safe", "kind": "shield", "deadline": "1h", "steps": [{"id": "a", "kind": "task", **H}]},
    )


def test_children() -> None:
    w = sequence()
    w.child("a", "part")
    w.child("b", Workflow("part", "2"), input={"id": input_.id}, compensate=handler("undo"))
    w.child("c", "part@1", mode="detach")
    assert_says(
        w,
        {"id": "a", "kind": "child", "definition": "part"},
        {
            "id": "b",
            "kind": "child",
            "definition": "part@2",
            "input": {"id": "{{ input.id }}"},
            "compensate": {"handler": "undo"},
        },
        {"id": "c", "kind": "child", "definition": "part@1", "mode": "detach"},
    )


def test_an_emit_and_a_set() -> None:
    w = sequence()
    w.emit("a", topic="orders", type="order.placed", data={"id": input_.id}, key=input_.id)
    w.set("b", {"region": "eu", "order": input_})
    assert_says(
        w,
        {
            "id": "a",
            "kind": "emit",
            "topic": "orders",
            "type": "order.placed",
            "data": {"id": "{{ input.id }}"},
            "key": "{{ input.id }}",
        },
        {"id": "b", "kind": "set", "vars": {"region": "eu", "order": "{{ input }}"}},
    )


def test_ends() -> None:
    w = sequence()
    w.end("a", "completed", output=None, when=input_.a == 1)
    w.end("b", "failed", code="refused", message=f"no {input_.what}", when=input_.b != 2)
    w.end("c", "failed")
    assert_says(
        w,
        {
            "id": "a",
            "kind": "end",
            "status": "completed",
            "output": None,
            "when": {"==": [{"var": "input.a"}, 1]},
        },
        {
            "id": "b",
            "kind": "end",
            "status": "failed",
            "error": {"code": "refused", "message": "no {{ input.what }}"},
            "when": {"!=": [{"var": "input.b"}, 2]},
        },
        {"id": "c", "kind": "end", "status": "failed"},
    )


def test_a_graph() -> None:
    w = Workflow("d", "1", start="choose")
    choose = w.switch("choose", next="last")
    choose.case(input_.a == 1, next="first", name="one")
    choose.default(next="last")
    last = w.task("last", handler("h"))
    w.task("first", handler("h"), next=last)
    assert_is(
        w,
        {
            "name": "d",
            "version": "1",
            "nodes": [
                {
                    "id": "choose",
                    "kind": "switch",
                    "next": "last",
                    "cases": [{"when": {"==": [{"var": "input.a"}, 1]}, "next": "first", "name": "one"}],
                    "default": "last",
                },
                {"id": "last", "kind": "task", **H},
                {"id": "first", "kind": "task", **H, "next": "last"},
            ],
            "start": "choose",
        },
    )


def test_the_document_around_the_nodes() -> None:
    w = Workflow(
        "d",
        "1",
        description="all of it",
        labels={"team": "orders"},
        input_schema={"type": "object", "required": ["id"]},
        defaults=defaults(timeout="20s", retry=retry(max_attempts=2), on_unknown="fail"),
        deadline=timedelta(days=1),
        priority=-5,
        vars={"region": "eu", "tries": 0},
    )
    a = w.task("a", handler("h"))
    w.output({"a": a.output})
    w.on_success(handler("tell"))
    w.on_failure(http("POST", "http://x/y", body={"why": failure.message}), retry=retry(max_attempts=9))
    w.on_cancel(handler("tell", input={"at": execution.started_at}))
    assert_says(
        w,
        {"id": "a", "kind": "task", **H},
        description="all of it",
        labels={"team": "orders"},
        input_schema={"type": "object", "required": ["id"]},
        defaults={"timeout": "20s", "retry": {"max_attempts": 2}, "on_unknown": "fail"},
        deadline="1d",
        priority=-5,
        vars={"region": "eu", "tries": 0},
        output={"a": "{{ nodes.a.output }}"},
        on_success={"handler": "tell"},
        on_failure={
            "http": {"method": "POST", "url": "http://x/y", "body": {"why": "{{ failure.message }}"}},
            "retry": {"max_attempts": 9},
        },
        on_cancel={"handler": {"name": "tell", "input": {"at": "{{ execution.started_at }}"}}},
    )


def test_the_document_is_given_as_bytes_too() -> None:
    w = sequence()
    w.task("a", handler("h"))
    assert w.to_json() == b'{"name":"d","version":"1","steps":[{"id":"a","kind":"task","handler":"h"}]}'


def test_to_change_a_document_that_was_given_out_changes_nothing() -> None:
    w = sequence()
    given = {"to": ["a"]}
    w.task("a", handler("h", input=given))
    given["to"].append("b")
    w.document()["steps"].clear()
    assert_says(w, {"id": "a", "kind": "task", "handler": {"name": "h", "input": {"to": ["a"]}}})


def test_one_part_serves_several_nodes() -> None:
    w = sequence()
    often, call = retry(max_attempts=9), handler("h")
    for name in "ab":
        w.task(name, call, retry=often, compensate=call)
    part = {**H, "retry": {"max_attempts": 9}, "compensate": H}
    assert_says(w, *({"id": name, "kind": "task", **part} for name in "ab"))


def test_an_expression_of_cel_stands_in_braces_where_a_value_is() -> None:
    w = sequence()
    w.task("a", handler("h", input={"n": cel("input.n"), "text": f"is {cel('input.n')}"}))
    given = {"n": "{{ input.n }}", "text": "is {{ input.n }}"}
    assert_says(w, {"id": "a", "kind": "task", "handler": {"name": "h", "input": given}})

"""Every code of the table is reached, at the pointer where its cause stands."""

from pathlib import Path

import pytest

from tests.definition.documents import (
    HANDLER,
    asking,
    awaited,
    case,
    document,
    each,
    errors,
    flow,
    http,
    message,
    node,
    reading,
    switch,
    task,
    warnings,
)
from tests.definition.trama.documents import call, saga, step
from tests.definition.trama.documents import flow as trama_flow
from tests.definition.trama.documents import task as trama_task
from treadle.definition.bounds import DEFAULT_BOUNDS, DocumentBounds
from treadle.definition.faults import ERRORS, FAULTS_MAX, WARNINGS, reference
from treadle.definition.read import check, read_definition
from treadle.model.errors import Rejected
from treadle.model.json import Json

NODES_MAX = DEFAULT_BOUNDS.nodes
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"


def nested(depth: int) -> Json:
    """A switch whose default holds a switch and so on, with `depth` bodies, the root counted."""
    node: Json = task("leaf")
    for level in range(depth - 1):
        node = switch(f"s{level}", default=[node])
    return document(node)


def deep(depth: int) -> Json:
    value: Json = 1
    for _ in range(depth):
        value = [value]
    return value


def assigning(*names: str) -> Json:
    """A `set` of these variables."""
    return node("set", "v", vars=dict.fromkeys(names, 1))


def called(**fields: Json) -> Json:
    """An async task that tells where the answer goes."""
    return awaited(**asking("callback.url"), **fields)


CLOSED: Json = {
    "type": "object",
    "properties": {"order": {"properties": {"id": {}}, "additionalProperties": False}},
    "additionalProperties": False,
}
CAUSES: dict[str, list[tuple[Json, str]]] = {
    "malformed_document": [
        (document(labels={"a": "\ud800"}), "/labels/a"),
        (document(vars={1: "a"}), "/vars"),
        (document(vars={"a": b"bytes"}), "/vars/a"),
    ],
    "too_deep": [(document(vars={"a": deep(63)}), "/vars/a" + "/0" * 62)],
    "path_too_long": [
        (document(vars={"x" * 4_096: 1}), "/vars"),
        (document(vars={"a": [{"b" * 4_000: [{"c" * 100: 1}]}]}), "/vars/a/0/" + "b" * 4_000 + "/0"),
    ],
    "wrong_type": [
        ([], ""),
        ("text", ""),
        (document(version=1), "/version"),
        (document(steps={}), "/steps"),
        (document("a"), "/steps/0"),
        (document(task(when=True)), "/steps/0/when"),
        (document(priority=True), "/priority"),
        (document(labels={"a": 1}), "/labels/a"),
        (document(defaults={"timeout": 10}), "/defaults/timeout"),
        (document(task(retry={"multiplier": "2"})), "/steps/0/retry/multiplier"),
        (document(http(follow_redirects="no")), "/steps/0/http/follow_redirects"),
        (document(http(success="2xx")), "/steps/0/http/success"),
        (document(task(compensate=None)), "/steps/0/compensate"),
        (document(switch("s", default=3)), "/steps/0/default"),
        (document(task(handler=[])), "/steps/0/handler"),
        (document(task(next=1)), "/steps/0/next"),
        (document(task(deadline=1)), "/steps/0/deadline"),
        (document(deadline=1), "/deadline"),
        (document(node("wait", any="a")), "/steps/0/any"),
        (document(node("wait", any=["a"])), "/steps/0/any/0"),
        (document(node("parallel", branches=[])), "/steps/0/branches"),
        (document(node("race", branches={"a": "b"})), "/steps/0/branches/a"),
        (document(node("split", branches={"a": []})), "/steps/0/branches/a"),
        (document(node("split", branches={"a": {"weight": "1", "steps": []}})), "/steps/0/branches/a/weight"),
        (document(node("each", items="a,b", steps=[])), "/steps/0/items"),
        (document(node("each", items=None, steps=[])), "/steps/0/items"),
        (document(node("each", items="x {{ input.a }}", steps=[])), "/steps/0/items"),
        (document(node("each", items="{{ input.a }}{{ input.b }}", steps=[])), "/steps/0/items"),
        (document(node("each", items="{{ input.a }}\n", steps=[])), "/steps/0/items"),
        (document(node("each", items="{{ {'a': 1} }}", steps=[])), "/steps/0/items"),
        (document(**{"$schema": 1}), "/$schema"),
        (document(node("loop", until=True, steps=[])), "/steps/0/until"),
        (document(node("try", steps=[], catch={})), "/steps/0/catch"),
        (document(node("try", steps=[], catch=[[]])), "/steps/0/catch/0"),
        (document(node("try", steps=[], catch=[{"on": "error", "steps": []}])), "/steps/0/catch/0/on"),
        (document(node("shield", steps={})), "/steps/0/steps"),
        (document(node("emit", topic=1, type="t", data=None)), "/steps/0/topic"),
        (document(node("set", vars=[])), "/steps/0/vars"),
        (document(node("end", status="failed", error="no")), "/steps/0/error"),
        (flow("a", "b"), "/nodes/0"),
        (document(http(headers={"A": 1})), "/steps/0/http/headers/A"),
    ],
    "missing_field": [
        ({"version": "1", "steps": []}, ""),
        ({"name": "a", "version": "1"}, ""),
        (document({"kind": "task", "handler": "h"}), "/steps/0"),
        (document({"id": "a"}), "/steps/0"),
        (document({"id": "a", "kind": "task"}), "/steps/0"),
        (document(task(http={})), "/steps/0/http"),
        (document(task(handler={})), "/steps/0/handler"),
        (document({"id": "a", "kind": "sleep"}), "/steps/0"),
        (document({"id": "a", "kind": "switch"}), "/steps/0"),
        (document(switch("s", {"steps": []})), "/steps/0/cases/0"),
        (document(task(compensate={})), "/steps/0/compensate"),
        (document(task(compensate={"handler": "u", "unknown": {}})), "/steps/0/compensate/unknown"),
        (document(on_failure={}), "/on_failure"),
        ({"name": "a", "version": "1", "nodes": []}, ""),
        ({"name": "a", "version": "1", "start": "a"}, ""),
        (document(task(mode="async")), "/steps/0"),
        (document(task(probe={})), "/steps/0/probe"),
        (document(node("wait")), "/steps/0"),
        (document(node("wait", all=[{}])), "/steps/0/all/0"),
        (document(node("wait", signal="s", on_timeout="fail")), "/steps/0"),
        (document(node("parallel")), "/steps/0"),
        (document(node("race", branches={"a": {}})), "/steps/0/branches/a"),
        (document(node("split", branches={"a": {"steps": []}})), "/steps/0/branches/a"),
        (document(node("each", items=[])), "/steps/0"),
        (document(node("each", steps=[])), "/steps/0"),
        (document(node("loop", steps=[])), "/steps/0"),
        (document(node("try", catch=[{}])), "/steps/0"),
        (document(node("try", steps=[], catch=[{}])), "/steps/0/catch/0"),
        (document(node("shield", nodes=[])), "/steps/0"),
        (document(node("child")), "/steps/0"),
        (document(node("emit", topic="a", type="b")), "/steps/0"),
        (document(node("emit", topic="a", data="b")), "/steps/0"),
        (document(node("emit", type="a", data="b")), "/steps/0"),
        (document(node("set")), "/steps/0"),
        (document(node("end")), "/steps/0"),
    ],
    "unknown_field": [
        (document(stpes=[]), "/stpes"),
        (document(task(timout="1s")), "/steps/0/timout"),
        (document(http(uri="x")), "/steps/0/http/uri"),
        (document(task(retry={"maximum": "1s"})), "/steps/0/retry/maximum"),
        (document(task(compensate={"handler": "u", "timeout": "1s"})), "/steps/0/compensate/timeout"),
        (document(on_cancel={"handler": "u", "when": {}}), "/on_cancel/when"),
        (document(switch("s", case(id="x"))), "/steps/0/cases/0/id"),
        (document(task(handler={"name": "h", "args": 1})), "/steps/0/handler/args"),
        (document({"id": "a", "kind": "sleep", "for": "1s", "retry": {}}), "/steps/0/retry"),
        (document(**{"a/b~c": 1}), "/a~1b~0c"),
        (document(task(probe={"handler": "p", "retry": {}})), "/steps/0/probe/retry"),
        (document(defaults={"callback": {"url": "x"}}), "/defaults/callback/url"),
        (document(node("wait", signal="s", retry={})), "/steps/0/retry"),
        (
            document(node("parallel", branches={"a": {"steps": [], "weight": 1}})),
            "/steps/0/branches/a/weight",
        ),
        (document(node("try", steps=[], catch=[{"when": {}, "steps": []}])), "/steps/0/catch/0/when"),
        (document(node("end", status="failed", error={"kind": "x"})), "/steps/0/error/kind"),
    ],
    "conflicting_fields": [
        (document(http(auth="key", headers={"authorization": "x"})), "/steps/0/http/auth"),
        (document(task(http={"url": "http://x"}, handler="h")), "/steps/0/handler"),
        (
            document({"id": "a", "kind": "sleep", "for": "1s", "until": "2030-01-01T00:00:00Z"}),
            "/steps/0/until",
        ),
        (document(nodes=[], start="a"), "/nodes"),
        (document(start="a"), "/start"),
        (document(node("shield", steps=[], nodes=[], start="a")), "/steps/0/nodes"),
        (flow(switch("a", case(next="a"))), "/nodes/0/cases/0/steps"),
        (flow(switch("a", {"when": {"var": "input"}, "next": "a", "nodes": []})), "/nodes/0/cases/0/nodes"),
        (document(task(callback={"timeout": "1h"})), "/steps/0/callback"),
        (document(node("wait", signal="a", any=[{"signal": "b"}])), "/steps/0/any"),
        (document(node("wait", all=[{"signal": "a"}], count=2)), "/steps/0/count"),
        (document(node("loop", **{"while": {"var": "index"}, "until": {"var": "index"}})), "/steps/0/until"),
        (document(node("child", definition="d", mode="detach", compensate=HANDLER)), "/steps/0/compensate"),
        (document(node("end", status="completed", error={})), "/steps/0/error"),
        (document(node("end", status="failed", output=1)), "/steps/0/output"),
    ],
    "invalid_value": [
        (document(task(on_unknown="explode")), "/steps/0/on_unknown"),
        (document(task(mode="later")), "/steps/0/mode"),
        (document(node("wait", signal="s", timeout="1s", on_timeout="stop")), "/steps/0/on_timeout"),
        (document(node("each", items=[], steps=[], on_item_failure="skip")), "/steps/0/on_item_failure"),
        (
            document(node("try", steps=[], catch=[{"on": ["cancelled"], "steps": []}])),
            "/steps/0/catch/0/on/0",
        ),
        (document(node("try", steps=[], catch=[{"on": [1], "steps": []}])), "/steps/0/catch/0/on/0"),
        (document(node("try", steps=[], catch=[{"on": [], "steps": []}])), "/steps/0/catch/0/on"),
        (document(node("child", definition="d", mode="forget")), "/steps/0/mode"),
        (document(node("emit", topic="", type="t", data=1)), "/steps/0/topic"),
        (document(node("emit", topic="t", type="t", data=1, key="")), "/steps/0/key"),
        (document(node("end", status="cancelled")), "/steps/0/status"),
    ],
    "out_of_range": [
        (document(priority=101), "/priority"),
        (document(priority=-101), "/priority"),
        (document(task(retry={"max_attempts": 0})), "/steps/0/retry/max_attempts"),
        (document(task(retry={"multiplier": 0.5})), "/steps/0/retry/multiplier"),
        (document(task(retry={"jitter": 1.5})), "/steps/0/retry/jitter"),
        (document(task(timeout="0s")), "/steps/0/timeout"),
        (document(task(deadline="0s")), "/steps/0/deadline"),
        (document(task(mode="async", callback={"timeout": "0s"})), "/steps/0/callback/timeout"),
        (document(node("wait", any=[])), "/steps/0/any"),
        (document(node("wait", all=[{"signal": f"s{i}"} for i in range(65)])), "/steps/0/all"),
        (document(node("wait", signal="s", count=0)), "/steps/0/count"),
        (document(node("wait", signal="s", count=1_001)), "/steps/0/count"),
        (document(node("each", items=[], steps=[], concurrency=0)), "/steps/0/concurrency"),
        (
            document(node("loop", until={"var": "index"}, steps=[], max_iterations=0)),
            "/steps/0/max_iterations",
        ),
        (document(node("split", branches={"a": {"weight": -1, "steps": []}})), "/steps/0/branches/a/weight"),
        (document(vars={"a": 2**63}), "/vars/a"),
        (document(vars={"a": float("nan")}), "/vars/a"),
        (document(vars={"a": [float("-inf")]}), "/vars/a/0"),
    ],
    "unknown_kind": [(document({"id": "a", "kind": "tsak"}), "/steps/0/kind")],
    "unsupported_field": [
        (document(node("wait", message={"topic": "t"})), "/steps/0/message"),
        (document(node("wait", any=[{"message": {}}])), "/steps/0/any/0/message"),
    ],
    "unsupported_activity": [
        (document(task(queue="shipping")), "/steps/0/queue"),
        (document(on_success={"message": {}}), "/on_success/message"),
        (document(task(compensate={"wasm": "x"})), "/steps/0/compensate/wasm"),
    ],
    "unsupported_expression": [
        (document(output="{{#if input.a}}"), "/output"),
        (document(output={"{{ input.a }}": 1}), "/output/{{ input.a }}"),
    ],
    "hyphenated_id": [
        (document(task("a-b"), output="{{ nodes.a-b.output + 1 }}"), "/output"),
        (document(task(when="size(nodes.pay-auth.output) > 0")), "/steps/0/when"),
    ],
    "unknown_function": [
        (document(task(when="input.a.startWith('x')")), "/steps/0/when"),
        (document(output="{{ sise(input.a) }}"), "/output"),
    ],
    "expression_too_deep": [(document(output="{{ " + "[" * 60 + "]" * 60 + " }}"), "/output")],
    "invalid_pattern": [(document(task(when="input.a.matches('(')")), "/steps/0/when")],
    "invalid_expression": [(document(http(url="http://x/{{ input.a")), "/steps/0/http/url")],
    "expression_too_long": [(document(output="{{ input.a }}" + "x" * 4_096), "/output")],
    "invalid_path": [
        (document(http(query={"q": "{{ input..a }}"})), "/steps/0/http/query/q"),
        (document(awaited(handler={"name": "h", "input": "{{ callback }}"})), "/steps/0/handler/input"),
        (document(awaited(handler={"name": "h", "input": "{{ callback.urls }}"})), "/steps/0/handler/input"),
    ],
    "unknown_root": [(document(http(body={"a": ["{{ inptu.a }}"]})), "/steps/0/http/body/a/0")],
    "misplaced_root": [
        (document(task(when={"var": "secrets.k"})), "/steps/0/when"),
        (document(output="{{ secrets.k }}"), "/output"),
        (document(reading("failure.code")), "/steps/0/handler/input"),
        (
            document(on_cancel={"handler": {"name": "h", "input": "{{ failure.code }}"}}),
            "/on_cancel/handler/input",
        ),
        (document(reading("item.x")), "/steps/0/handler/input"),
        (document(reading("index")), "/steps/0/handler/input"),
        (document(reading("body.x")), "/steps/0/handler/input"),
        (document(reading("callback.url")), "/steps/0/handler/input"),
        (document(called(when="callback.url == 'x'")), "/steps/0/when"),
        (document(awaited(**asking("callback.url + '/x'"))), "/steps/0/handler/input"),
        (document(awaited(when={"var": "callback.url"})), "/steps/0/when"),
        (document(awaited(output="{{ callback.token }}")), "/steps/0/output"),
        (document(awaited(compensate=asking("callback.url"))), "/steps/0/compensate/handler/input"),
        (document(awaited(probe=asking("callback.url"))), "/steps/0/probe/handler/input"),
        (
            document(awaited(callback={"timeout": "1s", "fail_when": {"var": "status"}})),
            "/steps/0/callback/fail_when",
        ),
        (
            document(awaited(callback={"timeout": "1s", "success_when": {"var": "callback.token"}})),
            "/steps/0/callback/success_when",
        ),
        (
            document(awaited(http={"url": "http://x", "query": {"q": ["{{ callback.url }}"]}})),
            "/steps/0/http/query/q/0",
        ),
        (document(node("each", items=["{{ item }}"], steps=[])), "/steps/0/items/0"),
        (document(node("loop", until={"var": "item"}, steps=[])), "/steps/0/until"),
        (
            document(node("loop", until={"var": "index"}, steps=[reading("item")])),
            "/steps/0/steps/0/handler/input",
        ),
        (document(node("try", steps=[reading("failure.code")])), "/steps/0/steps/0/handler/input"),
        (
            document(node("try", steps=[], **{"finally": [reading("failure.code")]})),
            "/steps/0/finally/0/handler/input",
        ),
    ],
    "unbounded_condition": [
        (
            document(
                task(
                    when={"reduce": [{"var": "input.a"}, [{"var": "accumulator"}, {"var": "accumulator"}], 1]}
                )
            ),
            "/steps/0/when/reduce",
        ),
        (document(task(when={"substr": [{"map": [{"var": "input.a"}, 1]}, 1]})), "/steps/0/when/substr"),
    ],
    "computed_path": [
        (document(task(when={"var": {"var": "input.a"}})), "/steps/0/when"),
        (document(output="{{ nodes[input.a].output }}"), "/output"),
    ],
    "unknown_operator": [(document(task(when={"and": [1, {"nope": 1}]})), "/steps/0/when/and/1")],
    "invalid_arity": [
        (document(switch("s", case(when={"==": [1]}))), "/steps/0/cases/0/when"),
        (document(switch("s", case(when="input.a.startsWith()"))), "/steps/0/cases/0/when"),
    ],
    "invalid_condition": [
        (document(task(when={})), "/steps/0/when"),
        (document(task(when="'a' + 'b'")), "/steps/0/when"),
        (document(task(when="{{ input.a }}")), "/steps/0/when"),
    ],
    "unknown_node": [
        (document(output="{{ nodes.b.output }}"), "/output"),
        (document(output={"x": "{{ size(nodes.b.output.items) + 1 }}"}), "/output"),
        (document(task(when='nodes["b-c"].output.ok')), "/steps/0/when"),
        (document(output="{{ nodes.b.?output.orValue(1) }}"), "/output"),
        (document(output="{{ input.items.map(i, i.a + nodes.b.output.a) }}"), "/output"),
    ],
    "node_not_before": [
        (document(reading("nodes.b.output", "b")), "/steps/0/handler/input"),
        (document(reading("[nodes.b.output, 1]"), task("b")), "/steps/0/handler/input"),
        (document(task(when="has(nodes.b.output.x)"), task("b")), "/steps/0/when"),
    ],
    "node_in_iteration": [
        (
            document(node("loop", **{"while": "nodes.b.output > 1", "steps": [task("b")]}), task("c")),
            "/steps/0/while",
        ),
        (document(each(task("a")), reading("nodes.a.output")), "/steps/1/handler/input"),
        (document(each(task("a")), output="{{ nodes.a.output }}"), "/output"),
        (
            document(each(each(task("a"), node_id="f"), reading("nodes.a.output"))),
            "/steps/0/steps/1/handler/input",
        ),
        (
            document(node("loop", **{"while": {"var": "nodes.b.output"}, "steps": [task("b")]})),
            "/steps/0/while",
        ),
    ],
    "unknown_variable": [
        (document(reading("vars.a")), "/steps/0/handler/input"),
        (document(reading("vars.a.b"), vars={"b": 1}), "/steps/0/handler/input"),
        (document(task(when={"var": "vars.a"})), "/steps/0/when"),
        (document(on_cancel=asking("vars.a")), "/on_cancel/handler/input"),
    ],
    "variable_not_before": [
        (document(reading("vars.a"), assigning("a")), "/steps/0/handler/input"),
        (document(task(when={"var": "vars.a"}), assigning("a")), "/steps/0/when"),
        (document(node("set", "s", vars={"a": "{{ vars.a }}"})), "/steps/0/vars/a"),
    ],
    "unknown_next": [
        (flow(task("a", next="b")), "/nodes/0/next"),
        (flow(task("a"), start="b"), "/start"),
        (flow(switch("a", {"when": {"var": "input"}, "next": "b"})), "/nodes/0/cases/0/next"),
        (flow(switch("a", default="b")), "/nodes/0/default"),
        (flow(node("shield", "a", nodes=[task("b", next="a")], start="b")), "/nodes/0/nodes/0/next"),
        (flow(), "/start"),
    ],
    "misplaced_next": [
        (document(task("a", next="b"), task("b")), "/steps/0/next"),
        (document(switch("a", {"when": {"var": "input"}, "next": "b"}), task("b")), "/steps/0/cases/0/next"),
        (document(switch("a", default="b"), task("b")), "/steps/0/default"),
        (flow(node("shield", "a", steps=[task("b", next="b")])), "/nodes/0/steps/0/next"),
    ],
    "unreachable_node": [
        (flow(task("a"), task("b")), "/nodes/1"),
        (flow(task("a"), task("b", next="c"), task("c", next="b")), "/nodes/2"),
        (flow(node("end", "a", status="completed", next="b"), task("b")), "/nodes/1"),
        (document(node("shield", "s", nodes=[task("a"), task("b")], start="a")), "/steps/0/nodes/1"),
        (flow(task("a"), {"kind": "task"}), "/nodes/1"),
    ],
    "compensated_cycle": [
        (flow(task("a", next="a", compensate=HANDLER)), "/nodes/0/compensate"),
        (flow(task("a", next="b"), task("b", next="a", compensate=HANDLER)), "/nodes/1/compensate"),
        (
            flow(node("shield", "a", steps=[task("b", compensate=HANDLER)], next="a")),
            "/nodes/0/steps/0/compensate",
        ),
    ],
    "no_branches": [
        (document(node(kind, branches={})), "/steps/0/branches") for kind in ("parallel", "race", "split")
    ],
    "too_many_branches": [
        (document(node("parallel", branches={f"b{i}": [] for i in range(65)})), "/steps/0/branches"),
    ],
    "no_weight": [
        (document(node("split", branches={"a": {"weight": 0, "steps": []}})), "/steps/0/branches"),
    ],
    "duplicate_signal": [
        (document(node("wait", any=[{"signal": "a"}, {"signal": "a"}])), "/steps/0/any/1/signal"),
    ],
    "invalid_name": [
        (document(http(auth="a b")), "/steps/0/http/auth"),
        (document(node("wait", signal="a b")), "/steps/0/signal"),
        (document(node("parallel", branches={"a b": []})), "/steps/0/branches/a b"),
        (document(node("child", definition="a@1@2")), "/steps/0/definition"),
        (document(node("child", definition="{{ input.d }}")), "/steps/0/definition"),
        (document(node("end", status="failed", error={"code": "a b"})), "/steps/0/error/code"),
        (document(name="a b"), "/name"),
        (document(version=""), "/version"),
        (document(version="1@2"), "/version"),
        (document(name="x" * 129), "/name"),
        (document(task(handler="")), "/steps/0/handler"),
        (document(task(handler={"name": "{{ input.a }}"})), "/steps/0/handler/name"),
    ],
    "invalid_id": [
        (document(task("a b")), "/steps/0/id"),
        (document(task("1a")), "/steps/0/id"),
        (document(task("x" * 65)), "/steps/0/id"),
        (document(task("")), "/steps/0/id"),
    ],
    "reserved_id": [(document(task("$on_success")), "/steps/0/id")],
    "duplicate_id": [
        (document(task("a"), task("a")), "/steps/1/id"),
        (document(switch("s", case(task("a"))), task("a")), "/steps/1/id"),
    ],
    "duplicate_case": [(document(switch("s", case(name="x"), case(name="x"))), "/steps/0/cases/1/name")],
    "too_many_nodes": [
        (document(*(task(f"n{i}") for i in range(NODES_MAX + 1))), "/steps"),
        (flow(*(task(f"n{i}", next=f"n{i + 1}") for i in range(NODES_MAX + 1)), start="n0"), "/nodes"),
    ],
    "nested_too_deep": [(nested(17), "/steps/0" + "/default/0" * 16)],
    "invalid_duration": [
        (document(task(timeout="10")), "/steps/0/timeout"),
        (document({"id": "a", "kind": "sleep", "for": "soon"}), "/steps/0/for"),
    ],
    "invalid_instant": [(document({"id": "a", "kind": "sleep", "until": "tomorrow"}), "/steps/0/until")],
    "invalid_method": [(document(http(method="FETCH")), "/steps/0/http/method")],
    "invalid_url": [
        (document(http(url="ftp://x")), "/steps/0/http/url"),
        (document(http(url="x/y")), "/steps/0/http/url"),
        (document(http(url="http://")), "/steps/0/http/url"),
        (document(http(url="http://x:99999/")), "/steps/0/http/url"),
        (document(http(url="http://x/a b")), "/steps/0/http/url"),
        (document(http(url="http://x/\n{{ input.a }}")), "/steps/0/http/url"),
    ],
    "invalid_header": [
        (document(http(headers={"A B": "1"})), "/steps/0/http/headers/A B"),
        (document(http(headers={"A": "1\n2"})), "/steps/0/http/headers/A"),
        (document(http(headers={"Content-Length": "1"})), "/steps/0/http/headers/Content-Length"),
        (document(http(headers={"X-A": "1", "x-a": "2"})), "/steps/0/http/headers/x-a"),
    ],
    "invalid_success": [
        (document(http(success=["2xx", "20"])), "/steps/0/http/success/1"),
        (document(http(success=[True])), "/steps/0/http/success/0"),
        (document(http(success=[])), "/steps/0/http/success"),
    ],
    "invalid_retry_on": [
        (document(task(retry={"on": ["6xx"]})), "/steps/0/retry/on/0"),
        (document(task(retry={"on": [None]})), "/steps/0/retry/on/0"),
        (document(task(retry={"on": [True]})), "/steps/0/retry/on/0"),
    ],
    "invalid_schema": [
        (document(input_schema={"type": "strin"}), "/input_schema/type"),
        (document(input_schema={"$ref": "http://elsewhere/x"}), "/input_schema"),
        (document(input_schema={"$ref": "file:///etc/hostname"}), "/input_schema"),
        (document(input_schema={"$ref": "#/$defs/x"}), "/input_schema"),
        (
            document(input_schema={"$schema": "http://json-schema.org/draft-07/schema#"}),
            "/input_schema/$schema",
        ),
        (document(input_schema=[]), "/input_schema"),
        (document(input_schema=None), "/input_schema"),
        (document(node("wait", signal="s", schema={"type": 1})), "/steps/0/schema/type"),
    ],
    "too_many_faults": [(document(**{f"x{i}": 1 for i in range(FAULTS_MAX + 1)}), "")],
}

SUSPICIONS: dict[str, list[tuple[Json, str]]] = {
    "compensation_may_not_render": [
        (
            document(task("a", compensate={"handler": {"name": "u", "input": "{{ nodes.a.output.id }}"}})),
            "/steps/0/compensate/handler/input",
        ),
    ],
    "may_be_skipped": [
        (document(task("a", when="input.x"), reading("nodes.a.output.y")), "/steps/1/handler/input"),
        (document(http("a") | {"when": "input.x"}, reading("nodes.a.response")), "/steps/1/handler/input"),
        (
            document(task("a", when="input.x"), task("b", when="nodes.a.output.y > 1")),
            "/steps/1/when",
        ),
    ],
    "path_in_brackets": [
        (document(task(when={"var": "input.items[0]"})), "/steps/0/when/var"),
    ],
    "may_not_have_run": [
        (document(switch("s", case(task("a"))), reading("nodes.a.output")), "/steps/1/handler/input"),
        (document(task("a"), on_failure=asking("nodes.a.output")), "/on_failure/handler/input"),
        (document(task("a"), on_cancel=asking("nodes.a.status")), "/on_cancel/handler/input"),
        (
            document(
                switch("s", case(node("end", "e", status="completed"))),
                task("a"),
                output="{{ nodes.a.output }}",
            ),
            "/output",
        ),
        (
            document(
                switch("s", case(node("end", "e", status="completed", output=1))),
                task("a"),
                output="{{ nodes.a.output }}",
                on_success=asking("nodes.a.output"),
            ),
            "/on_success/handler/input",
        ),
    ],
    "unreachable_case": [
        (document(switch("s", case(when={"==": [1, 1]}), case(task("a")))), "/steps/0/cases/1"),
        (document(switch("s", case(when={"!": False}), default=[task("a")])), "/steps/0/default"),
        (flow(switch("s", case(when={"!": False}), default="t"), task("t"), start="s"), "/nodes/0/default"),
        (document(switch("s", case(), case(task("a")))), "/steps/0/cases/1"),
        (document(switch("s", case(when={"!": True}), case())), "/steps/0/cases/0"),
        (document(node("try", steps=[], catch=[{"steps": []}, {"steps": []}])), "/steps/0/catch/1"),
        (
            document(
                node("try", steps=[], catch=[{"on": [kind], "steps": []} for kind in ("error", "error")])
            ),
            "/steps/0/catch/1",
        ),
    ],
    "unreachable_after_end": [
        (document(node("end", status="completed"), task("b")), "/steps/1"),
        (
            flow(
                switch("a", {"when": {"var": "input"}, "next": "e"}, default="b"),
                node("end", "e", status="completed", next="b"),
                task("b"),
            ),
            "/nodes/1/next",
        ),
    ],
    "unknown_retry_class": [(document(task(retry={"on": ["unknwon"]})), "/steps/0/retry/on/0")],
    "max_below_initial": [(document(task(retry={"initial": "1m"})), "/steps/0/retry")],
    "template_not_rendered": [(document(reading("vars.a"), vars={"a": "{{ input.a }}"}), "/vars/a")],
    "variable_may_be_unset": [
        (document(switch("s", case(assigning("a"))), reading("vars.a")), "/steps/1/handler/input"),
        (document({**assigning("a"), "when": {"var": "input"}}, reading("vars.a")), "/steps/1/handler/input"),
        (document(assigning("a"), on_failure=asking("vars.a")), "/on_failure/handler/input"),
    ],
    "unused_variable": [(document(vars={"a": 1}), "/vars/a"), (document(vars={"a/b": 1}), "/vars/a~1b")],
    "no_response": [
        (document(task("a"), reading("nodes.a.response.status")), "/steps/1/handler/input"),
        (document(switch("s", case()), task(when={"var": "nodes.s.response"})), "/steps/1/when"),
    ],
    "unknown_output_field": [
        (document(switch("s", case()), reading("nodes.s.output.valeu")), "/steps/1/handler/input"),
        (document(node("sleep", **{"for": "1s"}), reading("nodes.a.output.at")), "/steps/1/handler/input"),
        (document(node("race", branches={"x": []}), reading("nodes.a.output.x")), "/steps/1/handler/input"),
        (
            document(node("parallel", branches={"x": []}), reading("nodes.a.output.y")),
            "/steps/1/handler/input",
        ),
        (
            document(node("split", branches={"x": {"weight": 1, "steps": []}}), reading("nodes.a.output.x")),
            "/steps/1/handler/input",
        ),
        (
            document(node("child", definition="d", mode="detach"), reading("nodes.a.output.x")),
            "/steps/1/handler/input",
        ),
        (document(assigning("x"), reading("nodes.v.output.y")), "/steps/1/handler/input"),
        (
            document(node("emit", topic="t", type="t", data=1), reading("nodes.a.output.id")),
            "/steps/1/handler/input",
        ),
        (
            document(node("wait", any=[{"signal": "x"}], timeout="1s"), reading("nodes.a.output.x")),
            "/steps/1/handler/input",
        ),
    ],
    "constant_condition": [
        (
            document(
                node(
                    "race",
                    "r",
                    branches={
                        "x": [node("loop", "l", steps=[task()], **{"while": "false"})],
                        "y": [task("b")],
                    },
                )
            ),
            "/steps/0/branches/x/0/while",
        ),
        (
            document(
                node("parallel", "p", branches={"x": [node("loop", "l", steps=[], **{"while": "true"})]})
            ),
            "/steps/0/branches/x/0/while",
        ),
        (document(task(when={"==": [1, 1]})), "/steps/0/when"),
        (document(task(when={"==": [1, 2]})), "/steps/0/when"),
        (document(node("loop", **{"while": {"!": False}, "steps": []})), "/steps/0/while"),
        (document(node("loop", until={"!": True}, steps=[])), "/steps/0/until"),
        (
            document(called(callback={"timeout": "1h", "fail_when": {"!": True}})),
            "/steps/0/callback/fail_when",
        ),
    ],
    "endless_cycle": [
        (flow(task("a", next="b"), task("b", next="a")), "/nodes/0"),
        (flow(task("a", next="b"), task("b", next="b")), "/nodes/1"),
        (
            flow(switch("a", {"when": {"var": "input"}, "next": "a"}, default="b"), task("b", next="a")),
            "/nodes/0",
        ),
    ],
    "input_not_in_schema": [
        (document(reading("input.b"), input_schema=CLOSED), "/steps/0/handler/input"),
        (document(reading("input.order.idd"), input_schema=CLOSED), "/steps/0/handler/input"),
        (document(task(when={"var": "input.b"}), input_schema=CLOSED), "/steps/0/when"),
        (
            document(reading("input.oder"), input_schema={"properties": {"order": {}}}),
            "/steps/0/handler/input",
        ),
    ],
    "unknown_schema_word": [
        (document(input_schema={"requierd": ["a"]}), "/input_schema/requierd"),
        (document(input_schema={"allOf": [{"propertis": {}}]}), "/input_schema/allOf/0/propertis"),
        (
            document(input_schema={"properties": {"a/b": {"items": {"minlength": 1}}}}),
            "/input_schema/properties/a~1b/items/minlength",
        ),
        (document(node("wait", signal="s", timeout="1s", schema={"tpye": "text"})), "/steps/0/schema/tpye"),
    ],
    "encoded_scheme": [(document(http(url="{{ input.base }}/x")), "/steps/0/http/url")],
    "callback_not_sent": [
        (document(awaited()), "/steps/0/handler"),
        (document(awaited(http={"method": "POST", "url": "http://x"})), "/steps/0/http"),
        (document(awaited(probe=asking("nodes.a.idempotency_key"))), "/steps/0/handler"),
    ],
    "method_missing": [
        (document(http(body={})), "/steps/0/http"),
        (document(task(compensate={"http": {"url": "http://x"}})), "/steps/0/compensate/http"),
        (
            document(task(compensate={**HANDLER, "unknown": {"http": {"url": "http://x"}}})),
            "/steps/0/compensate/unknown/http",
        ),
        (document(task(probe={"http": {"url": "http://x", "body": 1}})), "/steps/0/probe/http"),
        (document(on_success={"http": {"url": "http://x", "body": 1}}), "/on_success/http"),
    ],
    "nothing_to_compensate": [(document(task(on_unknown="compensate")), "/steps/0/on_unknown")],
    "longer_than_deadline": [
        (document(task(timeout="11s", deadline="10s")), "/steps/0/timeout"),
        (document(task(timeout="11s"), deadline="10s"), "/steps/0/timeout"),
        (document(task(deadline="11s"), deadline="10s"), "/steps/0/deadline"),
        (document(node("sleep", "z", **{"for": "PT1M"}), deadline="10s"), "/steps/0/for"),
        (
            document(node("shield", "s", steps=[node("wait", signal="x", timeout="1h")], deadline="59m")),
            "/steps/0/steps/0/timeout",
        ),
        (document(called(callback={"timeout": "1h"}, deadline="30m")), "/steps/0/callback/timeout"),
    ],
    "wait_without_end": [
        (document(node("wait", signal="x")), "/steps/0"),
        (document(each(node("wait", signal="x"))), "/steps/0/steps/0"),
    ],
    "retry_never_happens": [
        (document(task(retry={"max_attempts": 1, "initial": "1s"})), "/steps/0/retry"),
        (document(task(retry={"on": []})), "/steps/0/retry"),
        (document(task(retry={"on": ["5xx", "connection"]})), "/steps/0/retry"),
        (document(http() | {"retry": {"on": ["error", "callback"]}}), "/steps/0/retry"),
        (
            document(task(retry={"initial": "1s"}), defaults={"retry": {"max_attempts": 1}}),
            "/steps/0/retry",
        ),
        (
            document(task(compensate={**HANDLER, "retry": {"max_attempts": 1, "max": "1m"}})),
            "/steps/0/compensate/retry",
        ),
    ],
}

TRAMA_SUSPICIONS: dict[str, list[tuple[Json, str]]] = {
    "ignored_field": [
        (saga(step(), retries=1), "/retries"),
        (saga(step(up=call(methd="GET"))), "/steps/0/up/methd"),
        (
            trama_flow(trama_task(successStatusCodes=[200], callback={"timeoutMillis": 1})),
            "/nodes/0/action/callback",
        ),
    ],
    "unset_variable": [
        (saga(step(up=call(body="{{paylod.id}}"))), "/steps/0/up/body"),
        (saga(step(up=call(body={"of": ["{{nodes.a.response.body.id}}"]}))), "/steps/0/up/body/of/0"),
    ],
}
ALL_SUSPICIONS = SUSPICIONS | TRAMA_SUSPICIONS


@pytest.mark.parametrize(
    ("code", "tree", "pointer"),
    [(code, tree, pointer) for code, causes in CAUSES.items() for tree, pointer in causes],
    ids=[f"{code}-{index}" for code, causes in CAUSES.items() for index in range(len(causes))],
)
def test_an_error_has_its_code_at_its_pointer(code: str, tree: Json, pointer: str) -> None:
    assert (pointer, code) in errors(tree)


@pytest.mark.parametrize(
    ("code", "tree", "pointer"),
    [(code, tree, pointer) for code, causes in ALL_SUSPICIONS.items() for tree, pointer in causes],
)
def test_a_warning_has_its_code_at_its_pointer(code: str, tree: Json, pointer: str) -> None:
    assert warnings(tree) == [(pointer, code)]


def test_every_code_of_the_tables_is_reached() -> None:
    assert CAUSES.keys() == ERRORS.keys()
    assert ALL_SUSPICIONS.keys() == WARNINGS.keys()


def test_nothing_is_noted_that_the_tables_do_not_have() -> None:
    for tree, _ in (cause for causes in (*CAUSES.values(), *ALL_SUSPICIONS.values()) for cause in causes):
        report = check(tree)
        assert {fault.code for fault in report.errors} <= ERRORS.keys()
        assert {fault.code for fault in report.warnings} <= WARNINGS.keys()
        assert (report.definition is None) is bool(report.errors)


def test_the_reference_is_current() -> None:
    assert REFERENCE.read_text("utf-8") == reference()


def test_all_faults_are_named_at_once() -> None:
    tree = document(
        task("a", timout="1s", http={"url": "x"}),
        {"id": "a", "kind": "lop"},
        reading("nodes.nope.output"),
        name="a b",
        input_schema={"type": 1},
    )
    found = errors(tree)
    assert {code for _, code in found} == {
        "unknown_field",
        "invalid_url",
        "unknown_kind",
        "duplicate_id",
        "unknown_node",
        "invalid_name",
        "invalid_schema",
    }


def test_a_refusal_carries_every_fault() -> None:
    with pytest.raises(Rejected) as caught:
        read_definition(document(task("a b", timout="1s")))
    assert caught.value.code == "invalid_definition"
    assert [fault.code for fault in caught.value.errors] == ["unknown_field", "invalid_id"]


@pytest.mark.parametrize(
    ("tree", "hint"),
    [
        (document(stpes=[]), "did you mean `steps`?"),
        (document({"id": "a", "kind": "tsk"}), "did you mean `task`?"),
        (document({"id": "a", "kind": "paralel"}), "did you mean `parallel`?"),
        (document(task(on_unknown="retri")), "did you mean `retry`?"),
        (document(http(method="PSOT")), "did you mean `POST`?"),
        (document(task("reserve"), reading("nodes.reserv.output")), "did you mean `reserve`?"),
        (document(version=1), "put it in quotes"),
    ],
)
def test_a_fault_says_what_was_probably_meant(tree: Json, hint: str) -> None:
    assert hint in message(tree)


def test_the_same_suspicion_stands_once_at_its_place() -> None:
    undo = {"handler": {"name": "u", "input": ["{{ nodes.a.output.x }}", "{{ nodes.a.output.y }}"]}}
    tree = document(task("a", compensate=undo))
    assert warnings(tree) == [("/steps/0/compensate/handler/input", "compensation_may_not_render")]


def test_with_a_full_list_of_faults_no_expression_is_looked_at() -> None:
    tree = document(reading("nope.x"), **{f"x{i}": 1 for i in range(FAULTS_MAX)})
    assert "unknown_root" not in {code for _, code in errors(tree)}


def test_a_field_of_a_wrong_type_is_told_once() -> None:
    tree = document(
        switch("s", default=[]) | {"cases": {}},
        http("h", success=1, headers=[], query=2),
        task("t", retry=[], compensate=3),
        labels=1,
        defaults=[],
    )
    found = errors(tree)
    assert len(found) == len(set(found)) == 8


def test_bounds_are_settings() -> None:
    bounds = DocumentBounds(nodes=2, nesting=1, branches=1)
    tree = document(node("parallel", branches={"a": [task("b")], "c": [task("d")]}))
    found = {(fault.pointer, fault.code) for fault in check(tree, bounds).errors}
    assert found >= {("/steps", "too_many_nodes"), ("/steps/0/branches", "too_many_branches")}
    assert ("/steps/0/branches/a/0", "nested_too_deep") in found
    with pytest.raises(Rejected):
        read_definition(tree, bounds)
    assert errors(tree) == []


def test_a_graph_that_begins_nowhere_has_that_one_fault() -> None:
    tree = flow(task("a", next="b"), reading("nodes.a.output"), start="x", output="{{ nodes.a.output }}")
    assert errors(tree) == [("/start", "unknown_next")]


def test_sixteen_bodies_may_be_nested() -> None:
    assert errors(nested(16)) == []


def test_a_thousand_nodes_may_stand_in_a_document() -> None:
    assert errors(document(*(task(f"n{i}") for i in range(NODES_MAX)))) == []


def test_depth_of_64_is_allowed() -> None:
    assert errors(document(vars={"a": deep(62)})) == []

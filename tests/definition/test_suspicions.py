"""What is done on purpose is not warned of, and a warning says what to do."""

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
from treadle.definition.read import check
from treadle.model.json import Json

SCHEMA: Json = {"properties": {"order": {"properties": {"id": {}}}}, "additionalProperties": False}
OPEN: Json = {"properties": {"order": {}}}
READY = {"http": {"method": "POST", "url": "http://x", "body": "{{ callback.token }}"}}


def assigning(*names: str, node_id: str = "v") -> Json:
    return node("set", node_id, vars=dict.fromkeys(names, 1))


def looping(*steps: Json, **fields: Json) -> Json:
    return node("loop", "l", steps=list(steps), **fields)


QUIET: dict[str, list[Json]] = {
    "variables": [
        document(assigning("a"), reading("vars.a")),
        document(reading("vars.a"), vars={"a": 1}),
        document(reading("vars"), vars={"a": 1}),
        document(assigning("a"), vars={"a": 1}),
        document(reading("vars.a"), assigning("a", node_id="z"), vars={"a": 1}),
        document(switch("s", case(assigning("a")), default=[assigning("a", node_id="w")]), reading("vars.a")),
        document(looping(assigning("a"), until={"var": "vars.a"}), reading("vars.a")),
        document(looping(task(when={"var": "vars.a"}), assigning("a"), until={"var": "index"})),
        document(node("parallel", "p", branches={"x": [assigning("a")], "y": []}), reading("vars.a")),
        document(
            node("race", "r", branches={"x": [assigning("a")], "y": [assigning("a", node_id="w")]}),
            reading("vars.a"),
        ),
        document(switch("s", case(assigning("a"))), task(when={"var": "vars.a"})),
        document(task("b", compensate=asking("vars.a")), vars={"a": 1}),
        flow(
            switch("a", {"when": {"var": "input"}, "next": "x"}, default="y"),
            assigning("n", node_id="x") | {"next": "b"},
            assigning("n", node_id="y") | {"next": "b"},
            reading("vars.n"),
        ),
    ],
    "outputs": [
        document(switch("s", case()), reading("nodes.s.output.value.anything")),
        document(node("parallel", branches={"x": []}), reading("nodes.a.output.x.y")),
        document(assigning("x"), reading("nodes.v.output.x")),
        document(http("a"), reading("nodes.a.response.headers.etag")),
        document(task("a"), reading("nodes.a.output.anything")),
        document(node("child", definition="d"), reading("nodes.a.output.anything")),
        document(node("wait", signal="s", timeout="1s"), reading("nodes.a.output.anything")),
        document(
            node("wait", any=[{"signal": "s"}], timeout="1s", on_timeout="continue"),
            task(when={"var": "nodes.a.output.timed_out"}, node_id="b"),
        ),
    ],
    "inputs": [
        document(reading("input.order.id"), input_schema=SCHEMA),
        document(reading("input.order.items"), input_schema=SCHEMA),
        document(reading("input"), input_schema=SCHEMA),
        document(reading("input.unlike"), input_schema=OPEN),
        document(reading("input.oder"), input_schema={**OPEN, "patternProperties": {"^o": {}}}),
        document(reading("input.oder"), input_schema={**OPEN, "$ref": "#/$defs/o", "$defs": {"o": {}}}),
        document(reading("input.oder"), input_schema=True),
        document(input_schema={"x-owner": "us", "properties": {"requierd": {"additionalProperties": True}}}),
        document(reading("input.oder")),
    ],
    "conditions": [
        document(task(when={"==": [{"var": "input.a"}, 1]})),
        document(looping(until={"var": "index"})),
        document(switch("s", case(), case(when={"var": "input.b"}), default=[])),
        document(switch("s", case(), case(when={"==": [1, 1]}))),
        document(
            node("race", "r", branches={"x": [looping(task("a"), **{"while": "true"})], "y": [task("b")]})
        ),
        document(node("race", "r", branches={"x": [looping(until={"==": [1, 2]})], "y": [task("b")]})),
        document(
            node("race", "r", branches={"x": [each(looping(**{"while": {"==": [1, 1]}}))], "y": [task("b")]})
        ),
    ],
    "cycles": [
        flow(switch("a", {"when": {"var": "input"}, "next": "a"})),
        flow(switch("a", case(), {"when": {"var": "input.b"}, "next": "a"}, default="a")),
        flow(
            task("a", next="b"), switch("b", {"when": {"var": "input"}, "next": "c"}, default="a"), task("c")
        ),
        flow(
            node("shield", "a", steps=[node("end", "e", status="completed", when={"var": "input"})], next="a")
        ),
        flow(task("a", next="e"), node("end", "e", status="completed", when={"var": "input"}, next="a")),
    ],
    "requests": [
        document(http(method="GET", body={})),
        document(http()),
        document(task(compensate={"http": {"url": "http://x", "method": "DELETE"}})),
        document(task(mode="async", callback={"timeout": "1h"}, **READY)),
        document(awaited(**asking("callback.url"))),
        document(awaited(handler={"name": "h", "input": {"to": ["{{ callback.token }}"]}})),
        document(
            awaited(http={"url": "http://x", "method": "PUT", "query": {"to": "{{ callback.url }}"}}),
        ),
    ],
    "times": [
        document(task(timeout="10s", deadline="10s"), deadline="10s"),
        document(task(deadline="5s")),
        document(node("sleep", **{"for": "{{ input.a }}"}), deadline="1s"),
        document(node("wait", signal="s", timeout="1s")),
        document(node("wait", signal="s", deadline="1s")),
        document(node("wait", signal="s"), deadline="1d"),
        document(node("shield", "sh", steps=[node("wait", signal="s")], deadline="1d")),
        document(
            node(
                "race",
                branches={"x": [node("wait", "w", signal="s")], "y": [node("sleep", "z", **{"for": "1s"})]},
            )
        ),
    ],
    "retries": [
        document(task(retry={"max_attempts": 1})),
        document(task(retry={"on": ["error", "5xx"]})),
        document(http() | {"retry": {"on": ["409"]}}),
        document(awaited(**asking("callback.url"), retry={"on": ["callback"]})),
        document(task(retry={"on": ["all"]})),
        document(task(retry={"on": ["OutOfStock"]})),
        document(task(on_unknown="compensate", compensate=HANDLER)),
        document(task(), defaults={"on_unknown": "compensate"}),
    ],
    "hooks": [
        document(task("a"), on_success=asking("nodes.a.output"), output="{{ nodes.a.output }}"),
        document(
            switch("s", case(node("end", "e", status="failed"))), task("a"), output="{{ nodes.a.output }}"
        ),
        document(
            switch("s", case(node("end", "e", status="completed", output=1))),
            task("a"),
            output="{{ nodes.a.output }}",
        ),
        document(
            task("a"), switch("s", case(node("end", "e", status="completed"))), output="{{ nodes.a.output }}"
        ),
        document(task("a"), on_failure=asking('has(nodes.a.output) ? nodes.a.output : ""')),
        document(task("a"), defaults={"callback": {"fail_when": {"var": "nodes.a.output"}}}),
    ],
}


@pytest.mark.parametrize(
    "tree",
    [tree for trees in QUIET.values() for tree in trees],
    ids=[f"{about}-{index}" for about, trees in QUIET.items() for index in range(len(trees))],
)
def test_what_may_be_meant_is_not_warned_of(tree: Json) -> None:
    assert warnings(tree) == []


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (document(task(url="http://x")), "it belongs in `http`"),
        (document(task(max_attempts=3)), "it belongs in `retry`"),
        (document(http(timeout="1s")), "it belongs in a task or in `defaults`"),
        (document(task(cases=[])), "it belongs in a `switch`"),
        (document({**task(), "type": "task"}), "it is called `kind` here"),
        (document(task(retries=3)), "it is called `retry` here"),
        (document(task(down={"url": "http://x"})), "it is called `compensate` here"),
        (document(task(up={"url": "http://x"})), "it is called `http` here"),
        (flow(task(action={"request": {}})), "it is called `http` here"),
        (document(task(), failureHandling={}), "it is called `defaults` here"),
        (flow(task(), entrypoint="a"), "it is called `start` here"),
        (document(task(), onSuccessCallback={}), "it is called `on_success` here"),
        (document(task(depends_on="b")), "it is called `next` here"),
        (document(each(), tasks=[]), "it is called `steps` here"),
        (document(**{"<<": {}}), "merge keys are not read"),
        (document(node("wait", all=[{"signal": "s"}], count=2)), "write `any` with `count`"),
        (document(node("end", status="failed", output=1)), "say in `error.message`"),
        (document(node("end", status="completed", error={})), "write `status: failed`"),
        (
            document(awaited(callback={"timeout": "1h", "success_when": "status == 200"})),
            "say with `success` which statuses of the call count",
        ),
        (document(node("each", items="x {{ input.a }}", steps=[])), "exactly one template that gives one"),
        (document(stepz=[]), "did you mean `steps`?"),
        (document(task(timeout="{{ input.t }}")), "nothing is rendered here"),
        (document(task(retry={"max_attempts": "{{ input.n }}"})), "nothing is rendered here"),
        (document(task(on_unknown="{{ input.n }}")), "nothing is rendered here"),
        (document(reading("vars.cuont"), vars={"count": 1}), "did you mean `count`?"),
    ],
)
def test_a_fault_says_where_a_word_belongs_or_what_is_meant(tree: Json, said: str) -> None:
    assert said in message(tree)


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (document(reading("input.oder"), input_schema=OPEN), "did you mean `order`?"),
        (document(switch("s", case()), reading("nodes.s.output.valeu")), "did you mean `value`?"),
        (document(task(timeout="2m", deadline="1m")), "2m is longer than the deadline of `a` (1m)"),
        (document(task(timeout="2m"), deadline="1m"), "the deadline of the document (1m)"),
        (document(task("a"), on_failure=asking("nodes.a.output")), "if the run stops before `a`"),
        (document(task(when={"==": [1, 2]})), "the node never runs"),
        (
            document(task("a-b", when="input.x"), reading('nodes["a-b"].output.y')),
            '`nodes["a-b"].status != "skipped" ? a : b`',
        ),
    ],
)
def test_a_warning_says_what_is_the_matter(tree: Json, said: str) -> None:
    (warning,) = [one for one in check(tree).warnings if one.code != "unused_variable"]
    assert said in warning.message


def test_a_variable_that_nothing_sets_is_told_in_conditions_as_well() -> None:
    tree = document(task(when={"var": ["vars.a", 1]}), task("b", when="vars.b > 1"))
    assert errors(tree) == [("/steps/0/when", "unknown_variable"), ("/steps/1/when", "unknown_variable")]


def test_the_nearest_word_is_looked_for_as_long_as_it_costs_little() -> None:
    many = {f"property{index}": {} for index in range(300)}
    assert warnings(document(reading("input.propert1"), input_schema={"properties": many})) == []
    steps = [reading(f"input.oder{index}", f"n{index}") for index in range(60)]
    tree = document(*steps, input_schema={"properties": {f"order{index}": {} for index in range(60)}})
    assert 0 < len(warnings(tree)) <= 50
    unknown = document(
        *(reading(f"vars.cuont{index}", f"n{index}") for index in range(60)), vars={"count": 1}
    )
    assert len(errors(unknown)) == 60
    closed = document(reading("input.xyz"), input_schema={"properties": many, "additionalProperties": False})
    assert [code for _, code in warnings(closed)] == ["input_not_in_schema"]

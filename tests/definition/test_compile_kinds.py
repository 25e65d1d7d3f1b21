"""Each kind of node becomes the node of a program that the core runs."""

import pytest

from tests.definition.documents import awaited, case, document, each, flow, node, reading, switch, task
from tests.expressions.roots import FakeRoots
from treadle.definition.compile import compile_definition
from treadle.definition.read import read_definition
from treadle.model.execution import FailureKind
from treadle.model.expression import Expression, ExpressionError
from treadle.model.json import Json
from treadle.model.policies import OnUnknown
from treadle.model.program import (
    ROOT_BODY,
    Body,
    Branch,
    CatchClause,
    ChildNode,
    EachNode,
    EmitNode,
    EndNode,
    LoopNode,
    ParallelNode,
    Program,
    RaceNode,
    SetNode,
    ShieldNode,
    SplitBranch,
    SplitNode,
    SwitchNode,
    TaskNode,
    TryNode,
    WaitNode,
)
from treadle.model.requests import HandlerRequest
from treadle.model.waiting import WaitMode

ROOTS = FakeRoots(
    {"a": {"output": 1}},
    input={"n": 5, "items": ["x", "y"], "flag": True},
    item="x",
    index=2,
    failure={"code": "c"},
)


def compiled(tree: Json) -> Program:
    return compile_definition(read_definition(tree))


def program(*steps: Json, **fields: Json) -> Program:
    return compiled(document(*steps, **fields))


def value(expression: Expression | None, roots: FakeRoots = ROOTS) -> Json:
    assert expression is not None
    return expression(roots)


def test_an_async_task_has_its_callback() -> None:
    callback = {"timeout": "15m", "success_when": {"var": "body.ok"}, "fail_when": {"var": "headers.X-No"}}
    made = program(awaited(callback=callback)).nodes["a"]
    assert isinstance(made, TaskNode)
    assert made.callback is not None
    assert made.callback.timeout_ms == 900_000
    assert value(made.callback.success_when, FakeRoots(body={"ok": 1}, headers={})) is True
    assert value(made.callback.fail_when, FakeRoots(body={}, headers={"x-no": "1"})) is True


def test_callbacks_take_from_the_defaults_what_they_do_not_say() -> None:
    defaults = {"callback": {"timeout": "1h", "success_when": {"var": "body.ok"}, "fail_when": {"!": 1}}}
    own = {"fail_when": {"var": "body.no"}}
    made = program(task("a", mode="async", callback=own), task("b", mode="async"), defaults=defaults)
    first, second = made.nodes["a"], made.nodes["b"]
    assert isinstance(first, TaskNode)
    assert isinstance(second, TaskNode)
    assert first.callback is not None
    assert second.callback is not None
    assert first.callback.timeout_ms == second.callback.timeout_ms == 3_600_000
    assert value(first.callback.fail_when, FakeRoots(body={"no": True})) is True
    assert value(second.callback.fail_when, FakeRoots(body={"no": True})) is False
    assert value(second.callback.success_when, FakeRoots(body={"ok": True})) is True


def test_a_callback_is_awaited_without_conditions_too() -> None:
    made = program(awaited()).nodes["a"]
    assert isinstance(made, TaskNode)
    assert made.callback is not None
    assert (made.callback.success_when, made.callback.fail_when) == (None, None)


@pytest.mark.parametrize(("defaults", "timeout_ms"), [({}, 10_000), ({"timeout": "3s"}, 3_000)])
def test_a_probe_is_asked_once_under_the_time_limit_of_the_document(defaults: Json, timeout_ms: int) -> None:
    asks = {"handler": {"name": "p", "input": "{{ nodes.a.idempotency_key }}"}}
    tree = document(task(probe=asks, timeout="1m", retry={"max_attempts": 9}), defaults=defaults)
    made = compiled(tree).nodes["a"]
    assert isinstance(made, TaskNode)
    assert made.probe is not None
    assert (made.probe.retry.max_attempts, made.probe.timeout_ms) == (1, timeout_ms)
    assert made.probe.render(FakeRoots({"a": {"idempotency_key": "k"}})) == HandlerRequest(
        name="p", input="k"
    )


def test_an_unknown_outcome_may_pause() -> None:
    made = program(task(on_unknown="pause")).nodes["a"]
    assert isinstance(made, TaskNode)
    assert made.on_unknown is OnUnknown.PAUSE


def test_deadlines_are_those_of_a_visit_and_of_a_run() -> None:
    made = program(task(deadline="1m"), each(deadline="2m"), deadline="1h")
    assert [node.deadline_ms for node in made.nodes.values()] == [60_000, 120_000]
    assert made.deadline_ms == 3_600_000
    assert program().deadline_ms is None


@pytest.mark.parametrize(
    ("fields", "mode", "signals"),
    [
        ({"signal": "a"}, WaitMode.ONE, ("a",)),
        ({"any": [{"signal": "b"}, {"signal": "a"}]}, WaitMode.ANY, ("b", "a")),
        ({"all": [{"signal": "a"}]}, WaitMode.ALL, ("a",)),
    ],
)
def test_a_wait_is_for_one_any_or_all(fields: Json, mode: WaitMode, signals: Json) -> None:
    made = program(node("wait", "w", **fields)).nodes["w"]
    assert made == WaitNode(id="w", signals=signals, mode=mode)


def test_a_wait_may_count_give_up_and_check() -> None:
    fields = {"signal": "a", "count": 3, "timeout": "1m", "on_timeout": "continue"}
    made = program(node("wait", "w", **fields, schema={"type": "integer"})).nodes["w"]
    assert isinstance(made, WaitNode)
    assert (made.count, made.timeout_ms, made.goes_on) == (3, 60_000, True)
    assert made.check is not None
    assert made.check(1) == ()
    assert [pointer for pointer, _ in made.check("x")] == [""]
    counted = program(node("wait", "w", any=[{"signal": "a"}], count=2)).nodes["w"]
    assert counted == WaitNode(id="w", signals=("a",), mode=WaitMode.ANY, count=2)


def test_the_waits_of_each_signal_are_known() -> None:
    inner = node("wait", "v", any=[{"signal": "a"}, {"signal": "b"}])
    made = program(node("wait", "w", signal="a"), node("shield", "s", steps=[inner]))
    assert made.waits == {"a": ("w", "v"), "b": ("v",)}


def test_branches_are_scopes_in_the_order_written() -> None:
    branches = {"z": [task("a"), task("b")], "y": {"nodes": [task("c")], "start": "c"}, "x": {"steps": []}}
    made = program(node("parallel", "p", branches=branches), node("race", "r", branches={"one": []}))
    parallel, race = made.nodes["p"], made.nodes["r"]
    expected = tuple(Branch(name=name, body=f"p/{name}") for name in ("z", "y", "x"))
    assert parallel == ParallelNode(id="p", next="r", branches=expected)
    assert race == RaceNode(id="r", branches=(Branch(name="one", body="r/one"),))
    assert made.bodies == {
        ROOT_BODY: Body(start="p", is_scope=True),
        "p/z": Body(start="a", is_scope=True),
        "p/y": Body(start="c", is_scope=True),
        "p/x": Body(start=None, is_scope=True),
        "r/one": Body(start=None, is_scope=True),
    }
    assert (made.nodes["a"].next, made.nodes["b"].next, made.nodes["c"].next) == ("b", None, None)


def test_an_each_has_items_and_a_body_with_item_and_index() -> None:
    tree = node(
        "each", "e", items="{{ input.items }}", concurrency=2, steps=[reading("item"), reading("index", "c")]
    )
    made = program(tree)
    outer, inner = made.nodes["e"], made.nodes["b"]
    assert isinstance(outer, EachNode)
    assert (outer.concurrency, outer.collects, outer.body) == (2, False, "e/item")
    assert value(outer.items) == ["x", "y"]
    assert isinstance(inner, TaskNode)
    assert inner.activity.render(ROOTS) == HandlerRequest(name="h", input="x")
    assert made.bodies["e/item"] == Body(start="b", is_scope=False)


def test_an_each_that_collects_has_a_scope_for_each_item() -> None:
    made = program(each(task("a"), on_item_failure="collect"))
    outer = made.nodes["e"]
    assert isinstance(outer, EachNode)
    assert (outer.collects, outer.concurrency) == (True, 10)
    assert made.bodies["e/item"].is_scope is True
    assert value(outer.items) == [1, 2]


def test_items_that_are_no_list_have_no_value() -> None:
    made = program(node("each", "e", items="{{ input.n }}", steps=[])).nodes["e"]
    assert isinstance(made, EachNode)
    with pytest.raises(ExpressionError) as caught:
        made.items(ROOTS)
    assert caught.value.code == "not_a_list"


def test_a_list_of_items_may_have_templates_in_it() -> None:
    made = program(node("each", "e", items=["{{ input.n }}", 1], steps=[])).nodes["e"]
    assert isinstance(made, EachNode)
    assert value(made.items) == [5, 1]


def test_a_loop_asks_before_or_after_each_turn() -> None:
    made = program(
        node("loop", "l", **{"while": {"<": [{"var": "index"}, 3]}}, steps=[task("a")], max_iterations=7),
        node("loop", "m", until={"==": [{"var": "nodes.c.output"}, 1]}, steps=[task("c")]),
    )
    first, second = made.nodes["l"], made.nodes["m"]
    assert isinstance(first, LoopNode)
    assert isinstance(second, LoopNode)
    assert (first.body, first.max_iterations, first.until) == ("l/turn", 7, None)
    assert value(first.while_) is True
    assert (second.body, second.max_iterations, second.while_) == ("m/turn", 1_000, None)
    assert value(second.until, FakeRoots({"c": {"output": 1}}, index=0)) is True
    assert made.bodies["l/turn"] == Body(start="a", is_scope=False)


def test_a_try_has_its_clauses_and_what_comes_at_last() -> None:
    tree = node(
        "try",
        "t",
        steps=[task("a")],
        catch=[{"on": ["timeout", "error"], "steps": [reading("failure.code")]}, {"steps": []}],
        **{"finally": [task("z")]},
    )
    made = program(tree)
    assert made.nodes["t"] == TryNode(
        id="t",
        body="t/try",
        catches=(
            CatchClause(on=frozenset({FailureKind.TIMEOUT, FailureKind.ERROR}), body="t/catch.0"),
            CatchClause(body="t/catch.1"),
        ),
        finally_="t/finally",
    )
    assert {key for key, body in made.bodies.items() if body.is_scope} == {ROOT_BODY, "t/try"}
    caught = made.nodes["b"]
    assert isinstance(caught, TaskNode)
    assert caught.activity.render(ROOTS) == HandlerRequest(name="h", input="c")


def test_a_try_needs_nothing_but_its_body() -> None:
    made = program(node("try", "t", steps=[]))
    assert made.nodes["t"] == TryNode(id="t", body="t/try")
    assert made.bodies["t/try"] == Body(start=None, is_scope=True)


def test_a_shield_has_its_body() -> None:
    made = program(node("shield", "s", steps=[task("a")]))
    assert made.nodes["s"] == ShieldNode(id="s", body="s/body")
    assert made.bodies["s/body"] == Body(start="a", is_scope=False)


def test_branches_of_a_split_are_in_code_point_order() -> None:
    branches = {
        "b": {"weight": 1, "steps": [task("a")]},
        "B": {"weight": 0.5, "nodes": [task("c")], "start": "c"},
        "a": {"weight": 0, "steps": []},
    }
    made = program(node("split", "s", branches=branches))
    assert made.nodes["s"] == SplitNode(
        id="s",
        branches=tuple(
            SplitBranch(name=name, weight=weight, body=f"s/{name}")
            for name, weight in (("B", 0.5), ("a", 0), ("b", 1))
        ),
    )
    assert made.bodies["s/a"] == Body(start=None, is_scope=False)


def test_a_child_is_given_an_empty_object_unless_it_has_an_input() -> None:
    made = program(
        node("child", "c", definition="other"),
        node("child", "d", definition="other@1.2", input={"n": "{{ input.n }}"}, mode="detach"),
        node("child", "e", definition="other", mode="wait", compensate={"handler": "u"}),
    )
    first, second, third = (made.nodes[name] for name in "cde")
    assert isinstance(first, ChildNode)
    assert isinstance(second, ChildNode)
    assert isinstance(third, ChildNode)
    assert (first.definition, first.is_detached, value(first.input)) == ("other", False, {})
    assert (second.definition, second.is_detached, value(second.input)) == ("other@1.2", True, {"n": 5})
    assert third.compensation is not None
    assert third.compensation.activity.retry.max_attempts == 10
    assert (first.compensation, third.is_detached) == (None, False)


def test_an_emit_renders_texts_and_data() -> None:
    fields = {"topic": "t-{{ input.n }}", "type": "{{ input.n }}", "data": "{{ input.items }}"}
    made = program(node("emit", "m", **fields, key="{{ input.flag }}")).nodes["m"]
    assert isinstance(made, EmitNode)
    assert (value(made.topic), value(made.message_type)) == ("t-5", "5")
    assert (value(made.data), value(made.key)) == (["x", "y"], "true")
    without = program(node("emit", "m", topic="t", type="x", data=None)).nodes["m"]
    assert isinstance(without, EmitNode)
    assert (value(without.data), without.key) == (None, None)


def test_a_set_renders_each_value() -> None:
    made = program(node("set", "s", vars={"a": "{{ input.n }}", "b": [1]})).nodes["s"]
    assert isinstance(made, SetNode)
    assert {name: value(expression) for name, expression in made.vars.items()} == {"a": 5, "b": [1]}


def test_an_end_completes_with_an_output_or_fails_with_an_error() -> None:
    made = program(
        node("end", "y", status="completed", output="{{ input.n }}", when={"var": "input.flag"}),
        node("end", "n", status="failed", error={"code": "no_stock", "message": "n={{ input.n }}"}),
    )
    good, bad = made.nodes["y"], made.nodes["n"]
    assert isinstance(good, EndNode)
    assert isinstance(bad, EndNode)
    assert (good.is_failed, value(good.output), good.code, good.message) == (False, 5, None, None)
    assert (bad.is_failed, bad.output, bad.code, value(bad.message)) == (True, None, "no_stock", "n=5")


@pytest.mark.parametrize("error", [{}, {"error": {}}])
def test_an_end_that_fails_without_a_code_has_one(error: Json) -> None:
    made = program(node("end", "n", status="failed", **error)).nodes["n"]
    assert made == EndNode(id="n", is_failed=True, code="failed")


def test_nodes_of_a_graph_name_what_comes_next() -> None:
    cases = [{"when": {"var": "input.flag"}, "next": "c", "name": "go"}, case(task("in_case"))]
    made = compiled(
        flow(
            task("b"),
            task("a", next="s"),
            {**switch("s", *cases, default="b"), "next": "c"},
            task("c"),
        )
    )
    assert made.bodies[ROOT_BODY] == Body(start="a", is_scope=True)
    assert {name: made.nodes[name].next for name in made.nodes} == {
        "a": "s",
        "s": "c",
        "b": None,
        "c": None,
        "in_case": None,
    }
    chosen = made.nodes["s"]
    assert isinstance(chosen, SwitchNode)
    assert [(one.next, one.body) for one in chosen.cases] == [("c", None), (None, "s/1")]
    assert (chosen.default, chosen.default_next) == (None, "b")


def test_a_default_of_a_graph_may_be_a_body() -> None:
    made = compiled(flow(switch("a", default={"nodes": [task("b", next="c"), task("c")], "start": "b"})))
    chosen = made.nodes["a"]
    assert isinstance(chosen, SwitchNode)
    assert (chosen.default, chosen.default_next) == ("a/default", None)
    assert made.bodies["a/default"] == Body(start="b", is_scope=False)


def test_what_is_inside_a_node_is_known_at_any_depth() -> None:
    tree = node(
        "shield", "s", steps=[each(switch("w", case(task("a"))), task("b")), node("try", "t", steps=[])]
    )
    made = program(task("x"), tree, task("y"))
    assert made.inside == {
        "s": {"e", "w", "a", "b", "t"},
        "e": {"w", "a", "b"},
        "w": {"a"},
        "t": frozenset(),
    }


def test_roots_of_a_body_reach_everything_in_it() -> None:
    inner = [
        reading(
            "item", "b", when={"var": "index"}, compensate={"handler": {"name": "u", "input": "{{ item }}"}}
        ),
        switch("s", case(node("set", "v", vars={"a": "{{ item }}"}), when={"var": "item"})),
        node("sleep", "n", **{"for": "{{ index }}s"}),
        node("try", "t", steps=[], catch=[{"steps": [reading("item", "r"), reading("failure.code", "f")]}]),
        node("emit", "m", topic="{{ item }}", type="t", data="{{ index }}"),
        awaited("w", callback={"timeout": "1s", "success_when": {"==": [{"var": "body"}, {"var": "item"}]}}),
        node("end", "z", status="failed", error={"message": "{{ item }}"}),
    ]
    made = program(each(*inner))
    sleeping = made.nodes["n"]
    assert sleeping.when is None
    assert made.inside["e"] == {"b", "s", "v", "n", "t", "r", "f", "m", "w", "z"}

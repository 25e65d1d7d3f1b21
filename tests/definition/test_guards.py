"""A read is guarded when the expression, or the place it stands in, has asked for just that."""

import pytest

from tests.definition.documents import (
    asking,
    case,
    document,
    each,
    flow,
    http,
    node,
    reading,
    switch,
    task,
    warnings,
)
from treadle.model.json import Json

BRANCHED = switch("s", case(task("a")))
GUARDED = [
    "has(nodes.a.output) ? nodes.a.output : 1",
    "!has(nodes.a.output) ? 1 : nodes.a.output.x",
    'nodes.a.?output.orValue("")',
    'nodes["a"].?output.orValue("") + "x"',
    "has(nodes.a.output) && nodes.a.output.x > 1",
    "nodes.a.output.x > 1 && has(nodes.a.output)",
    "!has(nodes.a.output) || nodes.a.output.x > 1",
    "nodes.a.output.x > 1 || !has(nodes.a.output)",
    "(has(nodes.a.output) && input.b) ? nodes.a.output.x : 1",
    "(!has(nodes.a.output) || input.b) ? 1 : nodes.a.output.x",
    "nodes.a.?output.hasValue() ? nodes.a.output.x : 1",
    "nodes.a.?output.orValue(null) != null ? nodes.a.output.x : 1",
    "null == nodes.a.?output.orValue(null) ? 1 : nodes.a.output.x",
    'nodes.a.?output.x.orValue("") == "y" ? nodes.a.output.x : "n"',
    'nodes.a.?output.x.orValue("y") != "y" ? nodes.a.output.x : "n"',
    "nodes.a.?output.ok.orValue(false) ? nodes.a.output.x : 1",
    'nodes.a.?status.orValue("") == "completed" ? nodes.a.output.x : 1',
    'nodes.a.?status.orValue("skipped") != "skipped" ? nodes.a.output.x : 1',
    "nodes.a.?output.optMap(o, o.x).orValue(1)",
    "nodes.a.?output.optMap(o, nodes.a.output.x).orValue(1)",
    "has(nodes.a.output) ? [1].map(i, nodes.a.output.x + i) : []",
    "input.items.filter(i, has(nodes.a.output) && nodes.a.output.x == i)",
    "input.items.map(i, has(nodes.a.output), nodes.a.output.x)",
    "has(nodes.a.output) ? [nodes.a.output.x, {'k': nodes.a.output.y}] : []",
    "(has(nodes.a.output) && nodes.a.output.x > 1) == true",
    "[nodes.a.?output.orValue(1)] + input.items.map(nodes, nodes.a.output.x)",
]
UNGUARDED = [
    "nodes.a.output.x + 1",
    'nodes["a"].output.x + 1',
    "size(nodes.a.output)",
    "string(nodes . a . output)",
    "has(input.b) ? nodes.a.output : 1",
    "nodes.s.output.case == 0 ? nodes.a.output.x : 1",
    "has(nodes.a.output) ? 1 : nodes.a.output",
    "has(nodes.a.output) || nodes.a.output.x > 1",
    "!has(nodes.a.output) && nodes.a.output.x > 1",
    "(has(nodes.a.output) || input.b) ? nodes.a.output.x : 1",
    "has(nodes.a.output.x) ? nodes.a.output.x : 1",
    "has(nodes.a.output.x) && has(nodes.a.output.y)",
    "nodes.a.output != null ? nodes.a.output.x : 1",
    "nodes.a.?output.orValue(1) != null ? nodes.a.output.x : 1",
    'nodes.a.?output.x.orValue("y") == "y" ? nodes.a.output.x : "n"',
    "has(nodes.a.attempts) ? nodes.a.output : 1",
    "nodes.a.?output != null ? nodes.a.output.x : 1",
    "nodes.a.?output.ok.orValue(true) ? nodes.a.output.x : 1",
    "has(nodes.a.output) ? 1 : 2 + nodes.a.output.x",
    "'has(nodes.a.output) ? 1 : 2' + nodes.a.output",
    "has(nodes.a.output) ? nodes.a.output.x + nodes.a.response.body : 1",
    "input.items[nodes.a.output.x]",
    "input.items.map(nodes, has(nodes.a.output)).size() + nodes.a.output.x",
]


@pytest.mark.parametrize("expression", GUARDED)
def test_an_expression_that_asks_may_read_what_has_perhaps_not_run(expression: str) -> None:
    assert warnings(document(BRANCHED, reading(expression))) == []
    assert warnings(document(BRANCHED, task("b", when=f"({expression}) == 1"))) == []


@pytest.mark.parametrize("expression", UNGUARDED)
def test_an_expression_that_does_not_ask_for_it_has_to_have_its_value(expression: str) -> None:
    branched = switch("s", case(http("a")))
    assert [code for _, code in warnings(document(branched, reading(expression)))] == ["may_not_have_run"]
    condition = document(branched, task("b", when=f"({expression}) == 1"))
    assert warnings(condition) == [("/steps/1/when", "may_not_have_run")]


def test_one_expression_that_asks_does_not_guard_another() -> None:
    given = ["{{ has(nodes.a.output) ? 1 : 2 }}", "{{ nodes.a.output }}", "{{ nodes.s.output.case }}"]
    tree = document(BRANCHED, task("b", handler={"name": "h", "input": given}))
    assert warnings(tree) == [("/steps/1/handler/input", "may_not_have_run")]
    other = [given[0], "{{ nodes.ab.output + 1 }}", {"x": ["{{ nodes.s.output }}", 1, None, "text"]}]
    tree = document(BRANCHED, task("ab"), task("b", handler={"name": "h", "input": other}))
    assert warnings(tree) == []


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("has(vars.v) ? vars.v : 1", []),
        ("vars.?v.orValue(1)", []),
        ('"v" in vars && vars.v > 1', []),
        ("has(vars.w) ? vars.v : vars.?w.orValue(1)", ["variable_may_be_unset"]),
        ("input.b ? vars.v : 1", ["variable_may_be_unset"]),
    ],
)
def test_a_variable_is_asked_for_likewise(expression: str, codes: list[str]) -> None:
    setting = node("set", "x", vars={"v": 1, "w": 1})
    tree = document(switch("s", case(setting)), reading(expression))
    assert [code for _, code in warnings(tree)] == codes


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("nodes.a.?output.id.orValue(nodes.a.idempotency_key)", []),
        ("has(nodes.a.output) ? nodes.a.output.id : nodes.a.idempotency_key", []),
        ("input.b ? nodes.a.output.id : nodes.a.idempotency_key", ["compensation_may_not_render"]),
        ("has(nodes.a.idempotency_key) ? nodes.a.output.id : 1", ["compensation_may_not_render"]),
    ],
)
def test_an_undo_that_asks_first_can_do_without_an_answer(expression: str, codes: list[str]) -> None:
    assert [code for _, code in warnings(document(task("a", compensate=asking(expression))))] == codes


GIFT: Json = task("a", when="input.gift")


@pytest.mark.parametrize(
    "expression",
    [
        "nodes.a.output",
        "nodes.a.status",
        "nodes.a.output.?x.orValue(1)",
        "has(nodes.a.output.x) ? nodes.a.output.x : 1",
        "has(nodes.a.output.x) && nodes.a.output.y > 1",
        "nodes.a.output != null ? nodes.a.output.x : 1",
        "nodes.a.output == null ? 1 : nodes.a.output.x",
        "nodes.a.output != null && nodes.a.output.x > 1",
        'nodes.a.status != "skipped" ? nodes.a.output.x : 1',
        'nodes.a.status == "completed" ? nodes.a.output.x : 1',
        '"x" in nodes.a.output ? nodes.a.output.x : 1',
    ],
)
def test_a_result_that_a_skipped_node_may_lack_is_read_once_it_is_asked_for(expression: str) -> None:
    assert warnings(document(GIFT, reading(expression))) == []


@pytest.mark.parametrize(
    "expression",
    [
        "nodes.a.output.x",
        "nodes.a.output.x + 1",
        "has(nodes.a.output) ? nodes.a.output.x : 1",
        "has(nodes.a.output.x.y)",
        'nodes.a.status == "skipped" ? nodes.a.output.x : 1',
        "nodes.a.output == null ? nodes.a.output.x : 1",
    ],
)
def test_a_result_that_a_skipped_node_lacks_is_told(expression: str) -> None:
    assert warnings(document(GIFT, reading(expression))) == [("/steps/1/handler/input", "may_be_skipped")]


def test_a_skipped_node_has_no_response() -> None:
    gift = http("a") | {"when": "input.gift"}
    assert [code for _, code in warnings(document(gift, reading("nodes.a.response.status")))] == [
        "may_be_skipped"
    ]
    asked = 'nodes.a.status == "completed" ? nodes.a.response.status : 0'
    assert warnings(document(gift, reading(asked))) == []


READ = reading("nodes.a.output.x")


@pytest.mark.parametrize(
    "tree",
    [
        document(GIFT, READ | {"when": "input.gift"}),
        document(GIFT, READ | {"when": "nodes.a.output != null"}),
        document(GIFT, READ | {"when": {"!=": [{"var": "nodes.a.output"}, None]}}),
        document(GIFT, READ | {"when": {"var": "nodes.a.output.x"}}),
        document(GIFT, READ | {"when": {"!!": [{"var": "nodes.a.output"}]}}),
        document(GIFT, READ | {"when": {"!": [{"missing": ["nodes.a.output.x"]}]}}),
        document(GIFT, READ | {"when": {"!": {"missing": "nodes.a.output.x"}}}),
        document(GIFT, READ | {"when": {"==": [{"var": "nodes.a.output.x"}, "y"]}}),
        document(GIFT, READ | {"when": {"===": ["completed", {"var": ["nodes.a.status"]}]}}),
        document(GIFT, READ | {"when": {"!=": [{"var": "nodes.a.status"}, "skipped"]}}),
        document(GIFT, READ | {"when": {"and": [{"var": "nodes.a.output"}, {"var": "input.b"}]}}),
        document(
            GIFT, READ | {"when": {"!": {"or": [{"!": {"var": "nodes.a.output"}}, {"var": "input.b"}]}}}
        ),
        document(GIFT, node("parallel", "p", when="nodes.a.output != null", branches={"x": [READ]})),
        document(GIFT, switch("s", case(READ, when="nodes.a.output != null"))),
        document(GIFT, switch("s", case(when="nodes.a.output == null"), case(READ))),
        document(GIFT, switch("s", case(when="nodes.a.output == null"), default=[READ])),
        document(GIFT, node("loop", "l", steps=[READ], **{"while": "nodes.a.output != null"})),
        document(GIFT, each(READ) | {"when": "input.gift"}),
        flow(
            GIFT | {"next": "s"},
            switch("s", {"when": "nodes.a.output != null", "next": "b"}, default="c"),
            READ,
            task("c"),
        ),
        flow(
            GIFT | {"next": "s"},
            switch("s", {"when": "nodes.a.output == null", "next": "c"}, default="b"),
            READ,
            task("c"),
        ),
        document(GIFT, task("b", when={"==": [{"var": "nodes.a.output.x"}, 1]})),
        document(GIFT, task("b", when={"if": [{"var": "nodes.a.output.x"}, True, False]})),
        document(GIFT, task("b", when={"==": [{"var": ["nodes.a.output.x", 1]}, 1]})),
    ],
)
def test_what_a_condition_around_has_asked_for_is_there(tree: Json) -> None:
    assert warnings(tree) == []


@pytest.mark.parametrize(
    "tree",
    [
        document(GIFT, READ | {"when": "input.other"}),
        document(GIFT, READ | {"when": "nodes.a.output == null"}),
        document(GIFT, READ | {"when": {"==": [{"var": "nodes.a.output"}, None]}}),
        document(GIFT, READ | {"when": {"missing": ["nodes.a.output.x"]}}),
        document(GIFT, READ | {"when": {"or": [{"var": "nodes.a.output"}, {"var": "input.b"}]}}),
        document(GIFT, READ | {"when": {"var": ["nodes.a.output.x", 1]}}),
        document(GIFT, READ | {"when": {"!=": [{"var": "nodes.a.output.x"}, "y"]}}),
        document(GIFT, READ | {"when": {"<": [{"var": "nodes.a.output.x"}, 3]}}),
        document(GIFT, switch("s", case(when="nodes.a.output == null"), case()), READ),
        document(GIFT, switch("s", case(when="nodes.a.output != null"), default=[READ])),
        flow(
            GIFT | {"next": "s"},
            task("c", next="b"),
            switch("s", {"when": "nodes.a.output != null", "next": "b"}, default="c"),
            READ,
        ),
        document(
            GIFT,
            node(
                "loop",
                "l",
                until="index > 2",
                start="b",
                nodes=[
                    READ | {"next": "s"},
                    switch("s", {"when": "nodes.a.output != null", "next": "b"}, default="c"),
                    task("c"),
                ],
            ),
        ),
    ],
)
def test_what_no_condition_around_has_asked_for_is_told(tree: Json) -> None:
    assert [code for _, code in warnings(tree)] == ["may_be_skipped"]


def test_a_condition_around_asks_for_what_has_perhaps_not_run_too() -> None:
    asked = reading("nodes.a.output.x") | {"when": "has(nodes.a.output)"}
    assert warnings(document(BRANCHED, asked)) == []
    other = reading("nodes.a.output.x") | {"when": {"!=": [{"var": "nodes.a.status"}, "skipped"]}}
    assert [code for _, code in warnings(document(BRANCHED, other))] == ["may_not_have_run"]


def test_only_conditions_of_nodes_and_cases_ask_and_none_asks_for_itself() -> None:
    setting = node("set", "x", vars={"when": "has(nodes.a.output)", "y": "{{ nodes.a.output }}"})
    assert warnings(document(BRANCHED, setting, reading("vars.y"), reading("vars.when", "c"))) == [
        ("/steps/1/vars/y", "may_not_have_run")
    ]
    itself = document(BRANCHED, task("b", when="nodes.a.output != null"))
    assert warnings(itself) == [("/steps/1/when", "may_not_have_run")]


def test_what_is_asked_for_again_and_again_is_looked_at_once() -> None:
    deep = "nodes.a.output.x"
    for _ in range(22):
        deep = f"(has(nodes.a.output) && {deep})"
    assert warnings(document(BRANCHED, reading(deep))) == []
    wide = " && ".join(["has(nodes.a.output)"] * 90 + ["nodes.a.output.x == 1"] * 60)
    cases = [case(reading(wide, f"n{index}"), when=f"{wide} && input.b == {index}") for index in range(10)]
    assert warnings(document(BRANCHED, switch("t", *cases))) == []

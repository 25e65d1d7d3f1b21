"""An expression says what it reads and is given only that; what is missing is told with the whole path."""

import pytest

from tests.expressions.cel.evaluating import ROOTS
from tests.expressions.roots import FakeRoots
from treadle.expressions.cel.compile import compile_cel
from treadle.expressions.conditions import compile_condition
from treadle.expressions.places import CONDITION, TASK_OUTPUT
from treadle.expressions.templates import compile_template
from treadle.model.expression import ExpressionError


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("input.a.b + vars.c", {("input", "a", "b"), ("vars", "c")}),
        ("payload.a == 1", {("input", "a")}),
        ("size(input)", {("input",)}),
        ("input.items[0].sku + ''", {("input", "items", "0", "sku")}),
        ("input.items[-1] + 1", {("input", "items")}),
        ("input[vars.key].a + 1", {("input",), ("vars", "key")}),
        ("input.o['x'].?y.z.orValue(1)", {("input", "o", "x", "y", "z")}),
        ("has(input.note) ? input.note : ''", {("input", "note")}),
        ("input.items.filter(i, i.qty > vars.limit).map(i, i.sku)", {("input", "items"), ("vars", "limit")}),
        ("input.items.map(input, input.a)", {("input", "items")}),
        ('nodes["pay-auth"].output.id + 1', {("nodes", "pay-auth", "output", "id")}),
        ("nodes.a.?output.x.orValue(1)", {("nodes", "a", "output", "x")}),
        ("has(nodes.a.output)", {("nodes", "a", "output")}),
        ("nodes.a.response.headers.ETag == ''", {("nodes", "a", "response", "headers", "etag")}),
        ("true || input.a", {("input", "a")}),
        ("1 + 1", set()),
        ("type(int) == type", set()),
    ],
)
def test_an_expression_says_what_it_reads(text: str, reads: set[tuple[str, ...]]) -> None:
    assert compile_cel(text, CONDITION).reads == reads


def test_what_is_not_needed_is_not_asked_for() -> None:
    roots = FakeRoots({"n": {"output": 1}}, input={"a": True}, vars={})
    compiled = compile_condition("input.a || nodes.n.output == 1 || vars.x", CONDITION)
    assert compiled(roots) is True
    assert roots.asked == ["input"]


def test_one_field_of_one_node_is_asked_for() -> None:
    roots = FakeRoots({"n": {"output": {"a": 1}}, "m": {"output": 2}})
    assert compile_template("{{ nodes.n.output.a + 1 }}", CONDITION)(roots) == 2
    assert roots.asked == ["nodes.n.output"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input.nope.x + 1", "input.nope.x: `nope` is missing"),
        ("input.o.x.nope + 1", "input.o.x.nope: `nope` is missing"),
        ("1 + input.o.x.y.z", "input.o.x.y.z: `z` is missing"),
        ("input.items[7].sku + ''", "input.items[7].sku: `[7]` is missing"),
        ("[1][[]] == 1", "[1][[]]: such an element is missing"),
        ("input.items[ 7 ] == 1", "input.items[ 7 ]: `[7]` is missing"),
        ("input.items[-1] == 1", "input.items[-1]: `[-1]` is missing"),
        ("input.items[input.a + 5].sku + ''", "input.items[input.a + 5].sku: `[7]` is missing"),
        ("input.items.sku + ''", "input.items.sku: `sku` is missing"),
        ("input.s[0] + ''", "input.s[0]: `[0]` is missing"),
        ("input.null.x + 1", "input.null.x: `x` is missing"),
        ("input.o['nope'] + 1", "input.o['nope']: `nope` is missing"),
        ("input.o[vars.key] + 1", "input.o[vars.key]: `qty` is missing"),
        ("input.items.map(i, i.nope.x)", "i.nope.x: `nope` is missing"),
        ("(input.o).nope + 1", "(input.o).nope: `nope` is missing"),
        ("{'a': 1}.b + input.a", "{'a': 1}.b: `b` is missing"),
        ("input.?s.x.orValue(1)", "input.?s.x: `x` is missing"),
        ("input.items[?'a'].orValue(1)", "input.items[?'a']: `a` is missing"),
        ("has(input.nope.x)", "input.nope.x: `nope` is missing"),
        ("has(input.s.x)", "input.s.x: `x` is missing"),
        ("nodes.never.output.x + 1", "nodes.never.output.x: node `never` has no output"),
        ("has(nodes.never.output.x)", "nodes.never.output.x: node `never` has no output"),
        ("nodes.pay.output.items[3].sku + ''", "nodes.pay.output.items[3].sku: `[3]` is missing"),
        ("body.x == 1", "body.x: there is no `body` here"),
    ],
)
def test_a_missing_segment_is_told_with_the_whole_path(text: str, message: str) -> None:
    evaluate = compile_cel(text, TASK_OUTPUT).evaluate
    with pytest.raises(ExpressionError) as caught:
        evaluate(ROOTS)
    assert (caught.value.code, caught.value.message) == ("missing_variable", message)


def test_a_long_key_is_cut_in_the_message() -> None:
    roots = FakeRoots(input={"m": {}, "k": "x" * 1_000_000})
    with pytest.raises(ExpressionError) as caught:
        compile_template("{{ input.m[input.k] }}", CONDITION)(roots)
    assert len(caught.value.message) < 200

"""Conditions are JSON Logic over the roots, fed only what they read, or an expression in text."""

import pytest

from tests.expressions.roots import FakeRoots
from treadle.expressions.conditions import CONDITION_BYTES_MAX, compile_condition, is_always_true
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import CONDITION
from treadle.model.expression import ExpressionError
from treadle.model.json import Json

ROOTS = FakeRoots(
    {"pay-auth": {"output": {"items": [{"sku": "s"}]}, "status": "completed", "response": {"status": 201}}},
    input={"method": "pix", "total": 12, "items": [{"q": 1}, {"q": 5}], "empty": None, "a.b": 1},
    vars={"limit": 10},
    execution={"id": "x", "run": 1},
)


@pytest.mark.parametrize(
    ("condition", "is_true"),
    [
        ({"==": [{"var": "input.method"}, "pix"]}, True),
        ({"==": [{"var": "payload.method"}, "pix"]}, True),
        ({">": [{"var": "input.total"}, {"var": "vars.limit"}]}, True),
        ({"==": [{"var": "input.items.1.q"}, 5]}, True),
        ({"some": [{"var": "input.items"}, {">": [{"var": "q"}, 4]}]}, True),
        ({"all": [{"var": "input.items"}, {">": [{"var": "q"}, 4]}]}, False),
        ({"==": [{"var": "nodes.pay-auth.output.items.0.sku"}, "s"]}, True),
        ({"==": [{"var": "nodes.pay-auth.status"}, "completed"]}, True),
        ({"==": [{"var": "nodes.pay-auth.response.status"}, 201]}, True),
        ({"!": {"var": "nodes.never.output"}}, True),
        ({"var": "input.nope"}, False),
        ({"var": ["input.nope", 1]}, True),
        ({"var": ["input.method.0", 1]}, True),
        ({"var": "input.items.7"}, False),
        ({"var": "input.empty"}, False),
        ({"missing": ["input.method", "input.nope"]}, True),
        ({"missing": ["input.method"]}, False),
        ({"and": [{"var": "input"}, {"==": [{"var": "input.method"}, "pix"]}]}, True),
        ({"val": ["input", "a.b"]}, True),
        ({"in": [{"var": "input.method"}, ["pix", "card"]]}, True),
    ],
)
def test_a_condition_counts_by_its_truthiness(condition: Json, is_true: bool) -> None:
    assert compile_condition(condition, CONDITION)(ROOTS) is is_true


@pytest.mark.parametrize(
    ("result", "is_true"),
    [
        (0, False),
        (1, True),
        (-1, True),
        ("", False),
        ("0", True),
        ("a", True),
        ([], False),
        ([0], True),
        (None, False),
    ],
)
def test_what_counts_as_true(result: Json, is_true: bool) -> None:
    roots = FakeRoots(input=result)
    assert compile_condition({"var": "input"}, CONDITION)(roots) is is_true


@pytest.mark.parametrize(
    ("rule", "is_true"),
    [
        ({"==": [1, 1]}, True),
        ({"==": [1, "1"]}, True),
        ({"==": ["a", 1]}, False),
        ({"===": [1, "1"]}, False),
        ({"!=": [1, 2]}, True),
        ({"!==": [1, 1]}, False),
        ({"<": [1, 2, 3]}, True),
        ({"<": [1, 4, 3]}, False),
        ({">=": [1, 1]}, True),
        ({"!": [[]]}, True),
        ({"!!": ["0"]}, True),
        ({"or": [0, False, "a"]}, True),
        ({"and": [1, 0]}, False),
        ({"if": [False, 0, True, 1, 0]}, True),
        ({"in": ["ring", "Springfield"]}, True),
        ({"==": [{"cat": ["a", "b"]}, "ab"]}, True),
        ({"==": [{"substr": ["jsonlogic", 4]}, "logic"]}, True),
        ({"==": [{"+": [1, "2"]}, 3]}, True),
        ({"==": [{"%": [101, 2]}, 1]}, True),
        ({"==": [{"max": [1, 2, 3]}, 3]}, True),
        ({"==": [{"reduce": [[1, 2, 3], {"+": [{"var": "current"}, {"var": "accumulator"}]}, 0]}, 6]}, True),
        ({"none": [[1, 2], {"==": [{"var": ""}, 3]}]}, True),
        ({"===": [9007199254740993, 9007199254740992]}, False),
    ],
)
def test_the_operators_of_json_logic(rule: Json, is_true: bool) -> None:
    assert compile_condition(rule, CONDITION)(FakeRoots()) is is_true


def test_a_condition_is_fed_only_what_it_reads() -> None:
    roots = FakeRoots({"n": {"output": 1}}, input={"a": 1, "huge": "x" * 100}, vars={})
    compiled = compile_condition({"and": [{"var": "input.a"}, {"var": "nodes.n.output"}]}, CONDITION)
    assert compiled(roots) is True
    assert sorted(roots.asked) == ["input", "nodes.n.output"]
    assert compiled.reads == {("input", "a"), ("nodes", "n", "output")}


@pytest.mark.parametrize(
    "rule",
    [
        {"+": ["a", 1]},
        {"/": [1, 0]},
        {">": [{}, 1]},
        {"map": [{"var": "input.many"}, {"map": [{"val": [[2], "input", "many"]}, 1]}]},
        {"==": [{"var": "input.huge"}, 1]},
    ],
)
def test_a_condition_that_errs_or_costs_too_much_has_no_value(rule: Json) -> None:
    roots = FakeRoots(input={"many": list(range(1_000)), "huge": 2**70})
    with pytest.raises(ExpressionError) as caught:
        compile_condition(rule, CONDITION)(roots)
    assert caught.value.code == "condition_error"


def test_a_root_that_is_not_there_is_an_error_and_not_null() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition({"!": {"var": "vars.x"}}, CONDITION)(FakeRoots())
    assert caught.value.code == "condition_error"


@pytest.mark.parametrize(
    ("condition", "code", "pointer"),
    [
        ("input.a ==", "invalid_expression", "/when"),
        (True, "wrong_type", "/when"),
        (None, "wrong_type", "/when"),
        ([], "wrong_type", "/when"),
        ({}, "invalid_condition", "/when"),
        ({"==": [1, 1], "!=": [1, 1]}, "invalid_condition", "/when"),
        ({"and": [1, {"a": 1, "b": 2}]}, "invalid_condition", "/when/and/1"),
        ({"eqals": [1, 2]}, "unknown_operator", "/when"),
        ({"and": [True, {"now": []}]}, "unknown_operator", "/when/and/1"),
        ({"or": [{"==": [1]}, True]}, "invalid_arity", "/when/or/0"),
        ({"!": [1, 2]}, "invalid_arity", "/when"),
        ({"var": {"var": "input.key"}}, "computed_path", "/when"),
        ({"var": ""}, "invalid_path", "/when"),
        ({"var": "nodes.a"}, "invalid_path", "/when"),
        ({"var": "method"}, "unknown_root", "/when"),
        ({"==": [{"var": "secrets.key"}, 1]}, "misplaced_root", "/when"),
        ({"==": [{"var": "body.ok"}, 1]}, "misplaced_root", "/when"),
        ({"==": [2**70, 1]}, "invalid_condition", "/when"),
        ({"==": [float("nan"), 1]}, "invalid_condition", "/when"),
        ({"in": ["a", "x" * CONDITION_BYTES_MAX]}, "expression_too_long", "/when"),
    ],
)
def test_a_wrong_condition_is_a_fault_with_its_pointer(condition: Json, code: str, pointer: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_condition(condition, CONDITION, "/when")
    assert (caught.value.faults[0].pointer, caught.value.faults[0].code) == (pointer, code)


def test_an_operator_that_is_unknown_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_condition({"mising": ["input.a"]}, CONDITION)
    assert "did you mean `missing`?" in caught.value.faults[0].message


def test_a_condition_that_reads_nothing_and_is_true_is_known() -> None:
    assert is_always_true({"==": [1, 1]})
    assert not is_always_true({"==": [1, 2]})
    assert not is_always_true({"var": "input.a"})
    assert not is_always_true({"+": ["a", 1]})
    assert is_always_true("true")
    assert is_always_true("1 < 2 && !false")
    assert not is_always_true("false")
    assert not is_always_true("input.a")
    assert not is_always_true("1")

"""What is wrong with a rule is said in words of ours: what is there, what is taken, what to write."""

import pytest

from tests.expressions.roots import FakeRoots
from treadle.expressions.conditions import compile_condition
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import CONDITION
from treadle.model.expression import ExpressionError
from treadle.model.json import Json

ROOTS = FakeRoots(input={"name": "ada", "many": list(range(2_000)), "zero": 0, "b": True})


@pytest.mark.parametrize(
    ("rule", "code", "said"),
    [
        ({"nope": 1}, "unknown_operator", "JSON Logic has no operator `nope` here; did you mean `none`?"),
        (
            {"not": [{"var": "input.b"}]},
            "unknown_operator",
            "JSON Logic has no operator `not` here; write `!`",
        ),
        ({"&&": [1, 2]}, "unknown_operator", "JSON Logic has no operator `&&` here; write `and`"),
        ({"==": [1]}, "invalid_arity", "`==` takes 2 or more arguments, not 1"),
        ({"==": 1}, "invalid_arity", "`==` takes 2 or more arguments, not 1"),
        ({"!=": [1, 2, 3]}, "invalid_arity", "`!=` takes 2 arguments, not 3"),
        ({"reduce": [1, 2, 3, 4]}, "invalid_arity", "`reduce` takes 2 to 3 arguments, not 4"),
        ({"!": [1, 2]}, "invalid_arity", "`!` takes 0 to 1 arguments, not 2"),
        (
            {"if": [{"a": 1, "b": 2}, 1]},
            "invalid_condition",
            "an object in JSON Logic is an operator: one key, and its arguments under it",
        ),
        (
            {"var": "{{ input.b }}"},
            "invalid_path",
            "a path in JSON Logic is written without braces, as `input.order.id`",
        ),
    ],
)
def test_a_rule_that_is_wrong_is_told_so(rule: Json, code: str, said: str) -> None:
    with pytest.raises(InvalidExpression) as raised:
        compile_condition(rule, CONDITION)
    (fault,) = raised.value.faults
    assert (fault.code, fault.message) == (code, said)


def failing(operator: str, *given: Json) -> Json:
    return {"and": [{"var": "input.b"}, {operator: list(given)}]}


NAME: Json = {"var": "input.name"}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (failing(">", NAME, 1), "`>` has a value that is no number (at /and/1)"),
        (failing("+", NAME, 1), "`+` has a value that is no number (at /and/1)"),
        (
            failing("/", 1, {"var": "input.zero"}),
            "`/` has a value that is no number, or a zero to divide by (at /and/1)",
        ),
        (failing("max", NAME), "`max` does not take such values (at /and/1)"),
        (failing("filter", NAME, True), "`filter` does not take such values (at /and/1)"),
        (
            {"filter": [{"var": "input.many"}, {"some": [{"val": [[2], "input", "many"]}, {"==": [1, 2]}]}]},
            "a condition may take 100,000 operations",
        ),
    ],
)
def test_an_evaluation_that_fails_says_where_and_why(rule: Json, said: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        compile_condition(rule, CONDITION)(ROOTS)
    assert raised.value.code == "condition_error"
    assert raised.value.message.startswith(f"the condition failed: {said}")
    assert "NaN" not in raised.value.message

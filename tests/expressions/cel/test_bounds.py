"""An evaluation is metered before anything is built, and the expressions of one value share a budget."""

import pytest

from tests.expressions.roots import FakeRoots
from treadle.expressions.cel.evaluation import (
    BUILT_MAX,
    LIST_UNITS,
    OPERATIONS_MAX,
    RESULT_MAX,
    Evaluation,
)
from treadle.expressions.conditions import compile_condition
from treadle.expressions.places import CONDITION, REQUEST
from treadle.expressions.templates import compile_template
from treadle.expressions.weighing import VALUE_WEIGHT
from treadle.model.expression import ExpressionError
from treadle.model.json import Json


def code_of(template: Json, roots: FakeRoots) -> str:
    with pytest.raises(ExpressionError) as caught:
        compile_template(template, REQUEST)(roots)
    return caught.value.code


def test_a_step_for_each_phrase_and_item_is_counted() -> None:
    # A comparison of a variable with a variable: three phrases an item.
    template = "{{ input.exists(x, x != x) }}"
    most = OPERATIONS_MAX // 3
    assert compile_template(template, REQUEST)(FakeRoots(input=[1] * most)) is False
    assert code_of(template, FakeRoots(input=[1] * (most + 1))) == "expression_operations_max"


def test_what_is_built_is_counted_in_characters_and_elements() -> None:
    half = "x" * ((BUILT_MAX - LIST_UNITS) // 2)
    assert len(compile_template("{{ input + input }}", REQUEST)(FakeRoots(input=half))) == 2 * len(half)
    assert code_of("{{ input + input }}", FakeRoots(input=f"{half}x")) == "expression_built_max"


def test_a_text_that_is_encoded_is_counted_before_it_is_made() -> None:
    text = "/" * (BUILT_MAX // 3)
    assert len(compile_template("{{ input.percentEncode() }}", REQUEST)(FakeRoots(input=text))) == 3 * len(
        text
    )
    assert code_of("{{ input.percentEncode() }}", FakeRoots(input=f"{text}/")) == "expression_built_max"
    assert code_of("{{ input.percentEncode() }}", FakeRoots(input="é" * (BUILT_MAX // 6 + 1))) == (
        "expression_built_max"
    )


def test_a_result_is_weighed_with_all_that_stands_in_it_twice() -> None:
    text = "x" * ((RESULT_MAX - VALUE_WEIGHT) // 2 - VALUE_WEIGHT)
    assert compile_template("{{ [input, input] }}", REQUEST)(FakeRoots(input=text)) == [text, text]
    assert code_of("{{ [input, input] }}", FakeRoots(input=f"{text}x")) == "expression_result_max"


def test_a_part_of_the_data_is_passed_on_however_large_it_is() -> None:
    large = {"a": ["x" * RESULT_MAX], "n": [1] * OPERATIONS_MAX}
    roots = FakeRoots(input=large)
    assert compile_template("{{ has(input.a) ? input : null }}", REQUEST)(roots) is large
    assert compile_template("{{ input[?'a'][0].orValue('') }}", REQUEST)(roots) == large["a"][0]
    assert compile_template("{{ input.n.filter(n, true) }}", REQUEST)(FakeRoots(input={"n": [1] * 50_000}))


@pytest.mark.parametrize(
    "template",
    [
        ["{{ input.exists(x, x < 0) }}"] * 9,
        {f"k{at}": ["{{ input.exists(x, x < 0) }}"] for at in range(9)},
        "{{ input.exists(x, x < 0) }} " * 9,
        ["{{ input.exists(x, x < 0) }}{{ input.exists(x, x < 0) }}"] * 5,
    ],
)
def test_all_expressions_of_a_value_share_a_budget(template: Json) -> None:
    roots = FakeRoots(input=[1] * (OPERATIONS_MAX // 3 // 8))
    assert compile_template("{{ input.exists(x, x < 0) }}", REQUEST)(roots) is False
    assert code_of(template, roots) == "expression_operations_max"


def test_each_rendering_has_a_budget_of_its_own() -> None:
    compiled = compile_template(["{{ input.exists(x, x < 0) }}", "{{ size(input) }}"], REQUEST)
    roots = FakeRoots(input=[1] * (OPERATIONS_MAX // 3))
    for _ in range(3):
        assert compiled(roots) == [False, OPERATIONS_MAX // 3]


def test_an_exhausted_budget_is_no_error_of_the_language() -> None:
    roots = FakeRoots(input=[1] * OPERATIONS_MAX)
    condition = "input.exists(x, input.exists(y, y < 0)) || true"
    with pytest.raises(ExpressionError) as caught:
        compile_condition(condition, CONDITION)(roots)
    assert caught.value.code == "condition_error"
    assert f"{OPERATIONS_MAX:,} steps" in caught.value.message


def test_an_error_that_is_caught_costs_more_than_a_step() -> None:
    roots = FakeRoots(input=[1] * (OPERATIONS_MAX // 16))
    assert code_of("{{ input.exists(x, vars.nope) }}", roots) == "expression_operations_max"


def test_an_evaluation_is_the_roots_it_stands_for() -> None:
    roots = FakeRoots({"n": {"output": 1}}, input={"a": 1})
    evaluation = Evaluation.over(roots)
    assert Evaluation.over(evaluation) is evaluation
    compiled = compile_template(
        ["{{ input.a + 1 }}", "{{ input.a }}", "{{ nodes.n.output }}", "{{ 1 + input.a }}"], REQUEST
    )
    assert compiled(evaluation) == [2, 1, 1, 2]

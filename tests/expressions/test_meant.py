"""Who writes what another language has is told what it is written as here."""

import pytest

from tests.expressions.roots import FakeRoots
from treadle.expressions.conditions import compile_condition
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.meant import FUNCTIONS, METHODS, WORDS
from treadle.expressions.places import CONDITION, VALUE
from treadle.expressions.templates import compile_template
from treadle.model.expression import ExpressionError

ROOTS = FakeRoots(input={"a": "x", "b": True, "n": 3, "d": 1.5, "items": [1, 2]})


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("not input.b", "write `!`"),
        ("not has(input.b)", "write `!`"),
        ("not (input.b)", "write `!`"),
        ("input.b && not input.b", "write `!`"),
        ("input.a not in ['x']", "`!(a in b)`"),
        ("input.b and input.n == 1", "write `&&`"),
        ("input.n == 1 and input.b", "write `&&`"),
        ("input.b or input.n == 1", "write `||`"),
        ("input.n == 1 or input.b", "write `||`"),
        ("input.q ?? 1", "write `input.?name.orValue(...)`"),
        ("input?.q", "write `.?`"),
        ("input.n ?: 2", "write `condition ? a : b`"),
        ("input.a if input.b else 1", "write `condition ? a : b`"),
        ("if input.b then 1", "write `condition ? a : b`"),
        ("len(input.items)", "write `value.size()`"),
        ("input.items.length()", "write `value.size()`"),
        ("input.items.includes(1)", "write `x in list`, or of a text `text.contains(x)`"),
        ("input.n === 1", "write `==`"),
        ("input.n !== 1", "write `!=`"),
        ("input.n = 1", "write a comparison as `==`"),
        ("input.n <> 1", "write `!=`"),
        ("input.b & input.b", "write `&&`"),
        ("input.b | input.b", "write `||`"),
        ("`a ${input.a}`", "write text in quotes"),
        ("`abc`", "write text in quotes"),
        ("input.b == True", "write `true`"),
        ("False", "write `false`"),
        ("input.a == None", "write `null`"),
        ("${input.a}", "write the path alone"),
        ("input.items.map(x => x)", "write `list.map(item, item.name)`"),
        ("str(input.n)", "write `string(value)`"),
        ("input.a.toUpperCase()", "write `text.upperAscii()`"),
        ("1 * 1.5", "write `double(...)` around the whole number"),
        ("input.a.startswith('x')", "did you mean `startsWith`?"),
    ],
)
def test_what_another_language_has_is_told_with_what_to_write(expression: str, said: str) -> None:
    with pytest.raises(InvalidExpression) as raised:
        compile_template(f"{{{{ {expression} }}}}", VALUE)
    (fault,) = raised.value.faults
    assert said in fault.message
    with pytest.raises(InvalidExpression):
        compile_condition(expression, CONDITION)


@pytest.mark.parametrize(
    ("expression", "code", "said"),
    [
        ("input.n * 1.5", "expression_error", "write `double(...)` around the whole number"),
        ("input.d + input.n", "expression_error", "write `double(...)` around the whole number"),
        ("input.d % 2.0", "expression_error", "write `int(...)`"),
        ("input.n + 1u", "expression_error", "write `int(...)` around the unsigned number"),
        ("input.a + input.n", "expression_error", "write `string(...)` around the other"),
        ("input.a || 'x'", "expression_error", "a default is written `input.?name.orValue(...)`"),
        ("input.items.length", "missing_variable", "write `value.size()`"),
        ("input.items.length + 1", "missing_variable", "write `value.size()`"),
        ("[input.items].map(i, i.length)", "missing_variable", "write `value.size()`"),
        ("input.a.size", "missing_variable", "write `value.size()`"),
    ],
)
def test_what_fails_for_its_types_says_what_to_write(expression: str, code: str, said: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        compile_template(f"{{{{ {expression} }}}}", VALUE)(ROOTS)
    assert raised.value.code == code
    assert said in raised.value.message


@pytest.mark.parametrize("expression", ["input.length", "input.n.size", "input.?items.length"])
def test_a_field_that_is_called_so_is_missing_like_any_other(expression: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        compile_template(f"{{{{ {expression} }}}}", VALUE)(ROOTS)
    assert "size()" not in raised.value.message


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_word_between_two_values_has_its_hint(word: str) -> None:
    with pytest.raises(InvalidExpression) as raised:
        compile_template(f"{{{{ input.a {word} input.b }}}}", VALUE)
    assert f"write {WORDS[word]}" in raised.value.faults[0].message


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_has_its_hint(name: str) -> None:
    with pytest.raises(InvalidExpression) as raised:
        compile_template(f"{{{{ {name}(input.a) }}}}", VALUE)
    assert f"write {FUNCTIONS[name]}" in raised.value.faults[0].message


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_method_has_its_hint(name: str) -> None:
    with pytest.raises(InvalidExpression) as raised:
        compile_template(f"{{{{ input.a.{name}(1, 2, 3, 4) }}}}", VALUE)
    assert f"write {METHODS[name]}" in raised.value.faults[0].message

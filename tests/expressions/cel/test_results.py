"""What an expression gives becomes JSON, in a value and in a text; a condition must give a boolean."""

import pytest

from tests.expressions.cel.evaluating import ROOTS
from tests.expressions.roots import FakeRoots
from treadle.expressions.addresses import compile_header, compile_query_value, compile_url
from treadle.expressions.compiled import Constant
from treadle.expressions.conditions import CONDITION_BYTES_MAX, compile_condition
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.holes import Holed
from treadle.expressions.places import ASYNC_REQUEST, CONDITION, REQUEST
from treadle.expressions.templates import compile_template
from treadle.expressions.texts import compile_text
from treadle.model.expression import ExpressionError
from treadle.model.json import Json
from treadle.model.requests import Hole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("uint(input.a)", 2),
        ("double(input.a)", 2.0),
        ("timestamp(input.at)", "2026-03-01T09:30:00.250Z"),
        ("duration('90m') + duration('1ms')", "5400.001s"),
        ("duration('-1.5s')", "-1.500s"),
        ("bytes(input.s)", "YWJj"),
        ("type(input.a)", "int"),
        (
            "[uint(input.a), timestamp(0), b'a', input.o]",
            [2, "1970-01-01T00:00:00Z", "YQ==", {"x": {"y": 1}, "a-b": 7}],
        ),
        ("{'t': timestamp(0), 1: {2u: input.a}}", {"t": "1970-01-01T00:00:00Z", "1": {"2": 2}}),
        ("input.?a.optMap(x, x + 1).orValue(null)", 3),
        ("input.items.filter(i, i.qty > 1)", [{"sku": "s2", "qty": 2}]),
    ],
)
def test_a_result_is_json(text: str, value: Json) -> None:
    found = compile_template(f"{{{{ {text} }}}}", REQUEST)(ROOTS)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "input.f / 0.0",
        "[0.0 / (input.f - input.f)]",
        "input.?a",
        "[input.?a]",
        "{1: input.a, '1': 2}",
    ],
)
def test_what_json_has_no_form_for_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template(f"{{{{ {text} }}}}", REQUEST)(ROOTS)
    assert caught.value.code == "unprintable_value"


def test_an_error_has_a_code_of_its_own() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template("{{ input.a / (input.a - 2) }}", REQUEST)(ROOTS)
    assert (caught.value.code, caught.value.message) == (
        "expression_error",
        "a whole number is divided by zero",
    )


def test_values_stand_in_a_text_as_json() -> None:
    text = "{{ input.a + 1 }} {{ [input.s] }} {{ timestamp(0) }} {{ input.a > 1 }} {{ input.s + '!' }}"
    assert compile_template(text, REQUEST)(ROOTS) == '3 ["abc"] 1970-01-01T00:00:00Z true abc!'


def test_what_is_always_the_same_is_taken_once() -> None:
    for text, value in (("{{ 1 + 2 }}", 3), ("{{ duration('1h') }}", "3600s"), ("{{ ['a'] }}", ["a"])):
        compiled = compile_template(text, REQUEST)
        assert isinstance(compiled, Constant)
        assert compiled.value == value


def test_an_expression_in_a_url_is_encoded() -> None:
    assert compile_url("http://x/{{ input.s + '/ä' }}", REQUEST)(ROOTS) == "http://x/abc%2F%C3%A4"
    assert compile_url("{{ 'http://' + input.s }}", REQUEST)(ROOTS) == "http://abc"
    assert compile_query_value("{{ input.a + 1 }} {{ input.s }}", REQUEST)(ROOTS) == "3%20abc"


def test_an_expression_in_a_header_stays_one_line() -> None:
    assert compile_header("{{ input.s.upperAscii() }}", REQUEST)(ROOTS) == "ABC"
    with pytest.raises(ExpressionError) as caught:
        compile_header(r"{{ input.s + '\n' }}", REQUEST)(ROOTS)
    assert caught.value.code == "invalid_header"


def test_an_expression_beside_a_hole() -> None:
    text = compile_text("{{ input.a + 1 }}/{{ callback.token }}", ASYNC_REQUEST)
    assert isinstance(text, Holed)
    assert text(ROOTS) == ("3/", Hole(root="callback", name="token"))
    assert text.reads == {("input", "a"), ("callback", "token")}


@pytest.mark.parametrize(
    ("condition", "is_true"),
    [
        ("input.a == 2", True),
        ("  input.a == 3\n", False),
        ("input.yes", True),
        ("nodes.pay.output.ok", True),
        ("has(nodes.never.output)", False),
        ("input.items.exists(i, i.qty == 2)", True),
        ("input.s.startsWith('a') && !input.s.endsWith('a') // both", True),
        ("input.s != '{{'", True),
        ("true", True),
        ("1 > 2", False),
    ],
)
def test_a_condition_in_text(condition: str, is_true: bool) -> None:
    assert compile_condition(condition, CONDITION)(ROOTS) is is_true


def test_a_path_with_a_hyphen_is_a_condition_too() -> None:
    roots = FakeRoots({"pay-auth": {"output": True}})
    assert compile_condition("nodes.pay-auth.output", CONDITION)(roots) is True


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("input.a", "it gives no boolean but int"),
        ("input.items", "it gives no boolean but list"),
        ("input.null", "it gives no boolean but null_type"),
        ("input.a + 1", "it gives no boolean but int"),
        ("input.a + 'x' == 1", "`+` does not take int and string"),
        ("input.?yes", "JSON has no value for optional_type"),
        ("input.items.all(i, input.items.all(j, i.qty))", "`all` does not take int"),
    ],
)
def test_a_condition_that_gives_no_boolean_has_failed(condition: str, said: str) -> None:
    compiled = compile_condition(condition, CONDITION)
    with pytest.raises(ExpressionError) as caught:
        compiled(ROOTS)
    assert caught.value.code == "condition_error"
    assert said in caught.value.message


def test_what_a_condition_misses_is_told_by_its_path() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition("input.nope.x == 1", CONDITION)(ROOTS)
    assert (caught.value.code, caught.value.message) == (
        "missing_variable",
        "input.nope.x: `nope` is missing",
    )


@pytest.mark.parametrize(
    ("condition", "code", "said"),
    [
        ("", "invalid_expression", "is empty"),
        ("input.a >", "invalid_expression", "(at character 10)"),
        ("  input.a >", "invalid_expression", "(at character 12)"),
        ("{{ input.a }}", "invalid_condition", "leave out `{{`"),
        ("'a'", "invalid_condition", "always gives something else"),
        ("1 + 1", "invalid_condition", "always gives something else"),
        ("body.ok", "misplaced_root", ""),
        ("secrets.key == 'a'", "misplaced_root", ""),
        ("nodes.pay-auth.output == 1", "hyphenated_id", 'nodes["pay-auth"]'),
        ("input.a == '" + "x" * CONDITION_BYTES_MAX + "'", "expression_too_long", ""),
    ],
)
def test_a_wrong_condition_in_text_is_a_fault(condition: str, code: str, said: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_condition(condition, CONDITION, "/when")
    (fault,) = caught.value.faults
    assert (fault.pointer, fault.code) == ("/when", code)
    assert said in fault.message

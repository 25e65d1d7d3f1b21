"""What is wrong with an expression is told before it runs, with its place and what to do."""

import pytest

from treadle.expressions.cel.compile import compile_cel
from treadle.expressions.cel.parser import DEPTH_MAX
from treadle.expressions.compiled import NO_ROOTS
from treadle.expressions.faults import PathError
from treadle.expressions.places import ASYNC_REQUEST, COMMON, CONDITION, TASK_OUTPUT, Place

KEEPING = Place(name="a request with secrets", roots=COMMON | {"secrets", "callback"})


def fault_of(text: str, place: Place = CONDITION) -> PathError:
    with pytest.raises(PathError) as caught:
        compile_cel(text, place)
    return caught.value


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("1 +", 3),
        ("1 2", 2),
        ("+ 1", 0),
        ("(1", 2),
        ("1)", 1),
        ("[1", 2),
        ("[,]", 1),
        ("{1}", 2),
        ("{1: 2", 5),
        ("{'a' 1}", 5),
        ("input.", 6),
        ("input.(1)", 6),
        ("input..a", 6),
        ("input[1", 7),
        ("input.?", 7),
        ("true ? 1", 8),
        ("true ? 1 :", 10),
        ("true ? true ? 1 : 2 : 3", 12),
        ("size(1", 6),
        ("size(1,", 7),
        ("1 = 1", 2),
        ("a === b", 4),
        ("1 & 2", 2),
        ("not true", 4),
        ("true and false", 5),
        ("-!true", 1),
        ("!-1", 1),
        ("'a", 0),
        ("'a\nb'", 0),
        ('"""a"', 2),
        (r"'\q'", 1),
        (r"'a\ud800'", 2),
        (r"'\U00110000'", 1),
        (r"b'\u0041'", 2),
        (r"'\400'", 1),
        ("9223372036854775808", 0),
        ("1 - 9223372036854775808", 4),
        ("18446744073709551616u", 0),
        ("0x10000000000000000", 0),
        ("1e400", 0),
        ("1.", 2),
        ("12abc", 2),
        ("#", 0),
        ("@now", 0),
        ("input.a; 1", 7),
        ("$.a", 0),
        (".input", 0),
        ("`a`", 0),
        ("if", 0),
        ("for", 0),
        ("let", 0),
        ("has(input)", 0),
        ("has(1)", 0),
        ("has(input.a, 1)", 0),
        ("has(input['a'])", 0),
        ("[1].all(1, true)", 8),
        ("[1].map('x', 1)", 8),
        ("optional.of(1).optMap(1, 2)", 22),
        ("Point{x: 1}", 5),
    ],
)
def test_a_text_that_is_no_expression_is_told_with_its_place(text: str, position: int) -> None:
    fault = fault_of(text)
    assert (fault.code, fault.position) == ("invalid_expression", position)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 + 'a'", "`+` does not take int and string"),
        ("1 / 0", "divided by zero"),
        ("size(1)", "`size` does not take int"),
        ("optional.none()", "JSON has no value for optional_type"),
        ("[0.0 / 0.0]", "JSON has no number for nan"),
        ("int('a')", "`int` reads no whole number"),
    ],
)
def test_what_never_has_a_value_is_refused(text: str, said: str) -> None:
    fault = fault_of(text)
    assert (fault.code, said in fault.message) == ("invalid_expression", True)


def test_what_may_do_without_a_value_that_never_is_there_is_not_refused() -> None:
    assert compile_cel("1 / 0 > 1 || true", CONDITION).evaluate(NO_ROOTS) is True
    assert compile_cel("input.a ? 1 / 0 : 2", CONDITION).reads == {("input", "a")}


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("nodes.pay-auth.output", 'nodes["pay-auth"]'),
        ("size(nodes.pay-auth.output) > 0", 'nodes["pay-auth"]'),
        ("has(nodes.pay-auth.output)", 'nodes["pay-auth"]'),
        ("true && nodes.a-b-2.output.ok", 'nodes["a-b-2"]'),
        ("nodes.pay--auth.status == 'x'", 'nodes["pay--auth"]'),
        ("nodes.a-1.output + 1", 'nodes["a-1"]'),
    ],
)
def test_an_id_with_a_hyphen_is_told_how_it_is_written(text: str, right: str) -> None:
    fault = fault_of(text)
    assert (fault.code, right in fault.message) == ("hyphenated_id", True)
    assert fault.position == text.index("nodes")


def test_what_is_subtracted_is_no_id() -> None:
    compile_cel("nodes.a.output.total - nodes.b.output.total", CONDITION)
    compile_cel('nodes["pay-auth"].output.n-nodes.b.output.n', CONDITION)


def test_a_key_with_a_hyphen_is_told_how_it_is_written() -> None:
    fault = fault_of("input.order-id == 1")
    assert fault.code == "unknown_root"
    assert '["the-key"]' in fault.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sise(input)", "did you mean `size`?"),
        ("input.s.startWith('a')", "did you mean `startsWith`?"),
        ("input.l.fliter(x, true)", "did you mean `filter`?"),
        ("startsWith(input.s, 'a')", "`value.startsWith(...)`"),
        ("input.s.int()", "`int(value)`"),
        ("input.l.has()", "`has(value)`"),
        ("all(input.l, x, true)", "`value.all(...)`"),
        ("optional.off(1)", "did you mean `optional.of`?"),
        ("now()", "there is no function `now`"),
        ("input.s.format([1])", "there is no method `format`"),
    ],
)
def test_a_function_that_is_not_there_is_told_with_the_nearest(text: str, said: str) -> None:
    fault = fault_of(text)
    assert fault.code == "unknown_function"
    assert said in fault.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("size()", "takes 1 arguments, not 0"),
        ("input.s.size(1)", "takes 0 arguments, not 1"),
        ("input.s.substring()", "takes 1 or 2 arguments, not 0"),
        ("input.l.map(x)", "takes 2 or 3 arguments, not 1"),
        ("input.l.all(i, x, true)", "takes 2 arguments, not 3"),
        ("input.?a.orValue()", "takes 1 arguments, not 0"),
        ("optional.of()", "takes 1 arguments, not 0"),
    ],
)
def test_a_wrong_number_of_arguments_is_told(text: str, said: str) -> None:
    fault = fault_of(text)
    assert fault.code == "invalid_arity"
    assert said in fault.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("body.ok", "misplaced_root"),
        ("item.a + 1", "misplaced_root"),
        ("failure.message + ''", "misplaced_root"),
        ("inptu.a + 1", "unknown_root"),
        ("x > 1", "unknown_root"),
        ("[1].map(x, x) + [x]", "unknown_root"),
        ("[x].map(x, x)", "unknown_root"),
        ("secrets.key + ''", "misplaced_root"),
        ("execution.ide + ''", "invalid_path"),
        ("execution.?ide.orValue(1)", "invalid_path"),
        ("has(execution.ide)", "invalid_path"),
        ("nodes.a.ouput.x + 1", "invalid_path"),
        ("nodes.a.response.stats + 1", "invalid_path"),
        ("size(nodes)", "invalid_path"),
        ("has(nodes.a)", "invalid_path"),
        ("nodes.a + 1", "invalid_path"),
        ("nodes.?a.output", "invalid_path"),
        ("nodes.map(n, n)", "invalid_path"),
        ("nodes[input.a].output", "computed_path"),
        ("nodes.a[input.f]", "computed_path"),
        ("nodes[0].output", "invalid_path"),
        ("input.s.matches('(')", "invalid_pattern"),
        (r"input.s.matches(r'(a)\1')", "invalid_pattern"),
        ("input.s.matches('a{1001}')", "invalid_pattern"),
        ("input.s.matches('[é-ŋ]{900}')", "invalid_pattern"),
        (f"input.s.matches('{'a' * 1_025}')", "invalid_pattern"),
    ],
)
def test_what_cannot_be_read_or_matched_is_told(text: str, code: str) -> None:
    assert fault_of(text).code == code


@pytest.mark.parametrize(
    "text", ["secrets.key + 'a'", "size(callback.url)", "[callback.token]", "has(callback.url)"]
)
def test_what_is_filled_in_at_sending_is_read_by_a_path_alone(text: str) -> None:
    fault = fault_of(text, KEEPING)
    assert fault.code == "misplaced_root"
    assert "filled in at sending" in fault.message


def test_each_place_has_its_roots() -> None:
    assert compile_cel("body.ok && status == 200", TASK_OUTPUT).reads == {("body", "ok"), ("status",)}
    assert fault_of("callback.urls + 'a'", ASYNC_REQUEST).code == "invalid_path"


@pytest.mark.parametrize(
    "text",
    [
        "(" * DEPTH_MAX + "1" + ")" * DEPTH_MAX,
        "[" * (DEPTH_MAX + 1) + "]" * (DEPTH_MAX + 1),
        "1" + " + 1" * DEPTH_MAX,
        "!" * DEPTH_MAX + "true",
        "true ? 1 : " * DEPTH_MAX + "1",
        "input.a" + ".b.c" * DEPTH_MAX + " + 1",
        "input.l" + ".filter(x, true)" * DEPTH_MAX,
    ],
)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert fault_of(text).code == "expression_too_deep"


@pytest.mark.parametrize(
    "text",
    [
        " || ".join(["true"] * 200),
        " + ".join(["1"] * 40),
        " < ".join(["1", "2"]) + " == true" * 30,
        "(" * 40 + "1" + ")" * 40,
        "[" * 40 + "]" * 40,
        "{1: " * 40 + "1" + "}" * 40,
        "true ? 1 : " * 40 + "1",
        "[" + ", ".join(["1"] * 500) + "]",
    ],
)
def test_what_the_language_asks_for_is_deep_enough(text: str) -> None:
    compile_cel(text, CONDITION)

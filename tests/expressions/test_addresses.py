"""What is put into a URL is encoded, and a header stays one line."""

import pytest

from tests.expressions.roots import FakeRoots
from treadle.expressions.addresses import compile_header, compile_url
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.places import REQUEST
from treadle.model.expression import ExpressionError
from treadle.model.json import Json


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a b/c?d&e=f#g", "a%20b%2Fc%3Fd%26e%3Df%23g"),
        ("AZaz09-._~", "AZaz09-._~"),
        ("é€", "%C3%A9%E2%82%AC"),
        ("../admin", "..%2Fadmin"),
        (12, "12"),
        (None, "null"),
        (True, "true"),
        (["a", 1], "%5B%22a%22%2C1%5D"),
        ("a\r\nb", "a%0D%0Ab"),
    ],
)
def test_a_value_in_the_text_of_a_url_is_percent_encoded(value: Json, encoded: str) -> None:
    compiled = compile_url("http://x/{{ input.v }}/{{ 'a b' }}?q=1", REQUEST)
    assert compiled(FakeRoots(input={"v": value})) == f"http://x/{encoded}/a b?q=1"


def test_a_url_that_is_one_expression_is_taken_as_it_is() -> None:
    roots = FakeRoots(input={"u": "https://x/a b?c=d"})
    assert compile_url("{{ input.u }}", REQUEST)(roots) == "https://x/a b?c=d"


def test_a_url_that_is_no_text_has_no_value() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_url("{{ input.u }}", REQUEST)(FakeRoots(input={"u": {"a": 1}}))
    assert caught.value.code == "invalid_url"


def test_a_url_without_templates_is_returned_as_it_is() -> None:
    assert compile_url("http://x/%20", REQUEST)(FakeRoots()) == "http://x/%20"


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (1, "1"), (False, "false"), ({"a": 1}, '{"a":1}')])
def test_a_header_is_text_whatever_its_expression_gives(value: Json, text: str) -> None:
    assert compile_header("{{ input }}", REQUEST)(FakeRoots(input=value)) == text


@pytest.mark.parametrize("value", ["a\rb", "a\nb", "a\r\nX-Evil: 1", "a\0b"])
def test_a_header_of_more_than_one_line_fails(value: str) -> None:
    compiled = compile_header("v {{ input }}", REQUEST)
    with pytest.raises(ExpressionError) as caught:
        compiled(FakeRoots(input=value))
    assert caught.value.code == "invalid_header"


@pytest.mark.parametrize("text", ["a\nb", "{{ 'a\\nb' }}"])
def test_a_fixed_header_of_more_than_one_line_is_a_fault(text: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_header(text, REQUEST, "/headers/X")
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [
        ("/headers/X", "invalid_header")
    ]

"""What is only known at sending leaves a hole, and no data can ever look like one."""

import pytest

from tests.expressions.roots import FakeRoots
from treadle.expressions.addresses import compile_header, compile_query_value, compile_url
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.holes import RENDERED_CHARS_MAX, Holed
from treadle.expressions.places import ASYNC_REQUEST, COMMON, Place
from treadle.expressions.templates import compile_holed, compile_template
from treadle.expressions.texts import compile_text
from treadle.model.expression import Expression, ExpressionError
from treadle.model.json import Json
from treadle.model.requests import Hole

URL = Hole(root="callback", name="url")
TOKEN = Hole(root="callback", name="token")
IN_URL = Hole(root="callback", name="token", is_encoded=True)
KEEPING = Place(name="a request with secrets", roots=COMMON | {"secrets"})
LOOKS_LIKE = {"a": "{{ callback.url }}", "b": {"root": "callback", "name": "url"}}
ROOTS = FakeRoots(input=LOOKS_LIKE, vars={"s": "a b", "lines": "a\nb"})


def parts(expression: Expression, roots: FakeRoots = ROOTS) -> Json:
    assert isinstance(expression, Holed)
    return expression(roots)


def test_a_value_has_null_where_a_text_with_holes_stands() -> None:
    value = {"to": "{{ callback.url }}", "in": ["{{ vars.s }}", "t={{ callback.token }}!"], "n": 1}
    template = compile_holed(value, ASYNC_REQUEST, "/body")
    assert template.value(ROOTS) == {"to": None, "in": ["a b", None], "n": 1}
    assert [(at, text(ROOTS)) for at, text in template.holed] == [
        ("/body/to", (URL,)),
        ("/body/in/1", ("t=", TOKEN, "!")),
    ]
    assert template.reads == {("callback", "url"), ("callback", "token"), ("vars", "s")}


def test_a_value_that_is_one_hole_is_null() -> None:
    template = compile_holed("{{ callback.url }}", ASYNC_REQUEST, "/input")
    assert template.value(ROOTS) is None
    assert [at for at, _ in template.holed] == ["/input"]


def test_a_key_is_escaped_in_the_pointer() -> None:
    template = compile_holed({"a/b~": "{{ callback.url }}"}, ASYNC_REQUEST, "/body")
    assert [at for at, _ in template.holed] == ["/body/a~1b~0"]


def test_data_that_looks_like_a_hole_stays_data() -> None:
    template = compile_holed(["{{ input }}", "{{ input.a }}-{{ callback.url }}"], ASYNC_REQUEST)
    assert template.value(ROOTS) == [LOOKS_LIKE, None]
    assert [text(ROOTS) for _, text in template.holed] == [("{{ callback.url }}-", URL)]
    assert compile_holed("{{ input }}", ASYNC_REQUEST).holed == ()


def test_a_template_elsewhere_knows_no_callback() -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_template("{{ callback.url }}", KEEPING)
    assert caught.value.faults[0].code == "misplaced_root"


def test_texts_beside_each_other_are_one_part() -> None:
    text = compile_text("{{ vars.s }}, {{ 'x' }}{{ callback.url }}{{ vars.s }}", ASYNC_REQUEST)
    assert parts(text) == ("a b, x", URL, "a b")
    assert parts(compile_text("{{ '' }}{{ callback.url }}", ASYNC_REQUEST)) == (URL,)


def test_a_hole_in_the_text_of_a_url_is_encoded() -> None:
    url = compile_url("http://x/{{ vars.s }}/{{ callback.token }}", ASYNC_REQUEST)
    assert parts(url) == ("http://x/a%20b/", IN_URL)


def test_a_url_that_is_a_hole_is_taken_as_it_is() -> None:
    assert parts(compile_url("{{ callback.url }}", ASYNC_REQUEST)) == (URL,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ callback.token }}", (IN_URL,)),
        ("a b {{ vars.s }} {{ callback.token }}", ("a%20b%20a%20b%20", IN_URL)),
    ],
)
def test_a_hole_in_a_query_is_encoded_as_all_around_it(value: Json, expected: Json) -> None:
    assert parts(compile_query_value(value, ASYNC_REQUEST)) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b", "a%20b"),
        ("a b{{ vars.s }}", "a%20ba%20b"),
        ("{{ 'a b' }}", "a%20b"),
        (["{{ 'x' }}"], "%5B%22x%22%5D"),
        (["{{ vars.s }}", 1], "%5B%22a%20b%22%2C1%5D"),
        (None, "null"),
    ],
)
def test_a_value_of_a_query_is_encoded(value: Json, text: str) -> None:
    assert compile_query_value(value, ASYNC_REQUEST)(ROOTS) == text


def test_a_hole_cannot_stand_in_the_json_of_a_query() -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_query_value({"a": ["{{ callback.url }}"]}, ASYNC_REQUEST, "/query/q")
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [
        ("/query/q/a/0", "misplaced_root")
    ]


def test_a_header_with_a_hole_is_one_line_around_it() -> None:
    assert parts(compile_header("Bearer {{ callback.token }}", ASYNC_REQUEST)) == ("Bearer ", TOKEN)
    with pytest.raises(InvalidExpression):
        compile_header("a\n{{ callback.token }}", ASYNC_REQUEST)
    with pytest.raises(ExpressionError) as caught:
        parts(compile_header("{{ vars.lines }}{{ callback.token }}", ASYNC_REQUEST))
    assert caught.value.code == "invalid_header"


def test_secrets_leave_holes_where_a_place_has_them() -> None:
    assert parts(compile_text("k {{ secrets.k }}", KEEPING)) == ("k ", Hole(root="secrets", name="k"))
    assert parts(compile_text('{{ secrets["a-b"] }}', KEEPING)) == (Hole(root="secrets", name="a-b"),)


def test_a_text_with_holes_that_grows_too_long_has_no_value() -> None:
    text = compile_text("{{ input }}{{ callback.url }}{{ input }}", ASYNC_REQUEST)
    with pytest.raises(ExpressionError) as caught:
        parts(text, FakeRoots(input="x" * (RENDERED_CHARS_MAX // 2 + 1)))
    assert caught.value.code == "rendered_chars_max"


def test_a_text_is_text_whatever_its_expression_gives() -> None:
    assert compile_text("{{ input }}", ASYNC_REQUEST)(FakeRoots(input=5)) == "5"
    assert compile_text("plain", ASYNC_REQUEST)(ROOTS) == "plain"

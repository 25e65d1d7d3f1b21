"""Addresses to call: what is fixed in them is looked at, what is computed is not mistaken for it."""

import pytest

from tests.definition.documents import document, errors, http
from tests.expressions.roots import FakeRoots
from treadle.definition.compile import compile_definition
from treadle.definition.read import check, read_definition
from treadle.model.program import TaskNode
from treadle.model.requests import HttpRequest


@pytest.mark.parametrize(
    "url",
    [
        'http://h/{{ {"a": {"b": input.x}}.a.b }}',
        'http://h/{{ input.x == "}}" ? "a b" : "c" }}',
        'http://h/{{ input.l.map(i, {"a": {"b": i}}).size() }}',
        '{{ input.base + "/orders" }}',
        '{{ "http://h" }}/x',
        "HTTP://h:80/x",
    ],
)
def test_a_good_address_is_let_be(url: str) -> None:
    assert errors(document(http(url=url))) == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://user:pw@h/", "has credentials"),
        ("http://h/a b{{ input.x }}", "has blanks"),
        ("ftp://h/", "begins neither"),
        ("http://[::1", "names no host"),
        ("http://u@[::1", "names no host"),
    ],
)
def test_an_address_that_could_never_be_called_is_a_fault(url: str, told: str) -> None:
    [fault] = [fault for fault in check(document(http(url=url))).errors if fault.code == "invalid_url"]
    assert fault.pointer == "/steps/0/http/url"
    assert told in fault.message


@pytest.mark.parametrize(
    ("word", "meant"),
    [("timeout", "unknown"), ("network", "connection"), ("any", "all"), ("http_5xx", "5xx")],
)
def test_words_of_other_systems_for_what_is_retried_are_told(word: str, meant: str) -> None:
    told = check(document(http() | {"retry": {"on": [word]}})).warnings
    assert [(one.code, f"`{meant}`" in one.message) for one in told if "retry" in one.pointer] == [
        ("unknown_retry_class", True)
    ]


def test_a_question_in_quotes_guards_nothing() -> None:
    undo = {"http": {"method": "POST", "url": '{{ "http://h/?id=" + nodes.a.output.id }}'}}
    told = check(document(http(url="http://h/") | {"id": "a", "compensate": undo})).warnings
    assert "compensation_may_not_render" in [one.code for one in told]


@pytest.mark.parametrize("url", ["{{ input.base }}/orders", "{{ input.base }}{{ input.path }}"])
def test_an_address_whose_scheme_is_encoded_is_warned_of(url: str) -> None:
    assert "encoded_scheme" in [one.code for one in check(document(http(url=url))).warnings]


def test_a_base_address_from_the_input_goes_before_an_id_that_is_encoded() -> None:
    tree = document(http(url="{{ input.base }}/orders/{{ input.id }}"))
    [warning] = [one for one in check(tree).warnings if one.code == "encoded_scheme"]
    advised = warning.message.split("`")[-2]
    good = document(http(url=advised))
    assert check(good).warnings == ()
    task = compile_definition(read_definition(good)).nodes["a"]
    assert isinstance(task, TaskNode)
    request = task.activity.render(FakeRoots(input={"base": "http://h:8080/v1", "id": "a/b c?"}))
    assert isinstance(request, HttpRequest)
    assert request.url == "http://h:8080/v1/orders/a%2Fb%20c%3F"

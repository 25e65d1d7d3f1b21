"""Secrets in requests: they have their place, and no value before they are sent."""

from tests.definition.documents import document, http, task
from tests.expressions.roots import FakeRoots
from treadle.definition.compile import compile_definition
from treadle.definition.read import read_definition
from treadle.model.json import Json
from treadle.model.program import TaskNode
from treadle.model.requests import Hole, HoledText, HttpRequest

KEY = Hole(root="secrets", name="stripe-key")


def request_of(tree: Json) -> HttpRequest:
    node = next(iter(compile_definition(read_definition(tree)).nodes.values()))
    assert isinstance(node, TaskNode)
    request = node.activity.render(FakeRoots(input={"a": "x"}))
    assert isinstance(request, HttpRequest)
    return request


def test_a_secret_stands_in_what_is_sent_as_a_hole() -> None:
    request = request_of(
        document(
            http(
                url="https://pay.example/{{ input.a }}?k={{ secrets['stripe-key'] }}",
                headers={"X-Key": "{{ secrets['stripe-key'] }}"},
                body={"signed": "by {{ secrets['stripe-key'] }}"},
            )
        )
    )
    encoded = Hole(root="secrets", name="stripe-key", is_encoded=True)
    assert request.holes == (
        HoledText(pointer="/url", parts=("https://pay.example/x?k=", encoded)),
        HoledText(pointer="/headers/X-Key", parts=(KEY,)),
        HoledText(pointer="/body/signed", parts=("by ", KEY)),
    )


def test_auth_is_the_secret_as_a_bearer_key() -> None:
    request = request_of(document(http(auth="stripe-key", headers={"X-Id": "1"})))

    assert request.holes == (HoledText(pointer="/headers/Authorization", parts=("Bearer ", KEY)),)


def test_undos_and_hooks_may_send_secrets_too() -> None:
    call = {"http": {"url": "https://a.example", "auth": "k"}}
    read_definition(document(task(compensate=call), on_success=call, on_failure=call, on_cancel=call))

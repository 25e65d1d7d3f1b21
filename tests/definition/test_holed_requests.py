"""Requests of async tasks: what is filled in at sending stands beside the request, by its pointer."""

from tests.definition.documents import awaited, document
from tests.expressions.roots import FakeRoots
from treadle.definition.compile import compile_definition
from treadle.definition.read import read_definition
from treadle.model.json import Json
from treadle.model.program import TaskNode
from treadle.model.requests import HandlerRequest, Hole, HoledText, HttpRequest, Request

URL = Hole(root="callback", name="url")
TOKEN = Hole(root="callback", name="token")
ROOTS = FakeRoots(input={"id": "a b", "fake": "{{ callback.token }}"})


def request(**fields: Json) -> Request:
    node = compile_definition(read_definition(document(awaited(**fields)))).nodes["a"]
    assert isinstance(node, TaskNode)
    return node.activity.render(ROOTS)


def holes_of(**fields: Json) -> tuple[HoledText, ...]:
    made = request(**fields)
    assert isinstance(made, HttpRequest)
    return made.holes


def encoded(hole: Hole) -> Hole:
    return Hole(root=hole.root, name=hole.name, is_encoded=True)


def test_every_text_of_a_call_may_have_holes() -> None:
    made = request(
        http={
            "method": "POST",
            "url": "http://x/{{ callback.token }}?a=1#top",
            "query": {"to": "{{ callback.url }}", "id": "{{ input.id }}"},
            "headers": {"X-Token": "t {{ callback.token }}", "X-Id": "{{ input.id }}"},
            "body": {"reply_to": "{{ callback.url }}", "data": "{{ input.fake }}"},
        }
    )
    assert made == HttpRequest(
        method="POST",
        url="",
        headers={"X-Token": "", "X-Id": "a b"},
        body={"reply_to": None, "data": "{{ callback.token }}"},
        success=("202",),
        holes=(
            HoledText(
                pointer="/url",
                parts=("http://x/", encoded(TOKEN), "?a=1&to=", encoded(URL), "&id=a%20b#top"),
            ),
            HoledText(pointer="/headers/X-Token", parts=("t ", TOKEN)),
            HoledText(pointer="/body/reply_to", parts=(URL,)),
        ),
    )


def test_a_hole_in_the_query_or_the_fragment_holes_the_url() -> None:
    (text,) = holes_of(http={"url": "http://x/y", "query": {"t": "{{ callback.token }}"}})
    assert text.parts == ("http://x/y?t=", encoded(TOKEN))
    (text,) = holes_of(http={"url": "http://x/y#{{ callback.token }}", "query": {"q": 1}})
    assert text.parts == ("http://x/y?q=1#", encoded(TOKEN))
    (text,) = holes_of(http={"url": "{{ callback.url }}", "query": {"q": 1}})
    assert text.parts == (URL, "?q=1")
    (text,) = holes_of(http={"url": "http://x/?t={{ callback.token }}", "query": {"q": 1}})
    assert text.parts == ("http://x/?t=", encoded(TOKEN), "&q=1")


def test_a_whole_body_and_a_whole_input_may_be_a_hole() -> None:
    made = request(http={"url": "http://x", "body": "{{ callback.url }}"})
    assert isinstance(made, HttpRequest)
    assert (made.body, made.holes) == (None, (HoledText(pointer="/body", parts=(URL,)),))
    made = request(handler={"name": "h", "input": {"t": "{{ callback.token }}", "n": "{{ input.id }}"}})
    assert made == HandlerRequest(
        name="h", input={"t": None, "n": "a b"}, holes=(HoledText(pointer="/input/t", parts=(TOKEN,)),)
    )


def test_without_holes_a_call_of_an_async_task_is_whole() -> None:
    made = request(http={"url": "http://x", "success": ["2xx"]})
    assert made == HttpRequest(url="http://x", success=("2xx",))

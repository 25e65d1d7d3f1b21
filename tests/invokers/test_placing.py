"""Texts come to stand at their pointers in a copy; the request that they were put into stays as it was."""

import msgspec
import pytest

from treadle.invokers.placing import NoSuchPlace, placed
from treadle.model.json import Json
from treadle.model.requests import HandlerRequest, HoledText, HttpRequest

HOLES = (HoledText(pointer="/url", parts=("x",)),)


@pytest.mark.parametrize(
    ("body", "pointer", "expected"),
    [
        (None, "/body", "T"),
        ({"a": None, "b": 1}, "/body/a", {"a": "T", "b": 1}),
        ({"a": {"b": [0, {"c": None}]}}, "/body/a/b/1/c", {"a": {"b": [0, {"c": "T"}]}}),
        ([None, 1], "/body/0", ["T", 1]),
        ([[None]], "/body/0/0", [["T"]]),
        ({"a/b": None}, "/body/a~1b", {"a/b": "T"}),
        ({"a~b": None}, "/body/a~0b", {"a~b": "T"}),
        ({"~1": None}, "/body/~01", {"~1": "T"}),
        ({"": None}, "/body/", {"": "T"}),
        ({"0": None}, "/body/0", {"0": "T"}),
    ],
)
def test_a_text_stands_where_its_pointer_leads(body: Json, pointer: str, expected: Json) -> None:
    request = HttpRequest(url="http://s/", body=body, holes=HOLES)
    before = msgspec.json.encode(request)
    made = placed(request, [(pointer, "T")])
    assert made == HttpRequest(url="http://s/", body=expected)
    assert msgspec.json.encode(request) == before


def test_every_part_of_a_request_takes_texts() -> None:
    request = HttpRequest(url="", headers={"X-A": "", "b": "kept"}, body=[None, None], holes=HOLES)
    texts = [("/url", "u"), ("/headers/X-A", "h"), ("/body/0", "0"), ("/body/1", "1")]
    assert placed(request, texts) == HttpRequest(url="u", headers={"X-A": "h", "b": "kept"}, body=["0", "1"])
    assert placed(HandlerRequest(name="f", input={"t": None}, holes=HOLES), [("/input/t", "T")]) == (
        HandlerRequest(name="f", input={"t": "T"})
    )


def test_what_is_not_on_the_way_is_shared_and_what_is_on_it_copied_once() -> None:
    side = {"large": [1, 2]}
    request = HttpRequest(url="", body={"side": side, "way": {"a": None, "b": None}}, holes=HOLES)
    made = placed(request, [("/body/way/a", "1"), ("/body/way/b", "2")])
    assert made.body["side"] is side
    assert made.body["way"] == {"a": "1", "b": "2"}
    assert request.body["way"] == {"a": None, "b": None}


@pytest.mark.parametrize(
    "pointer",
    [
        "",
        "/nowhere",
        "/holes",
        "/name",
        "/body/list/2",
        "/body/list/-1",
        "/body/list/x",
        "/body/n/a",
        "/body/no/a",
    ],
)
def test_a_pointer_that_leads_nowhere_is_told(pointer: str) -> None:
    request = HttpRequest(url="", body={"list": [None, None], "n": 1}, holes=HOLES)
    with pytest.raises(NoSuchPlace):
        placed(request, [(pointer, "T")])


@pytest.mark.parametrize("second", ["/body/a", "/body/a/b", "/body"])
def test_two_texts_at_one_place_are_told(second: str) -> None:
    request = HttpRequest(url="", body={"a": None}, holes=HOLES)
    with pytest.raises(NoSuchPlace):
        placed(request, [("/body/a", "T"), (second, "T")])

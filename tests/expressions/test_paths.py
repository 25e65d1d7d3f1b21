"""Paths are read by our own parser, and what is wrong is told with its place."""

import pytest

from treadle.expressions.faults import PathError
from treadle.expressions.paths import parse_path
from treadle.expressions.places import (
    ASYNC_REQUEST,
    CALLBACK,
    CONDITION,
    DOCUMENT_OUTPUT,
    FAILURE_HOOK,
    HOOK,
    ITEM_ROOTS,
    REQUEST,
    SLEEP,
    TASK_OUTPUT,
    TURN_ROOTS,
    VALUE,
)
from treadle.expressions.roots import checked_path


@pytest.mark.parametrize(
    ("text", "root", "segments"),
    [
        ("input", "input", ()),
        (" input.order.id ", "input", ("order", "id")),
        ("nodes.pay-auth.output.items[0].sku", "nodes", ("pay-auth", "output", "items", 0, "sku")),
        ('nodes["pay-auth"].output', "nodes", ("pay-auth", "output")),
        ("input['a b'][ 12 ]", "input", ("a b", 12)),
        (r'input["\"\u00e9\\"]', "input", ('"é\\',)),
        ("input[0][1]", "input", (0, 1)),
        ("_x._1", "_x", ("_1",)),
        ("nodes.a-b-c.output.d", "nodes", ("a-b-c", "output", "d")),
    ],
)
def test_a_path_is_read_into_its_segments(text: str, root: str, segments: tuple[str | int, ...]) -> None:
    path = parse_path(text)
    assert (path.root, path.segments, path.text) == (root, segments, text.strip())


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "invalid_expression", 0),
        ("   ", "invalid_expression", 3),
        ("input.", "invalid_path", 6),
        ("input..a", "invalid_path", 6),
        ("input.0", "invalid_path", 6),
        ("input a", "invalid_path", 6),
        ("input.a @", "invalid_path", 8),
        ('input["a"', "invalid_path", 9),
        ('input["a', "invalid_expression", 6),
        (r'input["\q"]', "invalid_expression", 7),
        (r'input["\ud800"]', "invalid_expression", 7),
        ("input.order-id", "unsupported_expression", 11),
        ("input.a + 1", "unsupported_expression", 8),
        ("input.a ? 1 : 2", "unsupported_expression", 8),
        ("input.?a", "unsupported_expression", 6),
        ("input[?0]", "unsupported_expression", 6),
        ("input['a' + 'b']", "unsupported_expression", 9),
        ("input.`a b`", "unsupported_expression", 6),
        ("r'a'", "unsupported_expression", 1),
        ("has(input.a)", "unsupported_expression", 3),
        ("input in vars", "unsupported_expression", 6),
        ("input[vars.i]", "unsupported_expression", 6),
        ("input[-1]", "unsupported_expression", 6),
        ("true", "unsupported_expression", 0),
        ("12", "unsupported_expression", 0),
        ("!input.a", "unsupported_expression", 0),
        ("#each input", "unsupported_expression", 0),
        (">partial", "unsupported_expression", 0),
        (".", "unsupported_expression", 0),
    ],
)
def test_what_is_no_path_is_told_with_its_place(text: str, code: str, position: int) -> None:
    with pytest.raises(PathError) as caught:
        parse_path(text)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_payload_is_an_alias_of_input() -> None:
    assert checked_path("payload", ("a",), REQUEST) == ("input", ("a",))


def test_names_of_headers_are_looked_up_in_lower_case() -> None:
    assert checked_path("headers", ("Content-Type",), TASK_OUTPUT) == ("headers", ("content-type",))
    assert checked_path("headers", (0,), TASK_OUTPUT) == ("headers", (0,))
    answer = ("n", "response", "headers", "ETag")
    assert checked_path("nodes", answer, REQUEST)[1] == ("n", "response", "headers", "etag")
    assert checked_path("nodes", ("n", "response", "body", "ETag"), REQUEST)[1][-1] == "ETag"


def test_a_secret_may_be_sent_and_nothing_else_be_done_with_it() -> None:
    for place in (REQUEST, ASYNC_REQUEST, HOOK, FAILURE_HOOK):
        assert checked_path("secrets", ("key",), place) == ("secrets", ("key",))
    for place in (CONDITION, CALLBACK, SLEEP, VALUE, TASK_OUTPUT, DOCUMENT_OUTPUT):
        with pytest.raises(PathError) as caught:
            checked_path("secrets", ("key",), place)
        assert (caught.value.code, " only in " in caught.value.message) == ("misplaced_root", True)


@pytest.mark.parametrize("root", ["callback", "item", "index", "failure", "body"])
def test_a_root_of_another_place_is_told_apart(root: str) -> None:
    with pytest.raises(PathError) as caught:
        checked_path(root, ("a",), REQUEST)
    assert (caught.value.code, " only in " in caught.value.message) == ("misplaced_root", True)


def test_a_place_inside_a_body_has_the_roots_of_the_body() -> None:
    inside = REQUEST.within(ITEM_ROOTS)
    assert checked_path("item", ("sku",), inside) == ("item", ("sku",))
    assert checked_path("index", (), inside) == ("index", ())
    assert inside.within(TURN_ROOTS) is inside


@pytest.mark.parametrize("segments", [(), ("url", "x"), (0,), ("uri",)])
def test_a_callback_has_a_url_and_a_token(segments: tuple[str | int, ...]) -> None:
    with pytest.raises(PathError) as caught:
        checked_path("callback", segments, ASYNC_REQUEST)
    assert caught.value.code == "invalid_path"


def test_each_place_has_its_roots() -> None:
    assert checked_path("failure", ("message",), FAILURE_HOOK)[0] == "failure"
    assert checked_path("body", (), TASK_OUTPUT)[0] == "body"
    for root, place in (("failure", REQUEST), ("body", DOCUMENT_OUTPUT), ("status", FAILURE_HOOK)):
        with pytest.raises(PathError) as caught:
            checked_path(root, (), place)
        assert caught.value.code == "misplaced_root"


@pytest.mark.parametrize(
    ("root", "segments", "hint"),
    [
        ("nodes", (), "nodes.<id>.<field>"),
        ("nodes", ("a",), "nodes.<id>.<field>"),
        ("nodes", (0, "output"), "nodes.<id>.<field>"),
        ("nodes", ("a", "ouput"), "did you mean `output`?"),
        ("nodes", ("a", "response", "stats"), "did you mean `status`?"),
        ("execution", ("ide",), "did you mean `id`?"),
        ("execution", (0,), "has no `0`"),
    ],
)
def test_a_field_that_its_root_has_not_is_told_with_the_nearest(
    root: str, segments: tuple[str | int, ...], hint: str
) -> None:
    with pytest.raises(PathError) as caught:
        checked_path(root, segments, REQUEST)
    assert caught.value.code == "invalid_path"
    assert hint in caught.value.message


def test_nothing_is_suggested_for_what_is_no_slip_of_the_pen() -> None:
    for root in ("completely", "input" * 20):
        with pytest.raises(PathError) as caught:
            checked_path(root, (), REQUEST)
        assert "did you mean" not in caught.value.message


def test_an_unknown_root_is_told_with_the_nearest() -> None:
    with pytest.raises(PathError) as caught:
        checked_path("imput", (), REQUEST)
    assert caught.value.code == "unknown_root"
    assert "did you mean `input`?" in caught.value.message

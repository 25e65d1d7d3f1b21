"""Server-sent events, whatever a server or what stands between makes of their lines."""

from treadle.cli.event_stream import Message, messages


def read(text: str) -> list[Message | None]:
    return list(messages(text.splitlines(keepends=True)))


def message(data: str, **fields: str) -> Message:
    return Message(**({"id": "", "event": "message", "data": data} | fields))


def test_a_message_ends_at_an_empty_line() -> None:
    assert read("id: 7\nevent: NodeEntered\ndata: {}\n\n") == [message("{}", id="7", event="NodeEntered")]
    assert read("data: {}\n") == []


def test_data_may_have_several_lines_and_lines_two_ends() -> None:
    assert read("data: a\r\ndata:b\r\ndata:  c\r\n\r\n") == [message("a\nb\n c")]


def test_a_comment_is_a_sign_of_life() -> None:
    assert read(": still here\n\n:\n\ndata: x\n\n") == [None, None, message("x")]


def test_the_id_stands_until_there_is_another_and_the_event_does_not() -> None:
    assert read("id: 1\nevent: a\ndata: x\n\ndata: y\n\n") == [
        message("x", id="1", event="a"),
        message("y", id="1"),
    ]


def test_what_has_no_data_is_no_message_and_unknown_fields_are_passed_over() -> None:
    assert read("event: a\n\nretry: 10\nnonsense\ndata\n\n") == [message("")]

"""A stream of events that breaks, and one that is cut anywhere."""

import msgspec
import pytest

from tests.client.asking import AT_ONCE, Kind, asking
from tests.client.scripted import EXECUTION, dropped, event, refused, scripted, strange, stream
from treadle.client import ApiError, Unreachable
from treadle.client.event_stream import SIGN_OF_LIFE, Message, MessageReader

ID = EXECUTION["id"]
END = event(4, "ExecutionCompleted")
BYE = b"event: bye\ndata: {}\n\n"


@pytest.mark.anyio
async def test_a_stream_that_breaks_goes_on_where_it_broke(kind: Kind) -> None:
    answers = (
        stream(event(1), event(2)[:20], is_cut=True),
        dropped,
        strange(),
        refused("overloaded"),
        stream(event(2), b": still here\n\n", BYE),
        stream(),
        stream(event(3)[:9], event(3)[9:] + END),
    )
    async with scripted(*answers) as server, asking(kind, server.url) as asked:
        events = await asked.take("events", ID)
        assert [one.seq for one in events] == [1, 2, 3, 4]
        assert server.sent("Last-Event-ID") == ["0", "1", "1", "1", "1", "2", "2"]


@pytest.mark.anyio
async def test_streams_that_bring_nothing_end(kind: Kind) -> None:
    limits = msgspec.structs.replace(AT_ONCE, reconnects_max=3)
    async with scripted(*[stream(BYE)] * 9) as server, asking(kind, server.url, limits) as asked:
        with pytest.raises(Unreachable, match="ended early"):
            await asked.take("events", ID, after=7)
        assert server.sent("Last-Event-ID") == ["7"] * 3


@pytest.mark.anyio
async def test_a_refusal_ends_a_stream(kind: Kind) -> None:
    async with (
        scripted(stream(event(1)), refused("execution_not_found", 404, retryable=False)) as server,
        asking(kind, server.url) as asked,
    ):
        with pytest.raises(ApiError, match="execution_not_found"):
            await asked.take("events", ID)


@pytest.mark.anyio
async def test_a_quiet_stream_is_taken_for_dead(kind: Kind) -> None:
    limits = msgspec.structs.replace(AT_ONCE, quiet_s=0.05, reconnects_max=2)
    async with scripted(dropped, dropped) as server, asking(kind, server.url, limits) as asked:
        with pytest.raises(Unreachable):
            await asked.take("events", ID)


def test_messages_are_read_however_they_are_cut() -> None:
    text = b": hi\nid: 1\nevent: a\ndata: x\ndata: y\n\nevent: lost\n\r\ndata:\xc3\xa9\r\n\r\n"
    whole = [SIGN_OF_LIFE, Message(event="a", data="x\ny"), Message(event="message", data="é")]
    for size in range(1, len(text) + 1):
        reader = MessageReader()
        parts = [text[at : at + size] for at in range(0, len(text), size)]
        assert [message for part in parts for message in reader.feed(part)] == whole


def read(text: str) -> list[Message]:
    return MessageReader().feed(text.encode())


def test_a_message_ends_at_an_empty_line() -> None:
    assert read("id: 7\nevent: NodeEntered\ndata: {}\n\n") == [Message(event="NodeEntered", data="{}")]
    assert read("data: {}\n") == []


def test_data_may_have_several_lines_and_blanks_of_its_own() -> None:
    assert read("data: a\r\ndata:b\r\ndata:  c\r\n\r\n") == [Message(event="message", data="a\nb\n c")]


def test_a_comment_is_a_sign_of_life() -> None:
    assert read(": still here\n\n:\n\n") == [SIGN_OF_LIFE, SIGN_OF_LIFE]


def test_what_has_no_data_is_no_message_and_unknown_fields_are_passed_over() -> None:
    assert read("event: a\n\nretry: 10\nnonsense\ndata\n\n") == [Message(event="message", data="")]


def test_a_message_without_end_is_not_kept() -> None:
    reader = MessageReader(bytes_max=100)
    for _ in range(10):
        reader.feed(b"data: 0123456789\n")
    with pytest.raises(ValueError, match="more than 100 bytes"):
        reader.feed(b"data: 0")

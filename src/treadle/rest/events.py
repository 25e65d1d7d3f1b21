"""A history as server-sent events (HTML, section 9.2)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from treadle.model.errors import Rejected, Unavailable
from treadle.model.ids import ExecutionId
from treadle.rest.bounds import EVENT_ID_DIGITS_MAX
from treadle.rest.queries import NoQuery
from treadle.rest.routing import Answer, Call
from treadle.service.following import Place
from treadle.service.history import HistoryItem

EVENT_STREAM: Final = "text/event-stream"
STILL_HERE: Final = b": still here\n\n"
BYE: Final = b"event: bye\ndata: {}\n\n"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Neither kept nor gathered by what stands between."""
_encoder = msgspec.json.Encoder()


async def follow_events(call: Call[NoQuery, None]) -> Answer:
    """200 and the events from the one after `Last-Event-ID` on; 204 when nothing can come any more."""
    execution_id = ExecutionId(call.path["id"].lower())
    after_seq = read_last_event_id(call.headers.get("last-event-id", ""))
    following = call.edge.use_cases.following
    place = following.admit()
    try:
        is_over = await following.is_over(call.caller.namespace, execution_id, after_seq)
    except BaseException:
        place.leave()
        raise
    if is_over:
        place.leave()
        return Answer(status=204)
    return Answer(headers=HEADERS, stream=EventStream(_messages(call, execution_id, after_seq), place))


class EventStream:
    """Messages that are sent one after the other, and the place among those who follow."""

    def __init__(self, messages: AsyncGenerator[bytes, None], place: Place) -> None:
        self.messages = messages
        self._place = place

    async def close(self) -> None:
        """Give back what the stream holds, whether it was sent or not; idempotent."""
        await self.messages.aclose()
        self._place.leave()


async def _messages(
    call: Call[NoQuery, None], execution_id: ExecutionId, after_seq: int
) -> AsyncGenerator[bytes, None]:
    """It ends early for one whose key is good no more, and when the store cannot be read."""
    following = call.edge.use_cases.following
    pages = following.pages(call.caller.namespace, execution_id, after_seq)
    try:
        async with aclosing(pages):
            async for page in pages:
                await call.edge.callers.identify(call.headers)
                for item in page:
                    yield message_of(item)
                if not page:
                    yield STILL_HERE
    except (Rejected, Unavailable):
        return
    if following.is_closing:
        yield BYE


def message_of(item: HistoryItem) -> bytes:
    """One event of a history as one message; JSON has no line break in it."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (item.seq, item.type.encode(), _encoder.encode(item))


def read_last_event_id(text: str) -> int:
    """The `seq` of the last event that the client has; 0 when it has none.

    Raises:
        Rejected: `malformed_request`.
    """
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= EVENT_ID_DIGITS_MAX):
        raise Rejected("malformed_request", "Last-Event-ID is the `id` of an event that was sent: a number")
    return int(text)


class EventStreamHead(Response):
    """What a stream begins with, for those who ask for that alone: its length is not known."""

    media_type = EVENT_STREAM

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        del self.headers["Content-Length"]


class EventStreamResponse(StreamingResponse):
    """A client that takes nothing for `send_s_max` is let go of."""

    media_type = EVENT_STREAM

    def __init__(self, stream: EventStream, headers: Mapping[str, str], *, send_s_max: float) -> None:
        super().__init__(stream.messages, headers=headers)
        self._stream = stream
        self._send_s_max = send_s_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._stream.close()

    async def stream_response(self, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(self._send_s_max):
                    await send(message)
            except TimeoutError as error:
                raise ClientDisconnect from error

        await super().stream_response(send_in_time)

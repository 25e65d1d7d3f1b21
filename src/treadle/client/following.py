"""Follows one execution: its events as they happen, and its end."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import msgspec

from treadle.client.answers import BulkAct, Event, Execution
from treadle.client.asking import Asker
from treadle.client.bulk_calls import bulk_act
from treadle.client.errors import ApiError, ClientError, Unreachable
from treadle.client.event_stream import SIGN_OF_LIFE, Message, MessageReader
from treadle.client.execution_calls import event_stream, execution
from treadle.client.retrying import pause

ENDS: Final = frozenset(
    {"ExecutionCompleted", "ExecutionFailed", "ExecutionCancelled", "ExecutionTerminated"}
)
"""The types of events that end a run."""
SETTLING: Final = ENDS | {"ExecutionStuck"}
BULK_LOOKED_AT_S: Final = 0.5
"""How often it is asked how far a bulk act has come."""
BYE: Final = "bye"
"""The message of a server that stops."""


async def follow(asker: Asker, execution_id: str, after: int) -> AsyncGenerator[Event, None]:
    """Every event after `after`, none of them twice, to the one that ends a run.

    A stream that breaks is opened again where it broke, until `reconnects_max` in a row brought nothing.
    """
    failed = 0
    while True:
        lost: ClientError = Unreachable("the stream of events ended early", is_sent=True)
        try:
            async with aclosing(_messages(asker, execution_id, after)) as messages:
                async for message in messages:
                    if message is None:
                        return
                    if message.event == BYE:
                        break
                    failed = 0
                    if message is SIGN_OF_LIFE:
                        continue
                    event = _event(message)
                    after = event.seq
                    yield event
                    if event.type in ENDS:
                        return
        except ClientError as error:
            if isinstance(error, ApiError) and not error.retryable:
                raise
            lost = error
        failed += 1
        await asker.back_off(lost, failed, asker.limits.reconnects_max)


async def settled(asker: Asker, execution_id: str) -> Execution:
    """The execution once it has ended or is stuck."""
    while True:
        now = await asker.answer(execution(execution_id))
        if now.is_settled:
            return now
        async with aclosing(follow(asker, execution_id, now.version)) as events:
            async for event in events:
                if event.type in SETTLING:
                    break


async def bulk_ended(asker: Asker, bulk_id: str) -> BulkAct:
    """The bulk act once it has ended."""
    while True:
        now = await asker.answer(bulk_act(bulk_id))
        if now.has_ended:
            return now
        await pause(BULK_LOOKED_AT_S)


async def _messages(asker: Asker, execution_id: str, after: int) -> AsyncGenerator[Message | None, None]:
    """The messages of one connection; None when nothing can come any more."""
    async with asker.stream(event_stream(execution_id, after)) as parts:
        if parts is None:
            yield None
            return
        reader = MessageReader()
        async for part in parts:
            try:
                found = reader.feed(part)
            except ValueError as error:
                raise Unreachable(str(error), is_sent=True) from error
            for message in found:
                yield message


def _event(message: Message) -> Event:
    try:
        return msgspec.json.decode(message.data, type=Event)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreachable("a message of the stream is no event", is_sent=True) from error

"""One timer keeps the time limits of all handlers that are `async def`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.invokers.invocations import handler
from treadle.invokers.local.invoker import LocalInvoker
from treadle.model.json import Json
from treadle.model.outcomes import Ok, Outcome, Unknown
from treadle.worker import Registry

pytestmark = pytest.mark.anyio

SHORT_MS = 50
LONG_MS = 60_000
PATIENCE_S = 30
"""A limit that nobody keeps fails a test and does not hang it."""


class Waiting:
    """Handlers that wait until they are let go, or cancelled."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.let_go = asyncio.Event()
        self.begun = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.registry.handler("wait")(self.wait)
        self.registry.handler("stay")(self.stay)

    async def wait(self, value: Json) -> Json:
        self.begun.set()
        await self.let_go.wait()
        return value

    async def stay(self, value: Json) -> Json:
        """Not to be cancelled the first time."""
        with contextlib.suppress(asyncio.CancelledError):
            await self.wait(value)
        self.cancelled.set()
        return await self.wait(value)


@pytest.fixture
async def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
async def local(waiting: Waiting) -> AsyncIterator[LocalInvoker]:
    made = LocalInvoker(waiting.registry)
    yield made
    await made.close()


def is_late(outcome: Outcome) -> bool:
    return isinstance(outcome, Unknown) and outcome.code == "call_timeout"


async def test_a_limit_is_kept_that_ends_before_one_that_began_earlier(
    waiting: Waiting, local: LocalInvoker
) -> None:
    slow = asyncio.create_task(local.invoke(handler("wait", "slow", timeout_ms=LONG_MS)))
    await waiting.begun.wait()
    async with asyncio.timeout(PATIENCE_S):
        assert is_late(await local.invoke(handler("wait", timeout_ms=SHORT_MS)))
    waiting.let_go.set()
    assert await slow == Ok(body="slow")


async def test_limits_that_end_one_after_the_other_are_all_kept_and_none_early(local: LocalInvoker) -> None:
    loop = asyncio.get_running_loop()

    async def lasted_ms(timeout_ms: int) -> float:
        began = loop.time()
        assert is_late(await local.invoke(handler("wait", timeout_ms=timeout_ms)))
        return (loop.time() - began) * 1_000

    limits = [120, 1, 30, 31, 77]
    async with asyncio.timeout(PATIENCE_S):
        lasted = await asyncio.gather(*map(lasted_ms, limits))
        again = await lasted_ms(SHORT_MS)
    early = [
        (limit, ms) for limit, ms in zip([*limits, SHORT_MS], [*lasted, again], strict=True) if ms < limit
    ]
    assert early == []


async def test_a_cancellation_from_outside_after_the_time_limit_passes_through(
    waiting: Waiting, local: LocalInvoker
) -> None:
    task = asyncio.create_task(local.invoke(handler("stay", timeout_ms=SHORT_MS)))
    async with asyncio.timeout(PATIENCE_S):
        await waiting.cancelled.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_task_whose_handler_was_late_is_itself_again_afterwards(
    waiting: Waiting, local: LocalInvoker
) -> None:
    @waiting.registry.handler()
    async def defy(value: Json) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await waiting.let_go.wait()

    task = asyncio.current_task()
    assert task is not None
    async with asyncio.timeout(PATIENCE_S):
        for name in ("wait", "defy"):
            assert is_late(await local.invoke(handler(name, timeout_ms=SHORT_MS)))
            assert task.cancelling() == 0
    waiting.let_go.set()
    assert await local.invoke(handler("wait", 2, timeout_ms=LONG_MS)) == Ok(body=2)


async def test_a_time_limit_of_the_handler_itself_is_its_own_affair(
    waiting: Waiting, local: LocalInvoker
) -> None:
    @waiting.registry.handler()
    async def ask(value: Json) -> str:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0):
                await waiting.let_go.wait()
        task = asyncio.current_task()
        return f"cancelled {task.cancelling()} times" if task else "no task"

    assert await local.invoke(handler("ask", timeout_ms=LONG_MS)) == Ok(body="cancelled 0 times")


async def test_what_ends_after_the_invoker_was_closed_ends_as_it_is(
    waiting: Waiting, local: LocalInvoker
) -> None:
    task = asyncio.create_task(local.invoke(handler("wait", 1, timeout_ms=LONG_MS)))
    await waiting.begun.wait()
    await local.close()
    await local.close()
    waiting.let_go.set()
    assert await task == Ok(body=1)

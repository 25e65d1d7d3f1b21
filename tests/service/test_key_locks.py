"""One start at a time for each key, to its end."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint

from treadle.model.ids import Namespace
from treadle.service.idempotency import KeyLocks

pytestmark = pytest.mark.anyio
HERE = Namespace("here")


class Work:
    """What is done under a key, as far as the test lets it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.may_end = asyncio.Event()
        self.begun: list[str] = []

    async def carry_out(self, name: str) -> str:
        self.begun.append(name)
        await self.may_end.wait()
        self.done.append(name)
        return name


async def turns() -> None:
    for _ in range(10):
        await checkpoint()


async def test_work_whose_caller_has_gone_is_done_before_the_next_under_its_key_begins() -> None:
    locks, work = KeyLocks(), Work()
    first = asyncio.create_task(locks.to_its_end(HERE, "key", work.carry_out("first")))
    await turns()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asyncio.create_task(locks.to_its_end(HERE, "key", work.carry_out("second")))
    await turns()
    assert work.begun == ["first"]
    work.may_end.set()
    assert await second == "second"
    assert work.done == ["first", "second"]


async def test_work_whose_caller_goes_while_it_waits_for_the_key_is_done_too() -> None:
    locks, work = KeyLocks(), Work()
    first = asyncio.create_task(locks.to_its_end(HERE, "key", work.carry_out("first")))
    await turns()
    second = asyncio.create_task(locks.to_its_end(HERE, "key", work.carry_out("second")))
    await turns()
    second.cancel()
    work.may_end.set()
    assert await first == "first"
    await turns()
    assert work.done == ["first", "second"]


async def test_other_keys_and_namespaces_do_not_wait() -> None:
    locks, work = KeyLocks(), Work()
    tasks = [
        asyncio.create_task(locks.to_its_end(namespace, key, work.carry_out(f"{namespace}/{key}")))
        for namespace, key in ((HERE, "a"), (HERE, "b"), (Namespace("there"), "a"))
    ]
    await turns()
    assert len(work.begun) == 3
    work.may_end.set()
    await asyncio.gather(*tasks)


async def test_what_the_work_raises_is_told_to_its_caller() -> None:
    async def broken() -> None:
        raise ValueError("no")

    locks = KeyLocks()
    with pytest.raises(ValueError, match="no"):
        await locks.to_its_end(HERE, "key", broken())
    work = Work()
    work.may_end.set()
    assert await locks.to_its_end(HERE, "key", work.carry_out("free")) == "free"

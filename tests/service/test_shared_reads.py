"""Many who ask for the same share a read, and none is told what was so before he asked."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint

from treadle.service.shared_reads import SharedReads

pytestmark = pytest.mark.anyio


class Source:
    """What is read: each read waits until it is let through, and gives what stands when it began."""

    def __init__(self) -> None:
        self.value = "old"
        self.reads: list[str] = []
        self.fault: Exception | None = None
        self._gate = asyncio.Semaphore(0)

    def let_through(self, count: int = 1) -> None:
        for _ in range(count):
            self._gate.release()

    async def read(self, key: str) -> str:
        value, fault = f"{key}:{self.value}", self.fault
        self.reads.append(key)
        await self._gate.acquire()
        if fault is not None:
            raise fault
        return value


async def turns() -> None:
    for _ in range(10):
        await checkpoint()


async def test_who_asks_during_a_read_shares_the_next_one() -> None:
    source = Source()
    shared = SharedReads(source.read)
    first = asyncio.create_task(shared.get("a"))
    await turns()
    source.value = "new"
    others = [asyncio.create_task(shared.get("a")) for _ in range(5)]
    await turns()
    assert source.reads == ["a"]
    source.let_through()
    assert await first == "a:old"
    await turns()
    assert source.reads == ["a", "a"]
    source.let_through()
    assert await asyncio.gather(*others) == ["a:new"] * 5
    source.let_through()
    assert await shared.get("a") == "a:new"
    assert len(source.reads) == 3, "what was read is not kept"


async def test_keys_do_not_wait_for_each_other() -> None:
    source = Source()
    shared = SharedReads(source.read)
    asked = [asyncio.create_task(shared.get(key)) for key in "ab"]
    await turns()
    assert source.reads == ["a", "b"]
    source.let_through(2)
    assert await asyncio.gather(*asked) == ["a:old", "b:old"]


async def test_a_fault_is_told_to_all_who_share_it_and_to_nobody_else() -> None:
    source = Source()
    shared = SharedReads(source.read)
    source.fault = LookupError("gone")
    failing = asyncio.create_task(shared.get("a"))
    await turns()
    source.fault = None
    later = asyncio.create_task(shared.get("a"))
    await turns()
    source.let_through(2)
    with pytest.raises(LookupError):
        await failing
    assert await later == "a:old"


async def test_who_goes_away_takes_the_answer_from_nobody() -> None:
    source = Source()
    shared = SharedReads(source.read)
    gone, staying = (asyncio.create_task(shared.get("a")) for _ in range(2))
    await turns()
    gone.cancel()
    await turns()
    source.let_through()
    assert await staying == "a:old"
    assert gone.cancelled()
    assert source.reads == ["a"]

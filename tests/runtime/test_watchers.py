"""Who waits for an end is told the first settled state, or nothing when its time is over or all stops."""

import asyncio

import pytest

from treadle.model.execution import DefinitionRef, Execution, ExecutionStatus
from treadle.model.ids import Digest, ExecutionId, Instant, Namespace
from treadle.runtime.clocks import SystemClock
from treadle.runtime.watchers import Watchers

pytestmark = pytest.mark.anyio

SOON_MS = 10
FAR_MS = 3_600_000
IN_TIME_S = 60


def ended(id_: str) -> Execution:
    return Execution(
        id=ExecutionId(id_),
        version=9,
        updated_at=Instant(2),
        namespace=Namespace("default"),
        definition=DefinitionRef(name="order", version="1", digest=Digest("sha256:1")),
        semantics=1,
        created_at=Instant(1),
        ended=ExecutionStatus.COMPLETED,
    )


async def test_each_waits_for_as_long_as_it_said() -> None:
    watchers = Watchers(SystemClock())
    impatient, patient = watchers.add(ExecutionId("a")), watchers.add(ExecutionId("a"))
    watchers.limit(patient, FAR_MS)
    watchers.limit(impatient, SOON_MS)
    async with asyncio.timeout(IN_TIME_S):
        assert await impatient.settled is None
    assert not patient.settled.done()
    watchers.remove(impatient)
    end = ended("a")
    watchers.observe(end)
    assert patient.settled.result() is end
    watchers.close()


async def test_one_that_has_gone_is_told_nothing_when_its_time_is_over() -> None:
    watchers = Watchers(SystemClock())
    gone, other = watchers.add(ExecutionId("a")), watchers.add(ExecutionId("b"))
    watchers.limit(gone, SOON_MS)
    watchers.remove(gone)
    watchers.limit(other, 2 * SOON_MS)
    async with asyncio.timeout(IN_TIME_S):
        assert await other.settled is None
    assert not gone.settled.done()
    watchers.close()


async def test_an_end_reaches_only_those_who_wait_for_that_execution() -> None:
    watchers = Watchers(SystemClock())
    first, second = watchers.add(ExecutionId("a")), watchers.add(ExecutionId("b"))
    watchers.observe(ended("b"))
    assert (first.settled.done(), second.settled.done()) == (False, True)
    watchers.close()


async def test_all_are_let_go_without_an_end_when_the_edges_close_and_cancelled_when_the_engine_does() -> (
    None
):
    watchers = Watchers(SystemClock())
    before = watchers.add(ExecutionId("a"))
    watchers.limit(before, FAR_MS)
    watchers.release()
    assert before.settled.result() is None
    after = watchers.add(ExecutionId("a"))
    watchers.close()
    assert after.settled.cancelled()

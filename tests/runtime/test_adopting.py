"""What an engine claims it drives; one execution whose state cannot be keeps no other from that."""

import asyncio
from collections.abc import Callable

import pytest
from anyio.lowlevel import checkpoint
from msgspec.structs import replace
from structlog.testing import capture_logs

from tests.runtime.world import (
    NAMESPACE,
    FallibleSqliteStore,
    FallibleStore,
    Services,
    program,
    sleep,
    stage,
    task,
)
from treadle.codec.snapshots import encode_snapshot
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.commands import PauseExecution
from treadle.model.errors import Corrupt
from treadle.model.execution import Execution, ExecutionStatus
from treadle.model.ids import ExecutionId
from treadle.model.persistent import put
from treadle.ports.commit import StoredState
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.recording import restore

pytestmark = pytest.mark.anyio
CALLING = program(task("work"))
NAPPING = program(sleep("nap", 3_600_000, "work"), task("work"))
IMPATIENT = RuntimeBounds(stop_grace_ms=0, keep_waiting_ms=0)
Store = FallibleStore | FallibleSqliteStore


def without_frames(execution: Execution) -> Execution:
    return replace(execution, frames={})


def without_activity(execution: Execution) -> Execution:
    root = replace(execution.frames[ROOT_FRAME], activity=None)
    return replace(execution, frames=put(execution.frames, ROOT_FRAME, root))


def of_other_rules(execution: Execution) -> Execution:
    return replace(execution, semantics=9)


def of_a_later_version(execution: Execution) -> Execution:
    return replace(execution, version=execution.version + 5)


def of_another(execution: Execution) -> Execution:
    return replace(execution, id=ExecutionId("another"))


def damaging(
    which: ExecutionId, damage: Callable[[Execution], Execution]
) -> Callable[[StoredState], StoredState]:
    """The state of this one is stored as another one."""

    def damaged(stored: StoredState) -> StoredState:
        if stored.execution_id != which:
            return stored
        return replace(stored, snapshot=encode_snapshot(damage(restore(stored)[0])), tail=())

    return damaged


@pytest.mark.parametrize(
    "damage", [without_frames, without_activity, of_other_rules, of_a_later_version, of_another]
)
async def test_an_execution_that_cannot_be_driven_keeps_no_other_from_going_on(
    store: Store, damage: Callable[[Execution], Execution]
) -> None:
    first = Services()
    first.hold("work")
    async with stage(CALLING, store=store, services=first, bounds=IMPATIENT) as on:
        begun = [await on.begin(CALLING) for _ in range(4)]
        await first.until_called("work", 4)
    store.damages = damaging(begun[0], damage)
    with capture_logs() as lines:
        async with stage(CALLING, store=store) as on:
            for one in begun[1:]:
                assert (await on.ended(one)).ended is ExecutionStatus.COMPLETED
            assert on.engine.health() == ()
            later = await on.begin(CALLING)
            assert (await on.ended(later)).ended is ExecutionStatus.COMPLETED
            assert on.engine.live(begun[0]) is None
    assert [line["execution"] for line in lines if line["event"] == "execution cannot be driven"] == [
        begun[0]
    ]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (of_other_rules, "unknown_semantics"),
        (of_a_later_version, "state_mismatch"),
        (of_another, "state_mismatch"),
    ],
)
async def test_an_act_on_an_execution_that_cannot_be_driven_says_why(
    damage: Callable[[Execution], Execution], code: str
) -> None:
    store = FallibleStore()
    async with stage(NAPPING, store=store, bounds=IMPATIENT) as on:
        begun = await on.begin(NAPPING)
        damaged = damaging(begun, damage)
        found = store.views.execution

        async def execution(namespace: str, execution_id: ExecutionId) -> StoredState | None:
            stored = await found(NAMESPACE, execution_id)
            return None if stored is None else damaged(stored)

        store.views.execution = execution  # type: ignore[method-assign]  # what stands there is damaged
        with pytest.raises(Corrupt, match=code):
            await on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev"))


async def test_others_have_their_turn_between_two_adoptions(store: Store) -> None:
    first = Services()
    first.hold("work")
    async with stage(CALLING, store=store, services=first, bounds=IMPATIENT) as on:
        for _ in range(6):
            await on.begin(CALLING)
        await first.until_called("work", 6)
    seen: set[int] = set()
    second = Services()
    second.hold("work")
    async with stage(CALLING, store=store, services=second) as on:
        while on.engine.live_count < 6:
            seen.add(on.engine.live_count)
            await checkpoint()
        second.release("work")
    assert {1, 2, 3, 4, 5} <= seen


async def test_states_beyond_the_bytes_of_one_claim_are_claimed_by_another(store: Store) -> None:
    first = Services()
    first.hold("work")
    async with stage(CALLING, store=store, services=first, bounds=IMPATIENT) as on:
        begun = [await on.begin(CALLING) for _ in range(4)]
        await first.until_called("work", 4)
    async with stage(CALLING, store=store, bounds=RuntimeBounds(claim_bytes_max=1)) as on:
        async with asyncio.timeout(30):
            for one in begun:
                assert (await on.ended(one)).ended is ExecutionStatus.COMPLETED

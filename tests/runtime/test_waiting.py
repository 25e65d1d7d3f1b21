"""What only waits takes no memory, and whoever answers it finds it again; the bounds of an execution hold."""

import asyncio
from typing import TypeAlias

import pytest
from anyio.lowlevel import checkpoint
from msgspec.structs import replace

from tests.runtime.world import (
    NAMESPACE,
    FallibleSqliteStore,
    FallibleStore,
    Services,
    called,
    named,
    stage,
    start_of,
)
from treadle.core.status import status_of
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import DeliverCallback, SendSignal, TerminateExecution
from treadle.model.effects import Invocation
from treadle.model.errors import Rejected
from treadle.model.execution import ExecutionStatus, FailureKind, Phase
from treadle.model.ids import Instant
from treadle.model.outcomes import Ok, Outcome, Unknown
from treadle.model.policies import RetryPolicy
from treadle.model.program import CallbackPlan, TaskNode
from treadle.runtime.bounds import RuntimeBounds
from treadle.testing.builders import plan, program, sleep, task, undo
from treadle.testing.composites import wait

pytestmark = pytest.mark.anyio
Store: TypeAlias = FallibleStore | FallibleSqliteStore

NEVER_POLLS = RuntimeBounds(poll_interval_ms=600_000, keep_waiting_ms=0, stop_grace_ms=2_000)
ASKING = called("asking", program(wait("approval"), task("last")))
TRIGGER: TaskNode = replace(task("trigger"), callback=CallbackPlan(timeout_ms=3_600_000))
ASYNC = called("async", program(TRIGGER, task("last")))
BROKEN_ONCE = called(
    "broken",
    program(
        replace(
            TRIGGER,
            activity=plan("trigger", retry=RetryPolicy(initial_ms=1, jitter=0.0)),
            compensation=undo("undo-trigger"),
        ),
        task("last"),
    ),
)
NAPPING = called("napping", program(sleep("nap", 3_600_000)))


class LateAccepting(Services):
    """Accepts a trigger when it is released, and says when it has, and what was told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted = 0
        self.stopped: list[str] = []

    async def invoke(self, invocation: Invocation) -> Outcome:
        try:
            outcome = await super().invoke(invocation)
        except asyncio.CancelledError:
            self.stopped.append(invocation.node)
            raise
        if invocation.node == "trigger":
            self.accepted += 1
            return Ok(body="accepted", status=202)
        return outcome


class BreakingOnce(LateAccepting):
    """The first trigger breaks after it has left; the one after it is held."""

    async def invoke(self, invocation: Invocation) -> Outcome:
        outcome = await super().invoke(invocation)
        if named(invocation) == "trigger" and invocation.attempt == 1:
            self.hold("trigger")
            return Unknown(code="connection", message="it broke after it had left")
        return outcome


async def test_an_execution_that_waits_for_a_signal_is_given_up_and_the_signal_finds_it(store: Store) -> None:
    async with stage(ASKING, store=store, bounds=NEVER_POLLS) as on:
        begun = await on.begin(ASKING)
        while on.engine.live_count:
            await checkpoint()
        signal = SendSignal(name="approval", payload={"by": "ann"}, actor="dev")
        await on.engine.submit(NAMESPACE, begun, signal)
        ended = await on.ended(begun)
    assert ended.ended is ExecutionStatus.COMPLETED
    assert ended.visits["approval"].output == {"by": "ann"}


async def test_an_execution_that_waits_for_a_callback_is_given_up_and_the_callback_finds_it(
    store: Store,
) -> None:
    async with stage(ASYNC, store=store, services=LateAccepting(), bounds=NEVER_POLLS) as on:
        begun = await on.begin(ASYNC)
        await on.services.until_called("trigger")
        while on.engine.live_count:
            await checkpoint()
        waiting = await on.stored(begun)
        assert [frame.phase for frame in waiting.frames.values()] == [Phase.WAITING]
        activity = on.services.calls[0].activity
        await on.engine.submit(NAMESPACE, begun, DeliverCallback(activity=activity, body="done"))
        ended = await on.ended(begun)
        assert ended.ended is ExecutionStatus.COMPLETED
        assert ended.visits["trigger"].output == "done"
        with pytest.raises(Rejected):
            await on.engine.submit(NAMESPACE, begun, DeliverCallback(activity=activity, body="again"))


async def test_a_callback_before_the_202_counts_and_the_202_disturbs_no_later_call(store: Store) -> None:
    services = LateAccepting()
    async with stage(ASYNC, store=store, services=services, bounds=NEVER_POLLS) as on:
        services.hold("trigger")
        services.hold("last")
        begun = await on.begin(ASYNC)
        await services.until_called("trigger")
        activity = services.calls[0].activity
        await on.engine.submit(NAMESPACE, begun, DeliverCallback(activity=activity, body="done"))
        await services.until_called("last")
        services.release("trigger")
        while not services.accepted:
            await checkpoint()
        assert on.engine.live(begun) is not None
        services.release("last")
        ended = await on.ended(begun)
    assert ended.ended is ExecutionStatus.COMPLETED
    assert ended.visits["trigger"].output == "done"
    assert services.names() == ["trigger", "last"]


async def test_nothing_is_undone_while_a_later_call_of_what_an_earlier_one_answered_is_out(
    store: Store,
) -> None:
    services = BreakingOnce()
    services.refusing.add("last")
    async with stage(BROKEN_ONCE, store=store, services=services, bounds=NEVER_POLLS) as on:
        begun = await on.begin(BROKEN_ONCE)
        await services.until_called("trigger", times=2)
        callback = DeliverCallback(activity=services.calls[0].activity, body="done")
        await on.engine.submit(NAMESPACE, begun, callback)
        while status_of(await on.stored(begun)) is not ExecutionStatus.COMPENSATING:
            await checkpoint()
        assert services.names() == ["trigger", "trigger", "last"]
        services.release("trigger")
        ended = await on.ended(begun)
    assert ended.ended is ExecutionStatus.FAILED
    assert services.names() == ["trigger", "trigger", "last", "undo-trigger"]


async def test_a_late_202_does_not_hide_the_next_call_from_a_terminate(store: Store) -> None:
    services = LateAccepting()
    async with stage(ASYNC, store=store, services=services, bounds=NEVER_POLLS) as on:
        services.hold("trigger")
        services.hold("last")
        begun = await on.begin(ASYNC)
        await services.until_called("trigger")
        callback = DeliverCallback(activity=services.calls[0].activity, body="done")
        await on.engine.submit(NAMESPACE, begun, callback)
        await services.until_called("last")
        services.release("trigger")
        while not services.accepted:
            await checkpoint()
        await on.engine.submit(NAMESPACE, begun, TerminateExecution(actor="dev"))
        while not services.stopped:
            await checkpoint()
    assert services.stopped == ["last"]


@pytest.mark.parametrize("name", ["deadline_ms", "deadline_at"])
async def test_a_start_with_a_deadline_ends_at_it_also_when_it_was_given_up(store: Store, name: str) -> None:
    async with stage(NAPPING, store=store, bounds=NEVER_POLLS) as on:
        at = 20 if name == "deadline_ms" else Instant(on.engine.clock.now() + 20)
        begun = await on.engine.start_execution(replace(start_of(NAPPING), **{name: at}), NAPPING)
        ended = await on.ended(begun.id)
    assert ended.ended is ExecutionStatus.FAILED
    assert ended.failure is not None
    assert (ended.failure.kind, ended.failure.code) == (FailureKind.TIMEOUT, "deadline")


async def test_a_start_for_later_that_finds_no_room_is_claimed_at_its_deadline(store: Store) -> None:
    narrow = replace(NEVER_POLLS, live_max=1)
    last = called("last", program(task("last")))
    async with stage(last, NAPPING, store=store, bounds=narrow) as on:
        on.services.hold("last")
        await on.begin(last)
        now = on.engine.clock.now()
        begin = replace(
            start_of(last), start_at=Instant(now + 3_600_000), deadline_at=Instant(now + 1_800_000)
        )
        await on.engine.start_execution(begin, last)
        assert await store.next_due() == begin.deadline_at
        on.services.release("last")


async def test_the_bounds_of_an_execution_are_those_that_its_engine_was_given(store: Store) -> None:
    tight = ExecutionBounds(transitions=1, kept_signals=1)
    paused = called("busy", program(task("first"), task("second"), wait("approval")))
    async with stage(paused, store=store, bounds=NEVER_POLLS, execution_bounds=tight) as on:
        on.services.hold("first")
        begun = await on.begin(paused)
        await on.services.until_called("first")
        signal = SendSignal(name="approval", payload=1, actor="dev")
        await on.engine.submit(NAMESPACE, begun, signal)
        with pytest.raises(Rejected, match="signals_full"):
            await on.engine.submit(NAMESPACE, begun, signal)
        on.services.release("first")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
    assert on.services.names() == ["first", "second"]


async def test_the_bounds_hold_for_what_is_refused_without_a_claim(store: Store) -> None:
    tight = ExecutionBounds(kept_signals=0)
    later = called("later", program(sleep("nap", 3_600_000), wait("approval")))
    async with stage(later, store=store, bounds=NEVER_POLLS, execution_bounds=tight) as on:
        begun = await on.begin(later)
        while on.engine.live_count:
            await checkpoint()
        with pytest.raises(Rejected, match="signals_full"):
            await on.engine.submit(NAMESPACE, begun, SendSignal(name="approval", payload=1, actor="dev"))
        assert on.engine.live_count == 0

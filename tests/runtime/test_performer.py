"""An attempt never stays open much beyond its time limit, whatever its invoker does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from tests.invokers.invocations import handler
from tests.runtime.world import Services, program, stage, task
from treadle.model.effects import Invocation
from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.outcomes import Ok, Outcome, Unknown
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.performer import CALL_TIMEOUT, Performer

pytestmark = pytest.mark.anyio
ONE_STEP = program(task("only"))
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
SOON = RuntimeBounds(attempt_grace_ms=1 - MINUTE_MS, attempt_sweep_ms=5)
"""Calls of a minute are given up at once."""
PATIENCE_S = 30
"""What never comes fails a test and does not hang it."""


class Stubborn(Services):
    """The first call will not be stopped; later ones answer."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let_go, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def invoke(self, invocation: Invocation) -> Outcome:
        if invocation.attempt > 1:
            return Ok(body="second")
        self.begun.set()
        while not self.let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.let_go.wait()
        self.ended.set()
        return Ok(body="late")


@pytest.fixture
async def stubborn() -> AsyncIterator[Stubborn]:
    made = Stubborn()
    yield made
    made.let_go.set()


class Broken(Services):
    """An invoker with a fault of its own, once."""

    async def invoke(self, invocation: Invocation) -> Outcome:
        if invocation.attempt == 1:
            raise RuntimeError("a bug")
        return Ok(body="second")


async def test_a_call_that_will_not_end_is_given_up_and_its_late_answer_changes_nothing() -> None:
    services = Stubborn()
    soon = RuntimeBounds(attempt_grace_ms=-990, attempt_sweep_ms=5)
    with capture_logs() as lines:
        async with stage(ONE_STEP, services=services, bounds=soon) as on:
            ended = await on.ended(await on.begin(ONE_STEP))
            services.let_go.set()
    told = {"execution": ended.id, "path": "only", "attempt": 1, "code": "call_timeout"}
    assert [told.items() <= line.items() for line in lines] == [True]
    assert ended.ended is ExecutionStatus.COMPLETED
    attempts = ended.visits["only"].attempts
    assert [one.outcome for one in attempts] == [AttemptOutcome.UNKNOWN, AttemptOutcome.OK]
    assert ended.output == "second"


async def test_an_invoker_that_raises_leaves_the_outcome_unknown() -> None:
    with capture_logs() as lines:
        async with stage(ONE_STEP, services=Broken()) as on:
            ended = await on.ended(await on.begin(ONE_STEP))
    told = {"event": "invoker failed", "execution": ended.id, "path": "only", "attempt": 1}
    assert [told.items() <= line.items() for line in lines] == [True]
    attempts = ended.visits["only"].attempts
    assert [one.outcome for one in attempts] == [AttemptOutcome.UNKNOWN, AttemptOutcome.OK]
    assert attempts[0].error is not None
    assert attempts[0].error.code == "invoker_failed"


class Reported:
    """The ends of attempts, each with its time limit."""

    def __init__(self) -> None:
        self.ends: list[tuple[int, Outcome]] = []
        self.is_any = asyncio.Event()

    def report(self, invocation: Invocation, outcome: Outcome) -> None:
        self.ends.append((invocation.timeout_ms, outcome))
        self.is_any.set()


async def test_only_what_is_late_is_given_up_and_counted_until_it_ends(stubborn: Stubborn) -> None:
    reported, performer = Reported(), Performer(stubborn, SOON)
    performer.perform(handler("late", timeout_ms=MINUTE_MS), reported)
    performer.perform(handler("in time", timeout_ms=HOUR_MS), reported)
    async with asyncio.timeout(PATIENCE_S):
        await reported.is_any.wait()
        assert [
            (limit, outcome.code) for limit, outcome in reported.ends if isinstance(outcome, Unknown)
        ] == [(MINUTE_MS, CALL_TIMEOUT)]
        assert (performer.in_flight, performer.outliving) == (1, 1)
        stubborn.let_go.set()
        await performer.drain(grace_ms=PATIENCE_S * 1_000)
    assert (performer.in_flight, performer.outliving) == (0, 0)
    assert [limit for limit, _ in reported.ends] == [MINUTE_MS, HOUR_MS]


async def test_the_end_of_a_call_that_was_dropped_is_not_reported(stubborn: Stubborn) -> None:
    reported, performer = Reported(), Performer(stubborn, SOON)
    call = performer.perform(handler("dropped"), reported)
    await stubborn.begun.wait()
    performer.drop(call)
    performer.drop(call)
    assert (performer.in_flight, performer.outliving) == (0, 1)
    stubborn.let_go.set()
    async with asyncio.timeout(PATIENCE_S):
        await stubborn.ended.wait()
    assert reported.ends == []
    await performer.drain(grace_ms=0)

"""An attempt never stays open much beyond its time limit, whatever its invoker does."""

import asyncio
import contextlib

import pytest
from structlog.testing import capture_logs

from tests.runtime.world import Services, program, stage, task
from treadle.model.effects import Invocation
from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.outcomes import Ok, Outcome
from treadle.runtime.bounds import RuntimeBounds

pytestmark = pytest.mark.anyio
ONE_STEP = program(task("only"))


class Stubborn(Services):
    """The first call will not be stopped; later ones answer."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def invoke(self, invocation: Invocation) -> Outcome:
        if invocation.attempt > 1:
            return Ok(body="second")
        while not self.let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.let_go.wait()
        return Ok(body="late")


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

"""What lists show is what the state says, from the first commit on."""

import pytest

from tests.runtime.world import NAMESPACE, program, stage, task
from treadle.model.commands import AcceptCompensation
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Path
from treadle.model.views import ExecutionFilter

pytestmark = pytest.mark.anyio
SAGA = program(task("first", "second", undo=True), task("second"))


async def test_a_stuck_execution_is_listed_with_the_failure_that_it_is_to_end_with() -> None:
    async with stage(SAGA) as on:
        on.services.refusing |= {"second", "undo-first"}
        begun = await on.begin(SAGA)
        assert await on.engine.until_ended(NAMESPACE, begun, 10_000)
        [listed] = await on.store.views.executions(ExecutionFilter(namespace=NAMESPACE), None, 10)
        assert listed.status is ExecutionStatus.STUCK
        assert listed.reason == "compensation_exhausted"
        assert listed.failure is not None
        assert (listed.failure.path, listed.failure.code) == ("second", "no")
        assert listed.created_at == (await on.stored(begun)).created_at
        assert on.engine.live_count == 0, "what waits for a person needs no memory"
        accept = AcceptCompensation(path=Path("first"), reason="by hand", actor="dev")
        await on.engine.submit(NAMESPACE, begun, accept)
        ended = await on.ended(begun)
        assert ended.ended is ExecutionStatus.FAILED
        assert ended.failure == listed.failure

"""A token that is good, and an execution that is not there or has moved on."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from tests.runtime.world import RANDOMNESS, Stage, program, sleep, stage, task
from treadle.model.errors import Rejected
from treadle.model.ids import ActivityId, ExecutionId, Instant, Namespace
from treadle.model.program import CallbackPlan
from treadle.model.views import StoredKey
from treadle.runtime.bulk_acting import BulkParts
from treadle.runtime.bulk_acts import BulkRunner
from treadle.runtime.callback_tokens import CallbackTokens
from treadle.runtime.clocks import SystemClock
from treadle.runtime.programs import Programs
from treadle.security.tokens import SECRET_BYTES, CallbackToken, KeyRing
from treadle.service.bulk import bulk_command
from treadle.service.documents import compile_stored
from treadle.service.parts import ServiceParts
from treadle.service.use_cases import UseCases

pytestmark = pytest.mark.anyio
KEY = StoredKey(id="k", secret=bytes(SECRET_BYTES), created_at=Instant(0))
RING = KeyRing([KEY])
LATER = Instant(2**52)
NAP = program(sleep("nap", 3_600_000))
ASKING = program(replace(task("ask"), callback=CallbackPlan(timeout_ms=3_600_000)))


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage(NAP) as made:
        await made.store.callback_keys(KEY)
        yield made


def use_cases(on: Stage) -> UseCases:
    return UseCases(
        ServiceParts(
            engine=on.engine,
            bulk=BulkRunner(
                BulkParts(engine=on.engine, views=on.store.views, command=bulk_command), on.store.bulk_acts
            ),
            store=on.store,
            views=on.store.views,
            programs=Programs(on.store.views, 10, compile_stored),
            clock=SystemClock(),
            randomness=RANDOMNESS,
            tokens=CallbackTokens([KEY], on.store.views.callback_keys, SystemClock()),
        )
    )


def token(execution: ExecutionId, activity: int = 4, expires_at: Instant = LATER) -> str:
    return RING.sign(
        CallbackToken(execution_id=execution, activity=ActivityId(activity), expires_at=expires_at)
    )


async def refusal(on: Stage, text: str) -> str:
    with pytest.raises(Rejected) as refused:
        await use_cases(on).callbacks.deliver(text, None, {})
    return refused.value.code


async def test_nobody_waits_in_an_execution_that_is_not_there(on: Stage) -> None:
    assert await refusal(on, token(ExecutionId("0190a000-0000-7000-8000-000000000001"))) == "not_waiting"


@pytest.mark.parametrize("activity", [0, 1, 4, 99])
async def test_nobody_waits_under_another_number(on: Stage, activity: int) -> None:
    begun = await on.begin(NAP)
    assert await refusal(on, token(begun, activity)) == "not_waiting"
    assert (await on.stored(begun)).version == 3


async def test_a_token_beyond_its_time_is_told_so(on: Stage) -> None:
    begun = await on.begin(NAP)
    assert await refusal(on, token(begun, expires_at=Instant(1))) == "callback_expired"


async def test_the_namespace_is_found_in_the_store_and_in_memory(on: Stage) -> None:
    released = await on.begin(NAP)
    assert on.engine.live(released) is None
    executions = use_cases(on).executions
    assert await executions.namespace_of(released) == Namespace("default")
    assert await executions.namespace_of(ExecutionId("nothing")) is None
    async with stage(ASKING) as asking:
        asking.services.hold("ask")
        live = await asking.begin(ASKING)
        await asking.services.until_called("ask")
        assert asking.engine.live(live) is not None
        assert await use_cases(asking).executions.namespace_of(live) == Namespace("default")
        asking.services.release("ask")

"""An execution of which something cannot be written or decided is held; it and all others can go on."""

import pytest
from anyio.lowlevel import checkpoint

from tests.runtime.world import NAMESPACE, FallibleStore, Services, plan, program, stage, task, unreachable
from treadle.core.outstanding import is_in_flight
from treadle.model.commands import PauseExecution, ResumeExecution
from treadle.model.effects import Invocation
from treadle.model.errors import Corrupt
from treadle.model.execution import ExecutionStatus
from treadle.model.expression import Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.outcomes import Ok, Outcome
from treadle.model.program import TaskNode
from treadle.ports.commit import Commit

pytestmark = pytest.mark.anyio
TWO_STEPS = program(task("first", "second"), task("second"))


def refuse_answers(commit: Commit) -> Exception | None:
    is_answer = b"ActivityCompleted" in commit.history.events
    return Corrupt("commit_refused", "cannot be stored") if is_answer else None


class Garbled(Services):
    """The first answer of `first` is nothing that can be written."""

    async def invoke(self, invocation: Invocation) -> Outcome:
        outcome = await super().invoke(invocation)
        return Ok(body="\udcff") if self.names() == ["first"] else outcome


class FailingOnce:
    """An expression with a fault of its own, at first."""

    reads: frozenset[tuple[str, ...]] = frozenset()

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, roots: Roots) -> Json:
        self.times += 1
        if self.times == 1:
            raise ZeroDivisionError
        return "done"


async def test_an_answer_that_cannot_be_encoded_holds_its_execution() -> None:
    async with stage(TWO_STEPS, services=Garbled()) as on:
        begun = await on.begin(TWO_STEPS)
        while (held := await on.stored(begun)).paused is None:
            await checkpoint()
        assert held.reason == "commit_refused"
        await on.engine.submit(NAMESPACE, begun, ResumeExecution(actor="dev"))
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert on.services.names() == ["first", "first", "second"]
        assert on.engine.health() == ()


async def test_an_answer_that_cannot_be_decided_is_asked_for_again_after_a_resume() -> None:
    node = TaskNode(id=NodeId("only"), activity=plan("only"), output=FailingOnce())
    once = program(node)
    async with stage(once) as on:
        begun = await on.begin(once)
        while (held := await on.stored(begun)).paused is None:
            await checkpoint()
        assert held.reason == "internal_error"
        await on.engine.submit(NAMESPACE, begun, ResumeExecution(actor="dev"))
        ended = await on.ended(begun)
        assert (ended.ended, ended.output) == (ExecutionStatus.COMPLETED, "done")
        assert on.services.names() == ["only", "only"]


async def test_an_answer_that_a_paused_execution_cannot_write_is_asked_for_again_after_a_resume() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store) as on:
        on.services.hold("first")
        begun = await on.begin(TWO_STEPS)
        await on.services.until_called("first")
        await on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev"))
        store.fails = refuse_answers
        on.services.release("first")
        while is_in_flight(await on.stored(begun)):
            await checkpoint()
        store.fails = lambda _commit: None
        await on.engine.submit(NAMESPACE, begun, ResumeExecution(actor="dev"))
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


async def test_an_answer_is_kept_while_the_hold_that_follows_its_refusal_cannot_be_written() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store) as on:
        on.services.hold("first")
        begun = await on.begin(TWO_STEPS)
        await on.services.until_called("first")
        failures: list[Commit] = []

        def refuse_then_fail(commit: Commit) -> Exception | None:
            failures.append(commit)
            if len(failures) <= 2:
                return refuse_answers(commit) or unreachable(commit)
            return None

        store.fails = refuse_then_fail
        on.services.release("first")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert on.services.names() == ["first", "second"], "the answer is decided again"


async def test_an_execution_of_which_nothing_can_be_written_is_tried_again_at_intervals() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store) as on:
        on.services.hold("first")
        begun = await on.begin(TWO_STEPS)
        await on.services.until_called("first")
        refused: list[Commit] = []

        def refuse_all(commit: Commit) -> Exception | None:
            refused.append(commit)
            return Corrupt("commit_refused", "cannot be stored") if len(refused) <= 6 else None

        store.fails = refuse_all
        on.services.release("first")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        answers = [b"ActivityCompleted" in commit.history.events for commit in refused[:6]]
        assert answers == [True, False] * 3, "after each hold that is refused too the answer waits its turn"

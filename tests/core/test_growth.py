"""What is done late costs what is done early: in work of the core, and in bytes that are written."""

import random
import string
from collections.abc import Callable
from typing import Final

import pytest
from msgspec.structs import replace

from bench.core_loop import CoreLoop, Cost
from tests.core.reading import Of
from tests.core.working import work_of
from treadle.model.bounds import DEFAULT_BOUNDS
from treadle.model.commands import CancelExecution, Continue
from treadle.model.ids import Instant
from treadle.ports.snapshots import AT_REST_RATIO
from treadle.testing.builders import Constant, Read, plan, program, sleep, task, undone_task
from treadle.testing.composites import each, loop, set_

COUNT: Final = 3_000
EARLY: Final = slice(100, 200)
LATE: Final = slice(-101, -1)
"""Without the last of all, which ends the execution."""
ALIKE: Final = 0.2
"""How far early and late may lie apart, as a share."""
BODY: Final = "x" * 1_000
MANY: Final = 900
FEW: Final = 100
FRAME_WORK_MAX: Final = 60
"""Lines and calls that a live frame may add to a decision about another one."""
STATE_BYTES: Final = 200_000
EARLY_ONES: Final = range(100, 102)
LATE_ONES: Final = range(COUNT - 22, COUNT - 20)


def steps() -> CoreLoop:
    """Distinct steps, each with an undo."""
    return CoreLoop(program(*(undone_task(f"step{n}") for n in range(COUNT))))


def items() -> CoreLoop:
    """Items of one `each`, ten at a time."""
    what = program(each("all", Read("input"), concurrency=10), bodies={"all/item": [undone_task("call")]})
    return CoreLoop(what, list(range(COUNT)))


def turns() -> CoreLoop:
    """Turns of one loop."""
    counted = Of(Read("index"), lambda index: index < COUNT)
    what = program(
        loop("on", while_=counted, max_iterations=COUNT), bodies={"on/turn": [undone_task("call")]}
    )
    return CoreLoop(what)


def turns_in_items() -> CoreLoop:
    """Two turns of a loop in each item."""
    twice = Of(Read("index"), lambda index: index < 2)
    what = program(
        each("all", Read("input"), concurrency=1),
        bodies={"all/item": [loop("on", while_=twice, max_iterations=2)], "on/turn": [undone_task("call")]},
    )
    return CoreLoop(what, list(range(COUNT // 2)))


GROWING: Final = (steps, items, turns, turns_in_items)


def work_to_answer(life: CoreLoop) -> int:
    """The work of deciding on the next answer."""
    command = life.next_answer(BODY)
    return work_of(lambda: life.decide(command))


def is_alike(early: float, late: float) -> bool:
    return abs(late - early) <= ALIKE * early


def history_of(costs: list[Cost]) -> int:
    return sum(cost.history_bytes for cost in costs)


def written_of(costs: list[Cost]) -> int:
    return history_of(costs) + sum(cost.snapshot_bytes for cost in costs)


@pytest.mark.parametrize("growing", GROWING, ids=lambda growing: growing.__name__)
def test_what_is_done_late_writes_as_much_history_as_what_is_done_early(
    growing: Callable[[], CoreLoop],
) -> None:
    life = growing()
    costs = [life.answer(BODY) for _ in range(COUNT)]
    assert life.execution.ended is not None
    assert is_alike(history_of(costs[EARLY]), history_of(costs[LATE]))


@pytest.mark.parametrize("growing", GROWING, ids=lambda growing: growing.__name__)
def test_what_is_done_late_is_as_much_work_as_what_is_done_early(growing: Callable[[], CoreLoop]) -> None:
    life = growing()
    work = {}
    for at in range(COUNT - 20):
        if at in (*EARLY_ONES, *LATE_ONES):
            work[at] = work_to_answer(life)
        life.answer(BODY)
    assert is_alike(sum(work[at] for at in EARLY_ONES), sum(work[at] for at in LATE_ONES))


def items_after(before: int) -> int:
    """The work of two items with two turns each, after so many steps."""
    twice = Of(Read("index"), lambda index: index < 2)
    what = program(
        *(task(f"step{n}") for n in range(before)),
        each("all", Constant([1, 2, 3]), concurrency=1),
        bodies={"all/item": [loop("on", while_=twice, max_iterations=2)], "on/turn": [undone_task("call")]},
    )
    life = CoreLoop(what)
    for _ in range(before):
        life.answer(None)
    work = 0
    for _ in range(4):
        work += work_to_answer(life)
        life.answer(None)
    return work


def test_what_an_item_leaves_behind_is_not_searched_for_in_the_whole_state() -> None:
    assert is_alike(items_after(300), items_after(1_500))


def test_what_is_written_with_the_snapshots_stays_linear() -> None:
    life = steps()
    costs = [life.answer(BODY) for _ in range(COUNT)]
    early, whole = written_of(costs[: COUNT // 3]) / (COUNT // 3), written_of(costs) / COUNT
    assert whole <= (1 + ALIKE) * early


def reading(rows: int) -> tuple[int, int]:
    """The work and the history of a step that reads a variable of so many kilobytes."""
    row = Read("vars", "table", "row")
    what = program(
        task("load"),
        set_("keep", table=Read("nodes", "load", "output")),
        *(task(f"read{n}", activity=plan("noop", reads=row)) for n in range(50)),
    )
    life = CoreLoop(what)
    life.answer({"row": 7, "rows": [BODY] * rows})
    for _ in range(20):
        life.answer(None)
    return work_to_answer(life), life.answer(None).history_bytes


def test_a_large_variable_costs_nothing_to_the_steps_that_read_it() -> None:
    assert reading(1) == reading(1_000)


def living(count: int) -> CoreLoop:
    """So many items at once, each in the first of two calls."""
    what = program(
        each("all", Read("input"), concurrency=count), bodies={"all/item": [task("call"), task("then")]}
    )
    return CoreLoop(what, list(range(count)), bounds=replace(DEFAULT_BOUNDS, frames=MANY + 10))


def test_a_frame_that_lives_beside_adds_little_to_a_decision() -> None:
    """Some things are asked of every frame a few times in a decision: lines of plain reading, no calls."""
    work = {count: work_to_answer(living(count)) for count in (FEW, MANY)}
    assert (work[MANY] - work[FEW]) / (MANY - FEW) < FRAME_WORK_MAX


def test_to_stop_many_is_not_the_square_of_the_work_to_stop_few() -> None:
    work = {}
    for count in (FEW, MANY):
        life = living(count)
        work[count] = work_of(lambda life=life: life.decide(CancelExecution(actor="test"))) / count
    assert work[MANY] < (1 + ALIKE) * work[FEW]


def test_an_execution_with_a_large_state_that_often_rests_writes_what_its_history_weighs() -> None:
    sleeps = 2_000
    blob = "".join(random.Random(1).choices(string.ascii_letters, k=STATE_BYTES))
    what = program(
        loop("on", while_=Constant(True), max_iterations=sleeps + 1),
        bodies={"on/turn": [sleep("rest", 1_000)]},
    )
    life = CoreLoop(what, blob)
    costs = []
    for _ in range(sleeps):
        life.now = Instant(life.now + 1_000)
        costs.append(life.do(Continue(), is_released=True))
    assert life.execution.ended is None
    assert written_of(costs) <= (1 + AT_REST_RATIO) * history_of([life.started, *costs])
    half = sleeps // 2
    assert is_alike(written_of(costs[:half]), written_of(costs[half:]))

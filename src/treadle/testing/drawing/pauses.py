"""Sleeps, waits, messages, variables and ends drawn at random."""

from typing import Final

from treadle.model.json import Json
from treadle.model.program import ProgramNode
from treadle.model.waiting import WaitMode
from treadle.testing.builders import Broken, Constant, Read, sleep, sleep_until
from treadle.testing.composites import emit, end, set_, wait
from treadle.testing.drawing.pencil import Pencil

SLEEP_MS_MAX: Final = 5_000
SIGNALS: Final = ("go", "stop", "paid", "more")
TIMEOUTS_MS: Final = (None, None, 800, 6_000)


def draw_sleep(pencil: Pencil) -> ProgramNode:
    """For a while, or until an instant that may have passed."""
    name = pencil.name()
    ms = pencil.random.randint(0, SLEEP_MS_MAX)
    if pencil.chance(0.2):
        return sleep_until(name, Constant(pencil.began_at + ms - SLEEP_MS_MAX // 2))
    return sleep(name, ms, jitter_ms=pencil.choose((0, 0, 300)))


def is_numbered(payload: Json) -> tuple[tuple[str, str], ...]:
    """Faults of a payload that has no even number."""
    number = payload.get("number") if isinstance(payload, dict) else None
    return () if isinstance(number, int) and number % 2 == 0 else (("/number", "is not even"),)


def draw_wait(pencil: Pencil) -> ProgramNode:
    """For one signal, the first of several, all of several, or so many."""
    name = pencil.name()
    mode = pencil.choose((WaitMode.ONE, WaitMode.ANY, WaitMode.ALL), (5, 3, 3))
    signals = [
        pencil.choose(SIGNALS) for _ in range(1 if mode is WaitMode.ONE else pencil.random.randint(1, 3))
    ]
    pencil.signals.extend(signals)
    count = pencil.random.randint(1, 3) if mode is not WaitMode.ALL and pencil.chance(0.25) else None
    return wait(
        name,
        *signals,
        mode=mode,
        count=count,
        timeout_ms=pencil.choose(TIMEOUTS_MS),
        goes_on=pencil.chance(0.5),
        check=is_numbered if pencil.chance(0.2) else None,
    )


def draw_set(pencil: Pencil) -> ProgramNode:
    """Sets the region, and one that may have no value."""
    name = pencil.name()
    odd = Broken() if pencil.chance(pencil.flaws) else Read("vars", "region")
    return set_(name, region=Constant(pencil.choose(("eu", "us"))), again=odd)


def draw_emit(pencil: Pencil) -> ProgramNode:
    """A message to a stream."""
    name = pencil.name()
    data = Broken() if pencil.chance(pencil.flaws) else Read("vars")
    return emit(name, Constant("orders"), Constant("order.placed"), data)


def draw_end(pencil: Pencil) -> ProgramNode:
    """Completes or fails the whole execution."""
    name = pencil.name()
    is_failed = pencil.chance(0.5)
    output = Broken() if pencil.chance(pencil.flaws) else Constant("ended")
    message = Constant("it was refused") if pencil.chance(0.5) else None
    return end(
        name,
        is_failed=is_failed,
        output=output if pencil.chance(0.5) else None,
        code="refused" if is_failed else None,
        message=message if is_failed else None,
    )

"""What an accepted document compiles to is lived through: to an end, or to a bound that has a name."""

from collections import Counter
from enum import StrEnum
from typing import Final, NoReturn

import msgspec

from treadle.core.signals import faults_of
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import TerminateExecution
from treadle.model.decision import Refused
from treadle.model.events import NodeEntered, ProbeEnded, RetryScheduled
from treadle.model.execution import ExecutionStatus, Frame, Phase
from treadle.model.json import Json
from treadle.model.program import Program
from treadle.testing.life import Life
from treadle.testing.mutating.places import places
from treadle.testing.playing import ACTOR
from treadle.testing.world import World

BOUNDS: Final = ExecutionBounds(
    transitions=64, frames=64, items=20, state_bytes=100_000, kept_signals=20, child_depth=2
)
"""Small, so that what grows comes to its bound soon."""
STEPS_TO_END_MAX: Final = 600
OFTEN: Final = 20
"""Visits of a node, or attempts of a visit, after which it is repeated for its own sake."""
CALLBACK_WORDS: Final = frozenset({"success_when", "fail_when"})
TRUTHFUL: Final[tuple[Json, ...]] = (
    {"==": [{"var": "body.is_denied"}, True]},
    {"!": [{"var": "body.is_denied"}]},
)
"""Conditions on a callback that understand what the services of the simulated world tell."""
PAYLOAD: Final = {"number": 0}
"""What a signal of the simulated world brings."""


class Stop(StrEnum):
    """Why the world could not drive it to its end, though all services are well."""

    REPEATS = "repeats"
    """A loop, a cycle or a policy goes on for longer than the world does."""
    MANY = "many"
    """It has more to do than the world has steps."""
    UNWANTED = "unwanted"
    """It waits, without a timeout, for a signal whose schema takes none of those that come."""


class Lived(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is how it ended; None where it was stopped, which `stop` names."""

    status: ExecutionStatus | None = None
    stop: Stop | None = None


class _Stopped(Exception):
    """The world gives up."""


class _PatientWorld(World):
    """It gives up without blame, and does not judge what rests on words that were misunderstood."""

    steps_to_end_max = STEPS_TO_END_MAX
    is_judged = True

    def judge(self, life: Life) -> None:
        if self.is_judged:
            super().judge(life)

    def give_up(self, why: str) -> NoReturn:
        raise _Stopped(why)


def live(seed: int, *programs: Program, is_judged: bool = True) -> Lived:
    """Live through the first of the programs; the others are those that its children may be.

    Raises:
        AssertionError: it broke a promise, or nothing explains why it does not end, or it cannot be ended.
    """
    world = _PatientWorld(seed, *programs, bounds=BOUNDS)
    world.is_judged = is_judged
    try:
        return Lived(status=world.run())
    except _Stopped as stopped:
        stop = _stop_of(world)
        if stop is None:
            raise AssertionError(f"seed {seed}: {stopped}: nothing explains it") from None
        _terminate(world)
        return Lived(stop=stop)


def understands_callbacks(tree: Json) -> bool:
    """Whether a document takes a callback for what it says: otherwise what was done may count as failed."""
    conditions = [place.value for place in places(tree) if place.key in CALLBACK_WORDS]
    return all(condition in TRUTHFUL for condition in conditions)


def _stop_of(world: World) -> Stop | None:
    open_ = [life for life in world.lives.values() if not life.is_over]
    if any(_waits_in_vain(life) for life in open_):
        return Stop.UNWANTED
    if any(_is_repeating(life) for life in open_):
        return Stop.REPEATS
    events = sum(len(life.history) for life in open_)
    return Stop.MANY if events > STEPS_TO_END_MAX else None


def _waits_in_vain(life: Life) -> bool:
    frames = life.execution.frames.values()
    return any(_is_waiting(frame) and bool(faults_of(life.program, frame, PAYLOAD)) for frame in frames)


def _is_waiting(frame: Frame) -> bool:
    return frame.wait is not None and frame.phase is Phase.WAITING


def _is_repeating(life: Life) -> bool:
    """Whether the same is done over and over: a node is entered, an attempt or a probe is made again."""
    counted = Counter(
        f"node {event.node}" if isinstance(event, NodeEntered) else f"{type(event).__name__} {event.frame}"
        for event in life.history
        if isinstance(event, NodeEntered | RetryScheduled | ProbeEnded)
    )
    return max(counted.values(), default=0) >= OFTEN


def _terminate(world: World) -> None:
    """A person ends it, and it is over."""
    for life in world.lives.values():
        if not life.is_over:
            answer = world.command(life, TerminateExecution(actor=ACTOR))
            world.demand(not isinstance(answer, Refused) and life.is_over, "it could not be terminated")

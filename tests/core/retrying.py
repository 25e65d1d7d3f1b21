"""Plays that failed and are retried, and what holds over all their runs."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET

from tests.core.flying import all_ok, ends, in_flight, ok
from treadle.core.evolve import fold
from treadle.model.events import ActivityStarted, NodeEntered, NodeSkipped
from treadle.model.execution import ExecutionStatus
from treadle.model.json import Json
from treadle.model.outcomes import Outcome
from treadle.model.program import Program, ProgramNode
from treadle.testing.builders import Broken, Constant, program, task
from treadle.testing.composites import each
from treadle.testing.playing import REFUSED, Play, begun


def failed_at(what: Program, name: str, end: Outcome = REFUSED, value: Json = None) -> Play:
    """A play in which all went well up to `name`, which failed; all is undone."""
    play = begun(what, value)
    while name not in in_flight(play):
        ok(play, in_flight(play)[0], f"of {in_flight(play)[0]}")
    ends(play, name, end)
    all_ok(play)
    assert play.status is ExecutionStatus.FAILED
    return play


def retried(what: Program, name: str, end: Outcome = REFUSED) -> Play:
    """The same, and retried."""
    play = failed_at(what, name, end)
    play.retry()
    return play


def to_end(play: Play) -> list[str]:
    """What was called until it completed."""
    seen = all_ok(play)
    assert play.status is ExecutionStatus.COMPLETED
    assert fold(None, play.history) == play.execution
    return seen


def demand_unique(play: Play) -> None:
    """No two visits of all runs have the same path, and no two activities the same key."""
    paths = [event.path for event in play.history if isinstance(event, NodeEntered | NodeSkipped)]
    assert len(set(paths)) == len(paths)
    keys = keys_of(play)
    assert len(set(keys)) == len(keys)


def keys_of(play: Play) -> list[str]:
    """The keys under which something was asked for, in order."""
    return [
        str(event.key)
        for event in play.history
        if isinstance(event, ActivityStarted) and event.attempt == 1 and event.key is not UNSET
    ]


def composed(node: ProgramNode, bodies: Mapping[str, Sequence[ProgramNode]]) -> Program:
    """A program of the node, and a task after it."""
    return program(node, task("last"), bodies=bodies)


def over(*body: ProgramNode, count: int = 3, **more: object) -> Program:
    """An `each` over `count` items, and a task after it."""
    return composed(each("n", Constant(list(range(count))), **more), {"n/item": body})


class Listed:
    """Two items, unless it is broken."""

    reads: frozenset[tuple[str, ...]] = frozenset()

    def __init__(self) -> None:
        self.is_broken = False

    def __call__(self, roots: object) -> Json:
        return Broken()(roots) if self.is_broken else [0, 1]

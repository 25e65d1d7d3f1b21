"""Which body a visit was made in and how each body ended, as the history tells it, and not the state."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.events import (
    BodyFailed,
    BranchCancelled,
    BranchJoined,
    BranchOpened,
    CallTrailed,
    CancelRequested,
    DeadlinePassed,
    EndReached,
    Event,
    ExecutionRetried,
    IterationEnded,
    NodeEntered,
    NodeFailed,
)
from treadle.model.ids import FrameId, Path
from treadle.model.program import ROOT_BODY, Program


class Fate(StrEnum):
    """How a body ended: it went through, it broke and undoes its list, or an `end` has completed all."""

    WHOLE = "whole"
    BROKEN = "broken"
    SPARED = "spared"


class Scope:
    """One body that was run; `is_scope`: it undoes its own list. `of` is the visit that opened it.

    `has_ended_all`: an `end` in it has ended the execution, and so the body itself.
    """

    def __init__(self, key: str, parent: "Scope | None", *, is_scope: bool, of: Path | None = None) -> None:
        self.key = key
        self.parent = parent
        self.is_scope = is_scope
        self.of = of
        self.index: int | None = None
        self.is_shielded = False
        self.was_stopped = False
        self.has_ended_all = False
        self.is_closed = False
        self.fate = Fate.WHOLE

    def upwards(self) -> "Iterator[Scope]":
        """This body, the one around it, and so on."""
        one: Scope | None = self
        while one is not None:
            yield one
            one = one.parent

    def undoer(self) -> "Scope | None":
        """The scope that undoes what was done in this body; None if nothing does."""
        for one in self.upwards():
            if one.is_scope and one.fate is Fate.BROKEN:
                return one
        return None

    def end(self, fate: Fate) -> None:
        """It ends so, unless it has ended before."""
        if self.fate is Fate.WHOLE:
            self.fate = fate


class Scopes:
    """All bodies of all runs; `place` is the body in which each visit was made."""

    def __init__(self) -> None:
        self.root = Scope(ROOT_BODY, None, is_scope=True)
        self.all: list[Scope] = [self.root]
        self.place: dict[str, Scope] = {}

    def of(self, path: str) -> Scope:
        """The body in which the visit was made, by default the root's."""
        return self.place.get(path, self.root)

    def begin_run(self) -> None:
        """Another run begins with a root of its own."""
        self.root.is_closed = True
        self.root = Scope(ROOT_BODY, None, is_scope=True)
        self.all.append(self.root)


class Reading:
    """Scopes in the making: `live` are the bodies by the frame that runs them, `calls` frames without one."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.scopes = Scopes()
        self.live: dict[FrameId, Scope] = {ROOT_FRAME: self.scopes.root}
        self.calls: set[FrameId] = set()

    def open(self, event: BranchOpened, seq: int) -> None:
        parent = self.live[event.parent]
        scope = Scope(event.body, parent, is_scope=self.program.bodies[event.body].is_scope, of=event.path)
        scope.index, scope.is_shielded = event.index, event.is_shielded
        self.live[FrameId(seq)] = scope
        self.scopes.all.append(scope)

    def enter(self, event: NodeEntered, _seq: int) -> None:
        self.scopes.place[event.path] = self.live[event.frame]
        if event.kind == "end":
            for scope in self.live[event.frame].upwards():
                scope.has_ended_all = True

    def fail(self, event: NodeFailed, _seq: int) -> None:
        self.live[event.frame].end(Fate.BROKEN)

    def fail_without_output(self, event: BodyFailed, _seq: int) -> None:
        self.live[event.frame].fate = Fate.BROKEN

    def stop(self, event: BranchCancelled, _seq: int) -> None:
        scope = self.live[event.frame]
        scope.was_stopped = not scope.has_ended_all
        is_spared = not event.is_trailing and scope.parent is not None and scope.parent.fate is Fate.SPARED
        scope.end(Fate.SPARED if is_spared else Fate.BROKEN)

    def pass_deadline(self, event: DeadlinePassed, _seq: int) -> None:
        self.live[event.frame].end(Fate.BROKEN)

    def cancel(self, _event: CancelRequested, _seq: int) -> None:
        self.scopes.root.end(Fate.BROKEN)

    def reach_end(self, event: EndReached, _seq: int) -> None:
        self.scopes.root.end(Fate.SPARED if event.failure is None else Fate.BROKEN)

    def close(self, event: BranchJoined | IterationEnded, _seq: int) -> None:
        if event.frame in self.calls:
            self.calls.remove(event.frame)
        else:
            self.live.pop(event.frame).is_closed = True

    def trail(self, _event: CallTrailed, seq: int) -> None:
        self.calls.add(FrameId(seq))

    def retry(self, _event: ExecutionRetried, _seq: int) -> None:
        self.scopes.begin_run()
        self.live = {ROOT_FRAME: self.scopes.root}


READS: Final[Mapping[type, Callable[[Reading, Any, int], None]]] = {
    BranchOpened: Reading.open,
    CallTrailed: Reading.trail,
    NodeEntered: Reading.enter,
    NodeFailed: Reading.fail,
    BodyFailed: Reading.fail_without_output,
    BranchCancelled: Reading.stop,
    DeadlinePassed: Reading.pass_deadline,
    CancelRequested: Reading.cancel,
    EndReached: Reading.reach_end,
    BranchJoined: Reading.close,
    IterationEnded: Reading.close,
    ExecutionRetried: Reading.retry,
}


def read_scopes(history: Sequence[Event], program: Program) -> Scopes:
    """The bodies that the history tells of."""
    reading = Reading(program)
    for seq, event in enumerate(history, 1):
        read = READS.get(type(event))
        if read is not None:
            read(reading, event, seq)
    return reading.scopes

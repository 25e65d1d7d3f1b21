"""What a history must not tell, whatever the outside saw: visits, bodies, items, runs and how they end."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from treadle.model.events import (
    BranchOpened,
    CancelRequested,
    ChildEnded,
    ChildStarted,
    CompensationAccepted,
    CompensationCompleted,
    DeadlinePassed,
    EndReached,
    Event,
    ExecutionFailed,
    ExecutionRetried,
    IterationEnded,
    NodeCancelled,
    NodeCompleted,
    NodeEntered,
    NodeFailed,
    NodeSkipped,
    ResultKept,
)
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.model.ids import Path, node_of
from treadle.model.program import ChildNode, Program, RaceNode, TaskNode, TryNode
from treadle.testing.scopes import Fate, Scope, Scopes

ENDS: Final = (NodeCompleted, NodeFailed, NodeCancelled)


def untrue(
    history: Sequence[Event], program: Program, scopes: Scopes, ended: ExecutionStatus
) -> Iterator[str]:
    """What is wrong with the history, a sentence each."""
    yield from _visits(history, ended)
    yield from _bodies(history, program, ended)
    yield from _shields(scopes)
    yield from _races(history, program, scopes)
    yield from _children(history, ended)
    yield from _ends(history, ended)
    yield from _Standing(program).untrue(history)


def anew(history: Sequence[Event]) -> frozenset[str]:
    """The visits that say that they take over nothing of an earlier run."""
    return frozenset(event.path for event in history if isinstance(event, NodeEntered) and event.is_anew)


def _visits(history: Sequence[Event], ended: ExecutionStatus) -> Iterator[str]:
    """A visit has a name of its own, and ends once."""
    begun = Counter(event.path for event in history if isinstance(event, NodeEntered | NodeSkipped))
    over = Counter(event.path for event in history if isinstance(event, ENDS))
    skipped = {event.path for event in history if isinstance(event, NodeSkipped)}
    for path, times in begun.items():
        if times > 1:
            yield f"{times} visits are called {path}"
        ends = over[path]
        if (
            ends > 1
            or (path in skipped and ends)
            or (not ends and path not in skipped and ended is not ExecutionStatus.TERMINATED)
        ):
            yield f"the visit {path} ended {ends} times"


def _bodies(history: Sequence[Event], program: Program, ended: ExecutionStatus) -> Iterator[str]:
    """A visit opens each of its bodies once, each item and turn once; `finally` whenever it ends."""
    opened = Counter(
        (event.path, event.body, event.index) for event in history if isinstance(event, BranchOpened)
    )
    for (path, body, index), times in opened.items():
        if times > 1:
            yield f"{path} opened {body} {times} times at {index}"
    for event in history:
        if isinstance(event, ENDS) and ended is not ExecutionStatus.TERMINATED:
            node = program.nodes[node_of(event.path)]
            if isinstance(node, TryNode) and node.finally_ is not None:
                is_begun = opened[event.path, node.body, None]
                if is_begun and not opened[event.path, node.finally_, None]:
                    yield f"{event.path} ended without its finally"


def _shields(scopes: Scopes) -> Iterator[str]:
    for scope in scopes.all:
        if scope.is_shielded and scope.was_stopped:
            yield f"the body of {scope.of} was stopped, and is shielded"


def _races(history: Sequence[Event], program: Program, scopes: Scopes) -> Iterator[str]:
    """One branch wins a race that completes, and the others are undone; none wins one that fails.

    A race whose output is beyond the bound of the state fails although one has won.
    """
    branches: dict[Path, list[Scope]] = {}
    for scope in scopes.all:
        if scope.of is not None and isinstance(program.nodes[node_of(scope.of)], RaceNode):
            branches.setdefault(scope.of, []).append(scope)
    for event in history:
        is_full = isinstance(event, NodeFailed) and event.failure.code == "state_bytes"
        if isinstance(event, NodeCompleted | NodeFailed) and event.path in branches and not is_full:
            whole = sum(scope.fate is Fate.WHOLE for scope in branches[event.path])
            if whole != (1 if isinstance(event, NodeCompleted) else 0):
                yield f"{whole} branches won the race {event.path}, which is {type(event).__name__}"


def _children(history: Sequence[Event], ended: ExecutionStatus) -> Iterator[str]:
    """The end of a child that is awaited is taken, before the run ends."""
    awaited: set[Path] = set()
    for event in history:
        if isinstance(event, ChildStarted) and not event.is_detached:
            awaited.add(event.path)
        elif isinstance(event, ChildEnded):
            if event.path not in awaited:
                yield f"the end of {event.path} was taken, which nobody awaits"
            awaited.discard(event.path)
        elif isinstance(event, ExecutionRetried) and awaited:
            yield f"the run ended without {sorted(awaited)}"
    if awaited and ended is not ExecutionStatus.TERMINATED:
        yield f"it ended without {sorted(awaited)}"


def _ends(history: Sequence[Event], ended: ExecutionStatus) -> Iterator[str]:
    """What decides the end of a run first is its end, unless it is terminated."""
    expected: ExecutionStatus | None = None
    is_late = False
    for event in history:
        if isinstance(event, ExecutionRetried):
            expected, is_late = None, False
        elif expected is None:
            expected = _end_of(event)
            is_late = isinstance(event, DeadlinePassed)
        elif isinstance(event, ExecutionFailed) and is_late and event.failure.kind is not FailureKind.TIMEOUT:
            yield f"the deadline has passed, and it failed as {event.failure.kind}"
    if expected is not None and ended not in (expected, ExecutionStatus.TERMINATED):
        yield f"it was to end {expected}, and is {ended}"


def _end_of(event: Event) -> ExecutionStatus | None:
    """How the run ends in which that has happened; None if that is not decided by it."""
    if isinstance(event, CancelRequested):
        return ExecutionStatus.CANCELLED
    is_late = isinstance(event, DeadlinePassed) and event.path is None
    is_failed = isinstance(event, EndReached) and event.failure is not None
    return ExecutionStatus.FAILED if is_late or is_failed else None


class _Standing:
    """What stands from one run to the next: the newest visits that completed, by node and iteration.

    `_begun` is when the work of each was begun first. In a graph that leads back, what was begun before the
    work that a run does again belongs to a round before: `_limits`, for each body.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._run = 1
        self._seq = 0
        self._done: dict[str, Path] = {}
        self._entered_in: dict[str, int] = {}
        self._begun: dict[str, int] = {}
        self._limits: dict[int, int] = {}
        self._undone: set[Path] = set()

    def untrue(self, history: Sequence[Event]) -> Iterator[str]:
        """A task whose result stands is passed over, and no other is."""
        for seq, event in enumerate(history, 1):
            self._seq = seq
            if isinstance(event, NodeEntered):
                yield from self._entered(event)
            elif isinstance(event, ResultKept):
                yield from self._kept(event)
            note = NOTES.get(type(event))
            if note is not None:
                note(self, event)

    def _entered(self, event: NodeEntered) -> Iterator[str]:
        path = self._done.pop(_key(event.path), None)
        is_known = self._run > 1 and _key(event.path) in self._entered_in
        if is_known and event.is_anew is self._is_next(event):
            yield f"{event.path} takes over {'nothing' if event.is_anew else 'what is not of its round'}"
        node = self._program.nodes[event.node]
        is_standing = path is not None and self._is_next(event) and path not in self._undone
        if is_standing and isinstance(node, TaskNode | ChildNode):
            yield f"{event.path} was entered, though the result of {path} stands"

    def _kept(self, event: ResultKept) -> Iterator[str]:
        path = self._done.get(_key(event.path))
        if path != event.path or path in self._undone or not self._is_next(event):
            yield f"{event.path} was passed over, and its result does not stand"
        self._entered_in[_key(event.path)] = self._run

    def _is_next(self, event: NodeEntered | NodeSkipped | ResultKept) -> bool:
        """Whether the newest visit of the node is what an earlier run made of what the body does next."""
        key = _key(event.path)
        is_earlier = self._entered_in.get(key, self._run) < self._run
        return is_earlier and self._begun[key] > self._limits.get(event.frame, 0)

    def begun(self, event: NodeEntered | NodeSkipped) -> None:
        key = _key(event.path)
        before = self._begun.get(key, 0)
        self._begun[key] = before if self._is_next(event) else self._seq
        self._entered_in[key] = self._run
        if self._run > 1:
            self._limits[event.frame] = max(self._limits.get(event.frame, 0), before)

    def opened(self, event: BranchOpened) -> None:
        self._limits[self._seq] = max(event.after, self._begun[_key(event.path)])

    def completed(self, event: NodeCompleted) -> None:
        self._done[_key(event.path)] = event.path

    def undone(self, event: CompensationCompleted | CompensationAccepted) -> None:
        self._undone.add(event.path)

    def forgotten(self, event: IterationEnded) -> None:
        for key in event.forgotten:
            for held in (self._done, self._begun, self._entered_in):
                held.pop(key, None)

    def retried(self, event: ExecutionRetried) -> None:
        self._run = event.run
        self._limits = {}


NOTES: Final[Mapping[type, Callable[[_Standing, Any], None]]] = {
    NodeEntered: _Standing.begun,
    NodeSkipped: _Standing.begun,
    BranchOpened: _Standing.opened,
    NodeCompleted: _Standing.completed,
    CompensationCompleted: _Standing.undone,
    CompensationAccepted: _Standing.undone,
    IterationEnded: _Standing.forgotten,
    ExecutionRetried: _Standing.retried,
}


def _key(path: str) -> str:
    return path.partition("~")[0]

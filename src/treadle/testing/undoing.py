"""Whether what was or may have been done in a scope that broke was undone, in reverse, and nothing else."""

from collections.abc import Iterator
from typing import Final

from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.ids import Path, node_of
from treadle.model.policies import OnUnknown
from treadle.model.program import ChildNode, Program, TaskNode
from treadle.testing.ledger import NOT_KNOWN, Entry, Kind, Ledger, Side
from treadle.testing.scopes import Scope, Scopes

UNDONE: Final = frozenset({ExecutionStatus.FAILED, ExecutionStatus.CANCELLED})
AT_REST: Final = UNDONE | {ExecutionStatus.COMPLETED}


def caller(program: Program, path: str) -> TaskNode | ChildNode:
    """The node that calls somebody at that visit.

    Raises:
        AssertionError: it is of another kind.
    """
    node = program.nodes[node_of(Path(path))]
    if not isinstance(node, TaskNode | ChildNode):
        raise AssertionError(f"{path} calls nobody, and was called")
    return node


class _Owed:
    """What was or may have been done in the order in which that was learned; and what is done for sure."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._unknown: dict[str, set[int]] = {}
        self._ok: set[str] = set()
        self._armed: dict[str, None] = {}

    def note(self, entry: Entry) -> None:
        if entry.side is not Side.FORWARD or not entry.node:
            return
        node = caller(self._program, entry.node)
        if entry.kind is Kind.JOINED:
            self._ok.update({entry.node} if entry.outcome is AttemptOutcome.OK else ())
        elif entry.kind in (Kind.LEARNED, Kind.RESOLVED):
            self._attempt(entry)
        else:
            return
        is_owed = entry.node in self._ok or bool(self._unknown.get(entry.node))
        if is_owed and node.compensation is not None:
            self._armed.setdefault(entry.node)
        else:
            self._armed.pop(entry.node, None)

    def armed(self) -> list[str]:
        """In the order of arming, without what `on_unknown: fail` leaves undone."""
        return [path for path in self._armed if path in self._ok or not self._is_left(path)]

    def _is_left(self, path: str) -> bool:
        node = caller(self._program, path)
        return isinstance(node, TaskNode) and node.on_unknown is OnUnknown.FAIL

    def _attempt(self, entry: Entry) -> None:
        unknown = self._unknown.setdefault(entry.node, set())
        if entry.outcome in NOT_KNOWN:
            unknown.add(entry.attempt)
            return
        if entry.outcome is AttemptOutcome.OK:
            self._ok.add(entry.node)
        if entry.attempt:
            unknown.discard(entry.attempt)
        else:
            unknown.clear()


def wrongly_undone(ledger: Ledger, program: Program, ended: ExecutionStatus, scopes: Scopes) -> Iterator[str]:
    """What is armed in a scope that breaks is undone or settled, in reverse, once it was done; no more is."""
    owed = _Owed(program)
    for entry in ledger.entries:
        owed.note(entry)
    expected: dict[Scope | None, list[str]] = {}
    for path in reversed(owed.armed()):
        expected.setdefault(scopes.of(path).undoer(), []).append(path)
    undos: dict[Scope | None, list[Entry]] = {}
    for _, entry in _of_undos(ledger):
        undos.setdefault(scopes.of(entry.node).undoer(), []).append(entry)
    over: set[str] = set()
    for scope in {**expected, **undos}:
        is_closed = scope is not None and (scope.is_closed or ended in AT_REST)
        listed = [] if scope is None else expected.get(scope, [])
        yield from _undone_in_order(undos.get(scope, []), listed, over, must_end=is_closed, ended=ended)
    for _, entry in ledger.of(Kind.DID, Side.FORWARD):
        undoer = scopes.of(entry.node).undoer()
        is_due = undoer is not None and (undoer.is_closed or ended in UNDONE)
        if is_due and entry.node not in over and _is_undone_by(caller(program, entry.node)):
            yield f"{ended}, and {entry.node} was done and is not undone"
    yield from _done_before_undone(ledger)


def _undone_in_order(
    entries: list[Entry], expected: list[str], over: set[str], *, must_end: bool, ended: ExecutionStatus
) -> Iterator[str]:
    begun: dict[str, None] = {}
    for entry in entries:
        if begun and entry.node not in begun and not over.issuperset(begun):
            yield f"the undo of {entry.node} began before that of {list(begun)[-1]} was over"
        begun.setdefault(entry.node)
        if entry.kind is Kind.SETTLED or entry.outcome is AttemptOutcome.OK:
            over.add(entry.node)
    if begun and not expected and ended is ExecutionStatus.COMPLETED:
        yield f"completed, and {list(begun)} was undone"
    if list(begun) != expected[: len(begun)]:
        yield f"undone were {list(begun)}, armed the other way round {expected}"
    if must_end and not over.issuperset(expected):
        yield f"{ended} with {sorted(over.intersection(expected))} undone of {expected}"


def _is_undone_by(node: TaskNode | ChildNode) -> bool:
    if node.compensation is None:
        return False
    return isinstance(node, ChildNode) or node.on_unknown is not OnUnknown.FAIL


def _of_undos(ledger: Ledger) -> Iterator[tuple[int, Entry]]:
    for place, entry in enumerate(ledger.entries):
        if entry.side is Side.UNDO and entry.kind is not Kind.DID:
            yield place, entry


def _done_before_undone(ledger: Ledger) -> Iterator[str]:
    """Nothing takes effect forward once its undo has."""
    done = {entry.node: place for place, entry in ledger.of(Kind.DID, Side.FORWARD)}
    for place, entry in ledger.of(Kind.DID, Side.UNDO):
        if done.get(entry.node, -1) > place:
            yield f"{entry.node} was undone before it was done"

"""Whether an execution kept what it promises, judged by the ledger of the outside and by how it ended."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.ids import NodeId
from treadle.model.policies import LOST_MAX, OnUnknown
from treadle.model.program import Program, TaskNode
from treadle.testing.ledger import HOOK_SIGN, Entry, Kind, Ledger, Side

HOOK_OF: Final = {
    ExecutionStatus.COMPLETED: "$on_success",
    ExecutionStatus.FAILED: "$on_failure",
    ExecutionStatus.CANCELLED: "$on_cancel",
}
UNDONE: Final = frozenset({ExecutionStatus.FAILED, ExecutionStatus.CANCELLED})
NOT_FAILED: Final = frozenset(AttemptOutcome) - {AttemptOutcome.FAILED}


def broken_promises(ledger: Ledger, program: Program, ended: ExecutionStatus) -> list[str]:
    """What the execution did that it must not, or did not that it must, a sentence each."""
    return [
        *_keys(ledger),
        *_attempts(ledger),
        *_counts(ledger, program),
        *_order(ledger),
        *_undoing(ledger, program, ended),
        *_hooks(ledger, ended),
    ]


def _task(program: Program, path: str) -> TaskNode:
    node = program.nodes[NodeId(path.partition("~")[0].partition("[")[0])]
    if not isinstance(node, TaskNode):
        raise AssertionError(f"{path} is no task, and was called")
    return node


def _keys(ledger: Ledger) -> Iterator[str]:
    """One thing has one key and one request, whatever happens, and is done once at most."""
    asked: dict[tuple[Side, str], Entry] = {}
    for _, entry in ledger.of(Kind.SENT):
        first = asked.setdefault((entry.side, entry.node), entry)
        if entry.key != first.key:
            yield f"{entry.side} {entry.node} was asked under {first.key} and {entry.key}"
        if entry.request != first.request:
            yield f"{entry.key} was asked different things"
    done = Counter((entry.side, entry.node) for _, entry in ledger.of(Kind.DID))
    for (side, node), times in done.items():
        if times > 1:
            yield f"{side} {node} was done {times} times"


def _attempts(ledger: Ledger) -> Iterator[str]:
    """Attempts follow one another; none follows an outcome that is ok, or was learned before."""
    in_flight: dict[str, int] = {}
    last: dict[str, int] = {}
    over: set[str] = set()
    for entry in ledger.entries:
        if entry.kind is Kind.SENT:
            if entry.key in over:
                yield f"{entry.key} was called again after its outcome was known"
            if entry.key in in_flight or entry.attempt != last.get(entry.key, 0) + 1:
                yield f"attempt {entry.attempt} of {entry.key} was sent out of turn"
            in_flight[entry.key] = last[entry.key] = entry.attempt
        elif entry.kind is Kind.LEARNED:
            if in_flight.pop(entry.key, None) != entry.attempt:
                yield f"the outcome of attempt {entry.attempt} of {entry.key} was taken out of turn"
            if entry.outcome is AttemptOutcome.OK:
                over.add(entry.key)


def _counts(ledger: Ledger, program: Program) -> Iterator[str]:
    """No more calls than the policy allows; those that were lost do not count, up to a bound of their own."""
    ends = Counter(
        (entry.node, entry.outcome is AttemptOutcome.LOST)
        for _, entry in ledger.of(Kind.LEARNED, Side.FORWARD)
    )
    for (node, is_lost), times in ends.items():
        allowed = LOST_MAX if is_lost else _task(program, node).activity.retry.max_attempts
        if times > allowed:
            yield f"{node} was called {times} times, {allowed} are allowed"


def _order(ledger: Ledger) -> Iterator[str]:
    """Forward work, then undoing, then the hook; each begins when nothing before it is in flight."""
    ranks = {Side.FORWARD: 0, Side.UNDO: 1, Side.HOOK: 2}
    reached = 0
    in_flight: set[str] = set()
    for entry in ledger.entries:
        if entry.kind is Kind.SENT:
            if ranks[entry.side] < reached:
                yield f"{entry.key} was sent after {list(ranks)[reached]} had begun"
            if in_flight:
                yield f"{entry.key} was sent while {sorted(in_flight)} was in flight"
            reached = max(reached, ranks[entry.side])
            in_flight.add(entry.key)
        elif entry.kind is Kind.LEARNED:
            in_flight.discard(entry.key)


def _armed(ledger: Ledger, program: Program) -> list[str]:
    """The paths that were or may have been done and have an undo, in the order in which that was learned."""
    found: dict[str, None] = {}
    for _, entry in ledger.of(Kind.LEARNED, Side.FORWARD):
        task = _task(program, entry.node)
        is_left = task.on_unknown is OnUnknown.FAIL and entry.outcome is not AttemptOutcome.OK
        if task.compensation is not None and entry.outcome in NOT_FAILED and not is_left:
            found.setdefault(entry.node)
    return list(found)


def _undoing(ledger: Ledger, program: Program, ended: ExecutionStatus) -> Iterator[str]:
    """All that is armed is undone or settled, in reverse, after it was done; or nothing is."""
    begun: dict[str, None] = {}
    over: set[str] = set()
    for _, entry in _of_undos(ledger):
        if begun and entry.node not in begun and not over.issuperset(begun):
            yield f"the undo of {entry.node} began before that of {list(begun)[-1]} was over"
        begun.setdefault(entry.node)
        if entry.kind is Kind.SETTLED or entry.outcome is AttemptOutcome.OK:
            over.add(entry.node)
    expected = list(reversed(_armed(ledger, program)))
    if list(begun) != expected[: len(begun)]:
        yield f"undone were {list(begun)}, armed the other way round {expected}"
    if ended in UNDONE and (list(begun) != expected or over != set(expected)):
        yield f"{ended} with {sorted(over)} undone of {expected}"
    if ended is ExecutionStatus.COMPLETED and begun:
        yield f"completed, and {list(begun)} was undone"
    for _, entry in ledger.of(Kind.DID, Side.FORWARD):
        if ended in UNDONE and entry.node not in over and _is_undone_by(_task(program, entry.node)):
            yield f"{ended}, and {entry.node} was done and is not undone"
    yield from _done_before_undone(ledger)


def _is_undone_by(task: TaskNode) -> bool:
    return task.compensation is not None and task.on_unknown is not OnUnknown.FAIL


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


def _hooks(ledger: Ledger, ended: ExecutionStatus) -> Iterator[str]:
    """No hook but that of the end."""
    called = {entry.node for _, entry in ledger.of(Kind.SENT, Side.HOOK)}
    if ended in HOOK_OF and not called <= {HOOK_OF[ended]}:
        yield f"{ended}, and {sorted(called)} was called"
    if any(not node.startswith(HOOK_SIGN) for node in called):
        yield f"{sorted(called)} is no hook"

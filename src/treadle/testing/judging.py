"""Whether an execution kept what it promises, by the ledger of the outside and how its bodies ended."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.expression import ExpressionError
from treadle.model.ids import NodeId
from treadle.model.policies import LOST_MAX
from treadle.model.program import ActivityPlan, Program, TaskNode
from treadle.testing.ledger import HOOK_SIGN, NOT_KNOWN, Entry, Kind, Ledger, Side
from treadle.testing.ordering import out_of_order
from treadle.testing.scopes import Fate, Scopes
from treadle.testing.undoing import UNDONE, caller, wrongly_undone

HOOK_OF: Final = {
    ExecutionStatus.COMPLETED: "$on_success",
    ExecutionStatus.FAILED: "$on_failure",
    ExecutionStatus.CANCELLED: "$on_cancel",
}
ONCE_SIDES: Final = frozenset({Side.FORWARD, Side.UNDO, Side.HOOK, Side.LOOK_UP})
"""A probe is asked again after every unknown end, under the same key."""


def broken_promises(
    ledger: Ledger,
    program: Program,
    ended: ExecutionStatus,
    scopes: Scopes | None = None,
    *,
    anew: frozenset[str] = frozenset(),
) -> list[str]:
    """What the execution did that it must not, or did not that it must, a sentence each.

    `scopes` None: there is one run and one body. `anew` are the visits that take over nothing of an earlier
    run.
    """
    if scopes is None:
        scopes = Scopes()
        if ended in UNDONE or (ended is ExecutionStatus.TERMINATED and any(ledger.of(Kind.SENT, Side.UNDO))):
            scopes.root.end(Fate.BROKEN)
    return [
        *_keys(ledger),
        *_keys_over_runs(ledger, anew),
        *_attempts(ledger),
        *_counts(ledger, program),
        *out_of_order(ledger, scopes),
        *wrongly_undone(ledger, program, ended, scopes),
        *_hooks(ledger, program, ended),
    ]


def _thing(entry: Entry) -> tuple[Side, str, int]:
    """What has one key: a visit, its undo, or a hook in one run."""
    return entry.side, entry.node, entry.run if entry.side is Side.HOOK else 0


def _keys(ledger: Ledger) -> Iterator[str]:
    """One thing has one key and one request, whatever happens, and is done once at most."""
    asked: dict[tuple[Side, str, int], Entry] = {}
    for _, entry in ledger.of(Kind.SENT):
        first = asked.setdefault(_thing(entry), entry)
        if entry.key != first.key:
            yield f"{entry.side} {entry.node} was asked under {first.key} and {entry.key}"
        if entry.request != first.request:
            yield f"{entry.key} was asked different things"
    done = Counter(_thing(entry) for _, entry in ledger.of(Kind.DID))
    for (side, node, _), times in done.items():
        if times > 1:
            yield f"{side} {node} was done {times} times"


class _Past:
    """How the visits of earlier runs stand: the last outcome of each, and which of them were undone."""

    def __init__(self) -> None:
        self.key: dict[str, str] = {}
        self.outcome: dict[str, AttemptOutcome | None] = {}
        self.undone: set[str] = set()
        self.run: dict[str, int] = {}

    def note(self, entry: Entry) -> None:
        if entry.side is Side.UNDO:
            if entry.outcome is AttemptOutcome.OK:
                self.undone.add(entry.node)
        elif entry.side is Side.FORWARD and entry.kind is Kind.SENT:
            self.key[entry.node], self.run[entry.node] = entry.key, entry.run
        elif entry.side is Side.FORWARD and entry.outcome is not None:
            self.outcome[entry.node] = entry.outcome

    def is_open(self, node: str) -> bool:
        """Whether nobody knows what the visit did, and it was not undone."""
        return self.outcome.get(node) in NOT_KNOWN and node not in self.undone


def _keys_over_runs(ledger: Ledger, anew: frozenset[str]) -> Iterator[str]:
    """A visit goes under the key of one of an earlier run if nobody knows what that one did, else never.

    What begins a round of its own has a key of its own.
    """
    past = _Past()
    owner: dict[str, str] = {}
    for entry in ledger.entries:
        if entry.kind is Kind.SENT and entry.side is Side.FORWARD and entry.attempt == 1:
            before = owner.get(entry.key)
            if before is not None and not past.is_open(before):
                yield f"{entry.node} was asked under the key of {before}, of which all is known"
            node, _, number = entry.node.partition("~")
            earlier = node if number == "2" else f"{node}~{int(number or 0) - 1}"
            is_next = entry.node not in anew and "[" not in node
            is_next = is_next and past.run.get(earlier, entry.run) < entry.run
            if is_next and before is None and past.is_open(earlier):
                yield f"{entry.node} was asked anew, and nobody knows what {earlier} did"
            owner[entry.key] = entry.node
        past.note(entry)


def _attempts(ledger: Ledger) -> Iterator[str]:
    """Attempts follow one another; none follows an outcome that is ok, or was learned before."""
    in_flight: dict[str, int] = {}
    last: dict[tuple[Side, str, int], int] = {}
    over: set[str] = set()
    for entry in ledger.entries:
        if entry.side not in ONCE_SIDES:
            continue
        if entry.kind is Kind.SENT:
            if entry.key in over:
                yield f"{entry.key} was called again after its outcome was known"
            if entry.key in in_flight or entry.attempt != last.get(_thing(entry), 0) + 1:
                yield f"attempt {entry.attempt} of {entry.key} was sent out of turn"
            in_flight[entry.key] = last[_thing(entry)] = entry.attempt
        elif entry.kind is Kind.LEARNED:
            if in_flight.pop(entry.key, None) != entry.attempt:
                yield f"the outcome of attempt {entry.attempt} of {entry.key} was taken out of turn"
            if entry.outcome is AttemptOutcome.OK:
                over.add(entry.key)
        elif entry.kind is Kind.RESOLVED and entry.outcome is AttemptOutcome.OK and entry.key:
            in_flight.pop(entry.key, None)
            over.add(entry.key)


def _counts(ledger: Ledger, program: Program) -> Iterator[str]:
    """No more calls than the policy allows; those that were lost do not count, up to a bound of their own."""
    ends = Counter(
        (entry.node, entry.outcome is AttemptOutcome.LOST)
        for _, entry in ledger.of(Kind.LEARNED, Side.FORWARD)
    )
    for (node, is_lost), times in ends.items():
        task = caller(program, node)
        most = task.activity.retry.max_attempts if isinstance(task, TaskNode) else 1
        allowed = LOST_MAX if is_lost else most
        if times > allowed:
            yield f"{node} was called {times} times, {allowed} are allowed"


def _hooks(ledger: Ledger, program: Program, ended: ExecutionStatus) -> Iterator[str]:
    """In every run the hook of its end and no other; every run but the last has failed."""
    called: dict[int, set[str]] = {}
    for _, entry in ledger.of(Kind.SENT, Side.HOOK):
        called.setdefault(entry.run, set()).add(entry.node)
        if not entry.node.startswith(HOOK_SIGN):
            yield f"{entry.node} is no hook"
    for run in range(1, ledger.run + 1):
        end = ended if run == ledger.run else ExecutionStatus.FAILED
        hook = HOOK_OF.get(end)
        found = called.get(run, set())
        if hook is not None and not found <= {hook}:
            yield f"{end}, and {sorted(found)} was called"
        if hook is not None and not found and _can_be_asked(_hook_plan(program, hook)):
            yield f"{end}, and {hook} was not called"


def _hook_plan(program: Program, hook: str) -> ActivityPlan | None:
    plans = {
        "$on_success": program.on_success,
        "$on_failure": program.on_failure,
        "$on_cancel": program.on_cancel,
    }
    return plans[hook]


class _Nothing:
    """Roots that have nothing."""

    def root(self, name: str) -> None:
        return None

    def of_execution(self, field: str) -> None:
        return None

    def node(self, node: NodeId, field: str) -> None:
        return None


def _can_be_asked(plan: ActivityPlan | None) -> bool:
    if plan is None:
        return False
    try:
        plan.render(_Nothing())
    except ExpressionError:
        return False
    return True

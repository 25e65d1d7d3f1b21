"""What the outside saw of one execution, in order; it is judged by this alone."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from treadle.model.effects import Invocation
from treadle.model.execution import AttemptOutcome
from treadle.model.requests import DefinitionRequest, Request


class Kind(StrEnum):
    """What a line of the ledger tells.

    sent: an attempt left the engine; did: the service did the work, which it does once a key; accepted:
    the trigger call of an async attempt was answered; learned: the engine has the outcome of the attempt,
    durably; trailed: its call is out although its visit is over; closed: it is no more; resolved: what an
    attempt that ended unknown had done is known after all; settled: a person skipped (no outcome) or
    accepted (ok) an undo; begun: a child execution that is awaited was started; joined: its end was
    taken; run: another run begins.
    """

    SENT = "sent"
    DID = "did"
    ACCEPTED = "accepted"
    LEARNED = "learned"
    TRAILED = "trailed"
    CLOSED = "closed"
    RESOLVED = "resolved"
    SETTLED = "settled"
    BEGUN = "begun"
    JOINED = "joined"
    RUN = "run"


class Side(StrEnum):
    """What a call is for: the work, its undo, a hook, the question what was done, a child's definition."""

    FORWARD = "forward"
    UNDO = "undo"
    HOOK = "hook"
    PROBE = "probe"
    LOOK_UP = "look-up"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line: `node` is the path of the visit, or the hook; `attempt` 0: all that had ended unknown."""

    kind: Kind
    side: Side
    node: str
    key: str = ""
    attempt: int = 0
    request: Request | None = None
    outcome: AttemptOutcome | None = None
    run: int = 1


HOOK_SIGN: Final = "$"
NOT_KNOWN: Final = frozenset({AttemptOutcome.UNKNOWN, AttemptOutcome.LOST})
"""How an attempt ended of which nobody knows what it did."""
PROBE_SIGN: Final = "/probe"


def side_of(invocation: Invocation) -> Side:
    """What the call is for."""
    if invocation.compensates is not None:
        return Side.UNDO
    if invocation.node.startswith(HOOK_SIGN):
        return Side.HOOK
    if invocation.key.endswith(PROBE_SIGN):
        return Side.PROBE
    return Side.LOOK_UP if isinstance(invocation.request, DefinitionRequest) else Side.FORWARD


class Ledger:
    """Grows only. `run` is the run that entries are written in."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.run = 1
        self._done: set[str] = set()

    def send(self, invocation: Invocation) -> None:
        """The attempt left the engine."""
        self._write(Kind.SENT, invocation, request=invocation.request)

    def do(self, invocation: Invocation) -> None:
        """The service does what the call asks, unless it has done it under that key before."""
        if invocation.key not in self._done:
            self._done.add(invocation.key)
            self._write(Kind.DID, invocation)

    def has_done(self, key: str) -> bool:
        """Whether the service did what was asked under that key."""
        return key in self._done

    def accept(self, invocation: Invocation) -> None:
        """The trigger call of the attempt was answered: its callback is awaited."""
        self._write(Kind.ACCEPTED, invocation)

    def learn(self, invocation: Invocation, outcome: AttemptOutcome) -> None:
        """The engine will not forget how the attempt ended."""
        self._write(Kind.LEARNED, invocation, outcome=outcome)

    def trail(self, invocation: Invocation) -> None:
        """The call is out still, and its visit is over: another attempt has answered for it."""
        self._write(Kind.TRAILED, invocation)

    def close(self, invocation: Invocation, outcome: AttemptOutcome) -> None:
        """A call that trailed has ended."""
        self._write(Kind.CLOSED, invocation, outcome=outcome)

    def correct(self, invocation: Invocation, outcome: AttemptOutcome) -> None:
        """How the attempt ended that had ended unknown is known after all."""
        self._write(Kind.RESOLVED, invocation, outcome=outcome)

    def resolve(self, path: str, outcome: AttemptOutcome) -> None:
        """Somebody knows what became of all attempts of the visit that had ended unknown."""
        self._add(Kind.RESOLVED, Side.FORWARD, path, outcome)

    def settle(self, path: str, *, is_undone: bool = False) -> None:
        """A person has undone the visit `path`, or left it undone."""
        self._add(Kind.SETTLED, Side.UNDO, path, AttemptOutcome.OK if is_undone else None)

    def begin_child(self, path: str) -> None:
        """A child execution was started, and is awaited."""
        self._add(Kind.BEGUN, Side.FORWARD, path)

    def join_child(self, path: str, outcome: AttemptOutcome) -> None:
        """The child's end was taken: ok if it completed."""
        self._add(Kind.JOINED, Side.FORWARD, path, outcome)

    def begin_run(self) -> None:
        """Another run begins."""
        self.run += 1
        self._add(Kind.RUN, Side.FORWARD, "")

    def of(self, kind: Kind, side: Side | None = None) -> Iterator[tuple[int, Entry]]:
        """The entries of a kind and side, with their places."""
        for place, entry in enumerate(self.entries):
            if entry.kind is kind and side in (None, entry.side):
                yield place, entry

    def _add(self, kind: Kind, side: Side, path: str, outcome: AttemptOutcome | None = None) -> None:
        self.entries.append(Entry(kind=kind, side=side, node=path, outcome=outcome, run=self.run))

    def _write(
        self,
        kind: Kind,
        invocation: Invocation,
        *,
        request: Request | None = None,
        outcome: AttemptOutcome | None = None,
    ) -> None:
        self.entries.append(
            Entry(
                kind=kind,
                side=side_of(invocation),
                node=invocation.node,
                key=invocation.key,
                attempt=invocation.attempt,
                request=request,
                outcome=outcome,
                run=self.run,
            )
        )

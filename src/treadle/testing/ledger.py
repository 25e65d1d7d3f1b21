"""What the outside saw of one execution, in order; it is judged by this alone."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from treadle.model.effects import Invocation
from treadle.model.execution import AttemptOutcome
from treadle.model.requests import Request


class Kind(StrEnum):
    """What a line of the ledger tells.

    sent: an attempt left the engine; did: the service did the work, which it does once a key; learned: the
    engine has the outcome of the attempt, durably; settled: a person skipped or accepted an undo.
    """

    SENT = "sent"
    DID = "did"
    LEARNED = "learned"
    SETTLED = "settled"


class Side(StrEnum):
    FORWARD = "forward"
    UNDO = "undo"
    HOOK = "hook"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line: `node` is the path of the visit, or the hook."""

    kind: Kind
    side: Side
    node: str
    key: str = ""
    attempt: int = 0
    request: Request | None = None
    outcome: AttemptOutcome | None = None


HOOK_SIGN: Final = "$"


def side_of(invocation: Invocation) -> Side:
    """What the call is for."""
    if invocation.compensates is not None:
        return Side.UNDO
    return Side.HOOK if invocation.node.startswith(HOOK_SIGN) else Side.FORWARD


class Ledger:
    """Grows only."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
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

    def learn(self, invocation: Invocation, outcome: AttemptOutcome) -> None:
        """The engine will not forget how the attempt ended."""
        self._write(Kind.LEARNED, invocation, outcome=outcome)

    def settle(self, path: str) -> None:
        """A person took the undo of `path` over, or left the visit undone."""
        self.entries.append(Entry(kind=Kind.SETTLED, side=Side.UNDO, node=path))

    def of(self, kind: Kind, side: Side | None = None) -> Iterator[tuple[int, Entry]]:
        """The entries of a kind and side, with their places."""
        for place, entry in enumerate(self.entries):
            if entry.kind is kind and side in (None, entry.side):
                yield place, entry

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
            )
        )

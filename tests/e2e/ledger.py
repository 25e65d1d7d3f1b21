"""What the stub services write down: one line for each thing that happened to a call, in order."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec


class Phase(StrEnum):
    """What a line says."""

    RECEIVED = "received"
    ANSWERED = "answered"
    BROKEN = "broken"
    """The caller went away before the answer."""
    CALLING_BACK = "calling_back"
    """The service begins to call back, until somebody takes it or says that nobody will."""
    CALLED_BACK = "called_back"
    KILLED = "killed"
    """The caller's process was killed at this line."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`number` counts the lines from 1. A call is named by the number of its `received` line.

    The headers stand in the line `received`; `call`, `status` and `answer` in `answered`, `call` in `broken`
    and `calling_back`, `call` and `status` (what the service was answered) in `called_back`.
    """

    number: int
    phase: Phase
    call: int | None = None
    key: str | None = None
    execution: str | None = None
    node: str | None = None
    attempt: int | None = None
    compensates: str | None = None
    status: int | None = None
    answer: str | None = None
    """The id that the service gave to what it did."""


class Call(msgspec.Struct, kw_only=True):
    """One request that a service received.

    `number` is that of the line that received it; `status` is None until it is answered.
    """

    number: int
    key: str
    execution: str
    node: str
    attempt: int
    compensates: str | None
    status: int | None = None
    answer: str | None = None
    is_broken: bool = False
    is_called_back: bool = False
    callback_status: int | None = None

    @property
    def is_done(self) -> bool:
        """Answered well: the work is done, or (202) taken on."""
        return self.status in (200, 202)

    @property
    def may_have_acted(self) -> bool:
        """Whether the service did the work, or nobody knows: all but an answered refusal."""
        return self.status is None or self.is_done


class Killed(msgspec.Struct, frozen=True, kw_only=True):
    """`in_flight`: calls received before, and neither answered nor broken then."""

    number: int
    in_flight: int


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """All that the services saw, in order."""

    calls: tuple[Call, ...]
    kills: tuple[Killed, ...]


def read_ledger(path: Path) -> Ledger:
    """The ledger in the file as far as it is written; every line must be whole."""
    calls: dict[int, Call] = {}
    kills: list[Killed] = []
    open_calls: set[int] = set()
    for line in _lines(path):
        if line.phase is Phase.RECEIVED:
            calls[line.number] = _call(line)
            open_calls.add(line.number)
        elif line.phase is Phase.KILLED:
            kills.append(Killed(number=line.number, in_flight=len(open_calls)))
        elif line.phase is Phase.CALLING_BACK and line.call is not None:
            calls[line.call].is_called_back = True
        elif line.phase is Phase.CALLED_BACK and line.call is not None:
            calls[line.call].callback_status = line.status
        elif line.call is not None:
            open_calls.discard(line.call)
            calls[line.call].status = line.status
            calls[line.call].answer = line.answer
            calls[line.call].is_broken = line.phase is Phase.BROKEN
    return Ledger(calls=tuple(calls.values()), kills=tuple(kills))


def _lines(path: Path) -> Iterator[Line]:
    decoder = msgspec.json.Decoder(Line)
    with path.open("rb") as file:
        for text in file:
            yield decoder.decode(text)


def _call(line: Line) -> Call:
    return Call(
        number=line.number,
        key=line.key or "",
        execution=line.execution or "",
        node=line.node or "",
        attempt=line.attempt or 0,
        compensates=line.compensates,
    )

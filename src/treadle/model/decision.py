"""What the core answers to a command."""

import msgspec

from treadle.model.effects import Alarm, ChildStart, Continuation, Effect, Invocation, Notice
from treadle.model.events import Event
from treadle.model.execution import Execution
from treadle.model.ids import Instant


class Decision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`events` happened, `execution` is the state after them, the rest is newly owed.

    No events: the command was good and changed nothing. `others` is what other executions are owed,
    `invocations` are the attempts to be made, `alarm` is the earliest instant at which something falls due,
    and `is_unfinished` asks for a continuation: it stopped short.
    `state_bytes` is what the state holds at most.
    """

    events: tuple[Event, ...]
    execution: Execution
    others: tuple[ChildStart | Notice, ...] = ()
    invocations: tuple[Invocation, ...] = ()
    alarm: Instant | None = None
    is_unfinished: bool = False
    state_bytes: int = 0

    @property
    def effects(self) -> tuple[Effect, ...]:
        """All that is newly owed, as `outstanding` tells what is owed still."""
        alarms = () if self.alarm is None else (Alarm(at=self.alarm),)
        return (*self.others, *self.invocations, *alarms, *((Continuation(),) if self.is_unfinished else ()))


class Refused(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The command changes nothing; `code` is stable and documented in API and SEMANTICS."""

    code: str
    message: str

"""What the core answers to a command."""

import msgspec

from treadle.model.effects import Effect
from treadle.model.events import Event
from treadle.model.execution import Execution


class Decision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`events` happened, `execution` is the state after them, `effects` are newly owed.

    No events: the command was good and changed nothing. `state_bytes` is what the state holds at most.
    """

    events: tuple[Event, ...]
    execution: Execution
    effects: tuple[Effect, ...]
    state_bytes: int = 0


class Refused(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The command changes nothing; `code` is stable and documented in API and SEMANTICS."""

    code: str
    message: str

"""What an execution owes the outside, as nouns; carried out by the runtime after the commit."""

from typing import TypeAlias

import msgspec

from treadle.model.commands import Command
from treadle.model.events import ExecutionStarted
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant, Namespace
from treadle.model.requests import Request


class Invocation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One attempt of an activity that is to be made now.

    `node` is what a called service is told: the path of the visit, or `$on_success` and so on.
    `compensates` is the forward key that an undo undoes. `callback_until` is when the wait for the callback
    of an async attempt is over, None for one that awaits none.
    """

    execution_id: ExecutionId
    namespace: Namespace
    frame: FrameId
    activity: ActivityId
    node: str
    attempt: int
    key: str
    request: Request
    timeout_ms: int
    compensates: str | None = None
    traceparent: str | None = None
    callback_until: Instant | None = None


class Alarm(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The earliest instant at which something falls due: the execution is to be continued then."""

    at: Instant


class Continuation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A decision stopped at its bound of transitions: commit, then continue at once."""


class ChildStart(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Another execution begins with this event; written in the same commit, harmless if it exists."""

    started: ExecutionStarted


class Notice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Another execution is given this command; written to its inbox in the same commit."""

    execution_id: ExecutionId
    command: Command


Effect: TypeAlias = Invocation | Alarm | Continuation | ChildStart | Notice

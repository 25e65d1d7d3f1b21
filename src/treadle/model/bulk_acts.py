"""One act on many executions: a bulk act, and how far it has come."""

from enum import StrEnum

import msgspec

from treadle.model.ids import BulkId, ExecutionId, Instant
from treadle.model.views import Cursor, ExecutionFilter


class BulkAction(StrEnum):
    """What is done to each: the acts that mean the same for every execution."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    TERMINATE = "terminate"
    RETRY = "retry"
    WAKE = "wake"


class BulkStatus(StrEnum):
    """running: there may be more to act on, also while no engine runs; done: every one was acted on.

    stopping: somebody has asked that it acts on no more; stopped: it does not.
    """

    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    STOPPED = "stopped"


class BulkTarget(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An execution that was found; `version` is the `seq` of the last event that it had then."""

    execution_id: ExecutionId
    version: int


class BulkRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """One execution that refused, in the words of the refusal."""

    execution_id: ExecutionId
    message: str


class BulkRefusals(msgspec.Struct, frozen=True, kw_only=True):
    """How many refused with the code `code`, and the last of them, newest first."""

    code: str
    count: int
    last: tuple[BulkRefusal, ...]


class BulkAct(msgspec.Struct, frozen=True, kw_only=True):
    """`where` says which executions, of which namespace; those created after `created_at` are none of them.

    `total` is how many there are: counted, as far as that is cheap, when it was asked for, and how many were
    acted on when it ended.
    `done` did what they were told, `refused` did not. `after` is the place in the list of executions that
    has been reached, and `targets` are those before it whose end is not known yet: they were found, kept, and
    only then acted on. `is_stopping`: no more are to be acted on.
    """

    id: BulkId
    where: ExecutionFilter
    action: BulkAction
    reason: str | None
    actor: str
    created_at: Instant
    total: int
    after: Cursor
    targets: tuple[BulkTarget, ...] = ()
    done: int = 0
    refused: int = 0
    refusals: tuple[BulkRefusals, ...] = ()
    is_stopping: bool = False
    ended_at: Instant | None = None

    @property
    def status(self) -> BulkStatus:
        """Whether there may be more to act on, and whether somebody has stopped it."""
        if self.ended_at is None:
            return BulkStatus.STOPPING if self.is_stopping else BulkStatus.RUNNING
        return BulkStatus.STOPPED if self.is_stopping else BulkStatus.DONE

"""Acts on the targets of a bulk act, each once: by the engine, as a person would."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec
import structlog

from treadle.codec.events import decode_events
from treadle.model.bulk_acts import BulkAct, BulkAction, BulkTarget
from treadle.model.commands import (
    CancelExecution,
    PauseExecution,
    ResumeExecution,
    RetryExecution,
    TerminateExecution,
    WakeExecution,
)
from treadle.model.errors import Corrupt, Rejected, Unavailable
from treadle.model.events import (
    CancelRequested,
    Event,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionRetried,
    ExecutionTerminated,
    ExecutionWoken,
)
from treadle.model.ids import Namespace
from treadle.ports.views import Views
from treadle.runtime.bulk_progress import BulkEnding, counted
from treadle.runtime.engine import Engine

log = structlog.get_logger(__name__)

BulkCommand: TypeAlias = (
    PauseExecution | ResumeExecution | CancelExecution | TerminateExecution | RetryExecution | WakeExecution
)
"""What a bulk act asks of each execution. Where it is not refused it brings the event of EVENTS."""
EVENTS: Final[Mapping[type[BulkCommand], type[Event]]] = {
    PauseExecution: ExecutionPaused,
    ResumeExecution: ExecutionResumed,
    CancelExecution: CancelRequested,
    TerminateExecution: ExecutionTerminated,
    RetryExecution: ExecutionRetried,
    WakeExecution: ExecutionWoken,
}
ENDING_OR_HOLDING: Final = frozenset({BulkAction.PAUSE, BulkAction.TERMINATE})
"""What gives an execution no work to do: it is done however many are live."""
EVENTS_READ: Final = 200
"""Events of a history that are looked at a time, for one that a process wrote before it died."""
OWNER_LOOKS_MAX: Final = 5
"""Looks at an execution that nobody can drive, before that is what it has refused with."""
NOT_OWNER: Final = "not_owner"
INTERNAL: Final = "internal"
SEE_LOG: Final = "it could not be acted on; the log of the server says why"


class BulkParts(msgspec.Struct, frozen=True, kw_only=True):
    """`command` says what a bulk act asks of each execution."""

    engine: Engine
    views: Views
    command: Callable[[BulkAct], BulkCommand]


class BulkActor:
    """Never has more than `bulk_at_once_max` commands under way."""

    def __init__(self, parts: BulkParts) -> None:
        self._engine = parts.engine
        self._views = parts.views
        self._command = parts.command
        self._bounds = parts.engine.bounds

    async def act(self, act: BulkAct, *, is_repeat: bool) -> BulkAct:
        """The bulk act with the ends of its targets; those stay that cannot be acted on now.

        `is_repeat`: some of them may have been acted on before. What one was told since it was found,
        by the same actor and for the same reason, is not said again.
        """
        command, namespace = self._command(act), act.where.namespace
        waiting, left, endings = deque(act.targets), list[BulkTarget](), list[BulkEnding]()
        at_once = min(self._bounds.bulk_at_once_max, len(waiting))

        async def work() -> None:
            while waiting and len(left) < at_once and self._has_room(act.action):
                target = waiting.popleft()
                ending = await self._ending(namespace, target, command, is_repeat=is_repeat)
                if ending is None:
                    left.append(target)
                else:
                    endings.append(ending)

        await asyncio.gather(*(work() for _ in range(at_once)))
        return counted(act, endings, (*waiting, *left))

    async def look(self, act: BulkAct) -> BulkAct:
        """The bulk act with the ends of those of its targets that were acted on; the others are let be."""
        command = self._command(act)
        told = [target for target in act.targets if await self._is_known_told(target, command)]
        endings = [BulkEnding(execution_id=target.execution_id) for target in told]
        return counted(act, endings, ())

    def _has_room(self, action: BulkAction) -> bool:
        """Whether one more execution may go on: the rest of the places is for those that others start."""
        places = self._bounds.live_max * self._bounds.bulk_live_percent // 100
        return action in ENDING_OR_HOLDING or self._engine.live_count < max(1, places)

    async def _ending(
        self, namespace: Namespace, target: BulkTarget, command: BulkCommand, *, is_repeat: bool
    ) -> BulkEnding | None:
        """What became of the target; None if that cannot be said now."""
        execution_id = target.execution_id
        try:
            if not (is_repeat and await self._was_told(target, command)):
                await self._tell(namespace, target, command)
        except Rejected as refusal:
            return BulkEnding(execution_id=execution_id, code=refusal.code, message=refusal.message)
        except Unavailable as fault:
            if fault.code == NOT_OWNER:
                return BulkEnding(execution_id=execution_id, code=fault.code, message=fault.message)
            log.warning("bulk act put off", execution=execution_id, code=fault.code, message=fault.message)
            return None
        except Exception as broken:  # unreadable: this execution is told so, all others are acted on
            log.error("bulk act refused", execution=execution_id, exc_info=broken)
            return BulkEnding(execution_id=execution_id, code=INTERNAL, message=SEE_LOG)
        return BulkEnding(execution_id=execution_id)

    async def _tell(self, namespace: Namespace, target: BulkTarget, command: BulkCommand) -> None:
        """Have it decided; an execution that changes hands is given time for that."""
        for _ in range(OWNER_LOOKS_MAX - 1):
            try:
                await self._engine.submit(namespace, target.execution_id, command)
            except Unavailable as fault:
                if fault.code != NOT_OWNER:
                    raise
                await self._engine.clock.sleep(self._bounds.store_retry_ms)
                if await self._was_told(target, command):
                    return
            else:
                return
        await self._engine.submit(namespace, target.execution_id, command)

    async def _is_known_told(self, target: BulkTarget, command: BulkCommand) -> bool:
        try:
            return await self._was_told(target, command)
        except Corrupt as broken:  # its history cannot be read: nobody knows
            log.error("bulk act not told", execution=target.execution_id, exc_info=broken)
            return False

    async def _was_told(self, target: BulkTarget, command: BulkCommand) -> bool:
        """Whether the history says that it was told the same since it was found."""
        seen = target.version
        while rows := await self._views.history(target.execution_id, seen, EVENTS_READ):
            for row in rows:
                for seq, event in enumerate(decode_events(row.events), start=row.first_seq):
                    if seq > target.version and _is_of(event, command):
                        return True
            seen = rows[-1].last_seq
        return False


def _is_of(event: Event, command: BulkCommand) -> bool:
    """Whether the event is what the command brings."""
    if type(event) is not EVENTS[type(command)]:
        return False
    said = getattr(event, "actor", None), getattr(event, "reason", None)
    return said == (command.actor, command.reason)

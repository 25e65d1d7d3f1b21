"""What waits to be decided for one execution, and who waits for the answer."""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog

from treadle.codec.inbox import decode_command
from treadle.model.commands import Command, RecordRefusal
from treadle.model.decision import Refused
from treadle.model.errors import Corrupt, Rejected
from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId
from treadle.ports.commit import InboxRow

log = structlog.get_logger(__name__)


class Letter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A command; `reply` is set by a caller who waits for it to be durable.

    `row` is the id of the row of the inbox that it was: the commit in which it is decided uses that up.
    """

    command: Command
    reply: asyncio.Future[Execution] | None = None
    row: int | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a caller is told once everything decided before it is durable."""

    reply: asyncio.Future[Execution]
    refused: Refused | None

    def give(self, execution: Execution) -> None:
        """Resolve the caller's future, if the caller is still there."""
        if self.reply.done():
            return
        if self.refused is None:
            self.reply.set_result(execution)
        else:
            self.reply.set_exception(Rejected(self.refused.code, self.refused.message))


def letter_of(execution_id: ExecutionId, row: InboxRow) -> Letter:
    """The command of a row of the inbox; one that cannot be read is to be recorded as refused."""
    try:
        command = decode_command(row.payload)
    except Corrupt as error:
        log.error("inbox row unreadable", execution=execution_id, row=row.id, exc_info=error)
        command = RecordRefusal(command="unknown", code="corrupt_input", message=str(error))
    return Letter(command=command, row=row.id)


def refuse_all(letters: Sequence[Letter], error: BaseException) -> None:
    """Tell every caller among the letters that nothing was accepted."""
    for letter in letters:
        if letter.reply is not None and not letter.reply.done():
            letter.reply.set_exception(error)

"""What waits to be decided for one execution, and who waits for the answer."""

import asyncio
from collections.abc import Sequence

import msgspec

from treadle.model.commands import Command
from treadle.model.decision import Refused
from treadle.model.errors import Rejected
from treadle.model.execution import Execution


class Letter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A command; `reply` is set by a caller who waits for it to be durable."""

    command: Command
    reply: asyncio.Future[Execution] | None = None


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


def refuse_all(letters: Sequence[Letter], error: BaseException) -> None:
    """Tell every caller among the letters that nothing was accepted."""
    for letter in letters:
        if letter.reply is not None and not letter.reply.done():
            letter.reply.set_exception(error)

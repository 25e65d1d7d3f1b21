"""Carrying out an activity."""

from typing import Protocol

from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome


class Invoker(Protocol):
    """Makes one attempt of one kind of request.

    It never raises for what the outside does: every end is an Outcome. When the task that runs it is
    cancelled it stops and lets the cancellation through.
    """

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Make the attempt, within `invocation.timeout_ms`, and say how it ended."""
        ...

    async def close(self) -> None:
        """Give back connections and threads; nothing is in flight any more."""
        ...

"""Telling a collector of traces what is done for whom."""

from contextlib import AbstractContextManager
from typing import Protocol

from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome


class AttemptSpan(Protocol):
    """One attempt, from when it is begun to when it is over."""

    @property
    def traceparent(self) -> str:
        """The W3C trace context that a called service is given."""
        ...

    def end(self, outcome: Outcome) -> None:
        """Say how the attempt ended; one that ends without was dropped."""
        ...


class Tracing(Protocol):
    """What is told never holds payloads, headers or messages."""

    def attempt(self, invocation: Invocation) -> AbstractContextManager[AttemptSpan]:
        """A span that is the current one within the context, in the trace of who started the execution."""
        ...

    async def close(self) -> None:
        """Send what was not sent yet, for a while; it never raises for the collector."""
        ...

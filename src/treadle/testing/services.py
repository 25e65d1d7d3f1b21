"""Services with a hidden truth: whether a call took effect is one thing, which answer comes is another."""

from random import Random
from typing import Final

from treadle.model.effects import Invocation
from treadle.model.execution import AttemptOutcome
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, Ok, Outcome, Unknown
from treadle.testing.ledger import Ledger

LOST: Final = Unknown(code="lost", message="lost with its process", is_lost=True)
FAILURES: Final = (
    Failed(code="http_503", message="busy", cause=Cause.HTTP, http_status=503),
    Failed(code="http_429", message="slow", cause=Cause.HTTP, http_status=429, retry_after_ms=700),
    Failed(code="http_400", message="refused", cause=Cause.HTTP, http_status=400),
    Failed(code="connection", message="no route", cause=Cause.CONNECTION),
    Failed(code="Declined", message="declined", cause=Cause.ERROR),
    Failed(code="Declined", message="declined for good", cause=Cause.ERROR, is_final=True),
)
UNKNOWNS: Final = (
    Unknown(code="call_timeout", message="no answer in time"),
    Unknown(code="connection", message="it broke after the request had left"),
    Unknown(code="http_504", message="a gateway gave up", http_status=504, retry_after_ms=300),
)
BODIES: Final[tuple[Json, ...]] = ({"id": 7}, {"id": 7}, {}, None, "text")


def outcome_kind(outcome: Outcome) -> AttemptOutcome:
    """How the attempt ends that is answered so."""
    if isinstance(outcome, Ok):
        return AttemptOutcome.OK
    if isinstance(outcome, Failed):
        return AttemptOutcome.FAILED
    return AttemptOutcome.LOST if outcome.is_lost else AttemptOutcome.UNKNOWN


class Services:
    """They remember by key what they have done, and do it once. `soundness` is how often a call succeeds."""

    def __init__(self, random: Random, ledger: Ledger) -> None:
        self._random = random
        self._ledger = ledger
        self._soundness = random.choice((0.5, 0.8, 0.9, 0.95))
        self.is_healed = False

    def answer(self, call: Invocation) -> Outcome:
        """What the engine is told of the call; the ledger is told what became of it."""
        if self.is_healed or self._random.random() < self._soundness:
            self._ledger.do(call)
            return Ok(body=self._body(), status=self._random.choice((None, 200)))
        if self._random.random() < 0.5:
            return self._random.choice(FAILURES)
        self._perhaps_do(call)
        return self._random.choice(UNKNOWNS)

    def lose(self, call: Invocation) -> Outcome:
        """The process that made the call is gone; it may have arrived."""
        self._perhaps_do(call)
        return LOST

    def _perhaps_do(self, call: Invocation) -> None:
        if self._random.random() < 0.5:
            self._ledger.do(call)

    def _body(self) -> Json:
        return BODIES[0] if self.is_healed else self._random.choice(BODIES)

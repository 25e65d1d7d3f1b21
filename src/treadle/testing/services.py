"""Services with a hidden truth: whether a call took effect is one thing, which answer comes is another."""

from collections.abc import Mapping
from random import Random
from typing import Final

import msgspec

from treadle.model.effects import Invocation
from treadle.model.execution import AttemptOutcome
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, FoundDefinition, Ok, Outcome, Unknown
from treadle.model.program import ROOT_BODY, Program
from treadle.model.requests import DefinitionRequest
from treadle.testing.ledger import PROBE_SIGN, Ledger, Side, side_of

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
UNDEFINED: Final = Failed(
    code="definition_not_found", message="nobody knows it", cause=Cause.ERROR, is_final=True
)
BODIES: Final[tuple[Json, ...]] = ({"id": 7}, {"id": 7}, {}, None, "text")
NO_WORDS: Final[tuple[Json, ...]] = (None, {}, {"outcome": "perhaps"}, "done")


def outcome_kind(outcome: Outcome) -> AttemptOutcome:
    """How the attempt ends that is answered so."""
    if isinstance(outcome, Ok):
        return AttemptOutcome.OK
    if isinstance(outcome, Failed):
        return AttemptOutcome.FAILED
    return AttemptOutcome.LOST if outcome.is_lost else AttemptOutcome.UNKNOWN


class Services:
    """They remember by key what they have done, and do it once. `soundness` is how often a call succeeds.

    An async task is done, or refused, when its trigger call arrives; its callback tells the truth of then.
    """

    def __init__(self, random: Random, definitions: Mapping[str, Program]) -> None:
        self._random = random
        self._definitions = definitions
        self._soundness = random.choice((0.5, 0.8, 0.9, 0.95))
        self.is_healed = False

    def answer(self, call: Invocation, ledger: Ledger) -> Outcome:
        """What the engine is told of the call; the ledger is told what became of it."""
        if self.is_healed or self._random.random() < self._soundness:
            return self._ok(call, ledger)
        if self._random.random() < 0.5:
            return self._random.choice(FAILURES)
        self._perhaps_do(call, ledger)
        return self._random.choice(UNKNOWNS)

    def lose(self, call: Invocation, ledger: Ledger) -> Outcome:
        """The process that made the call is gone; it may have arrived."""
        self._perhaps_do(call, ledger)
        return LOST

    def _ok(self, call: Invocation, ledger: Ledger) -> Outcome:
        side = side_of(call)
        if side is Side.LOOK_UP:
            return self._found(call)
        if side is Side.PROBE:
            return Ok(body=self._truth(call, ledger))
        if call.callback_until is not None:
            self.arrive(call, ledger)
            return Ok(status=202, headers={"x-job": "1"}, body={"job": 1})
        ledger.do(call)
        return Ok(body=self._body(), status=self._random.choice((None, 200)))

    def arrive(self, call: Invocation, ledger: Ledger) -> None:
        """The trigger call of an async task is with its service, which does the work or refuses it."""
        if self.is_healed or self._random.random() < 0.8:
            ledger.do(call)

    def callback_body(self, call: Invocation, ledger: Ledger) -> Json:
        """What the service tells of the work that the call has asked for."""
        is_done = ledger.has_done(call.key)
        return {"id": 7, "is_done": is_done, "is_denied": not is_done}

    def _truth(self, call: Invocation, ledger: Ledger) -> Json:
        if not self.is_healed and self._random.random() < 0.3:
            return self._random.choice(NO_WORDS)
        if ledger.has_done(call.key.removesuffix(PROBE_SIGN)):
            return {"outcome": "done", "output": {"id": 7}}
        return {"outcome": "not_done"}

    def _found(self, call: Invocation) -> Outcome:
        request = call.request
        name = request.definition if isinstance(request, DefinitionRequest) else ""
        program = self._definitions.get(name.partition("@")[0])
        if program is None:
            return UNDEFINED
        found = FoundDefinition(
            name=program.name,
            version=program.version,
            digest=program.digest,
            node=program.bodies[ROOT_BODY].start,
            vars=dict(program.vars),
            deadline_ms=program.deadline_ms,
        )
        return Ok(body=msgspec.to_builtins(found))

    def _perhaps_do(self, call: Invocation, ledger: Ledger) -> None:
        if side_of(call) in (Side.PROBE, Side.LOOK_UP) or self._random.random() < 0.5:
            return
        if call.callback_until is not None:
            self.arrive(call, ledger)
        else:
            ledger.do(call)

    def _body(self) -> Json:
        return BODIES[0] if self.is_healed else self._random.choice(BODIES)

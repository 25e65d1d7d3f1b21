"""One execution played by hand: real commands, one after the other, and the clock moved between them."""

from collections.abc import Callable, Mapping
from typing import Final

from treadle.core.decide import decide
from treadle.core.evolve import evolve
from treadle.core.invariants import violations
from treadle.core.outstanding import outstanding
from treadle.core.status import status_of
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.commands import (
    AcceptCompensation,
    CancelExecution,
    Command,
    Continue,
    DeliverCallback,
    PauseExecution,
    ReportChild,
    ReportOutcome,
    Resolution,
    ResolveOutcome,
    ResumeExecution,
    RetryCompensation,
    RetryExecution,
    SendSignal,
    SkipCompensation,
    StartExecution,
    TerminateExecution,
    WakeExecution,
)
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Alarm, Invocation
from treadle.model.events import Event, ExecutionStarted
from treadle.model.execution import DefinitionRef, Execution, ExecutionStatus, Failure
from treadle.model.ids import ActivityId, ExecutionId, Instant, Namespace, Path
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, Ok, Outcome, Unknown
from treadle.model.program import Program
from treadle.testing.builders import program, sleep, undone_task

BEGIN: Final = Instant(1_700_000_000_000)
ACTOR: Final = "operator"
EXECUTION: Final = ExecutionId("0190a000-0000-7000-8000-000000000001")

BUSY: Final = Failed(code="http_503", message="busy", cause=Cause.HTTP, http_status=503)
"""Answered with a failure that is retried by default."""
REFUSED: Final = Failed(code="http_400", message="refused", cause=Cause.HTTP, http_status=400)
"""Answered with a failure that is not retried by default."""
BROKEN: Final = Unknown(code="connection", message="the connection broke after the request had left")
LATE: Final = Unknown(code="call_timeout", message="no answer in time")
LOST: Final = Unknown(code="lost", message="lost with its process", is_lost=True)


def start_of(
    what: Program,
    value: Json = None,
    *,
    start_at: Instant | None = None,
    execution_id: ExecutionId = EXECUTION,
) -> StartExecution:
    """The command that starts an execution of `what`."""
    return StartExecution(
        id=execution_id,
        namespace=Namespace("default"),
        definition=DefinitionRef(name=what.name, version=what.version, digest=what.digest),
        input={} if value is None else value,
        start_at=start_at,
    )


class Play:
    """One execution of `what`. `now` moves only when it is told to; `history` is all that has happened."""

    def __init__(self, what: Program, *, bounds: ExecutionBounds = DEFAULT_BOUNDS) -> None:
        self.program = what
        self.bounds = bounds
        self.now = BEGIN
        self.history: list[Event] = []
        self._execution: Execution | None = None
        self._state_bytes = 0

    @property
    def execution(self) -> Execution:
        """The state; it must have been started."""
        if self._execution is None:
            raise AssertionError("the execution was not started")
        return self._execution

    @property
    def status(self) -> ExecutionStatus:
        return status_of(self.execution)

    def ask(self, command: Command, *, is_held: bool = False) -> Decision | Refused:
        """What the core says; what it decided has happened then.

        Raises:
            AssertionError: the state after it is not sound.
        """
        answer = decide(
            self.program,
            self._execution,
            command,
            self.now,
            is_held=is_held,
            bounds=self.bounds,
            state_bytes=self._state_bytes,
        )
        if isinstance(answer, Decision):
            found = violations(answer.execution)
            if found:
                raise AssertionError("; ".join(found))
            self._execution, self._state_bytes = answer.execution, answer.state_bytes
            self.history.extend(answer.events)
        return answer

    def do(self, command: Command, *, is_held: bool = False) -> Decision:
        """What the core decided.

        Raises:
            AssertionError: it refused.
        """
        answer = self.ask(command, is_held=is_held)
        if isinstance(answer, Refused):
            raise AssertionError(f"refused: {answer.code}: {answer.message}")
        return answer

    def start(self, value: Json = None, *, start_at: Instant | None = None) -> Decision:
        return self.do(start_of(self.program, value, start_at=start_at))

    def begin(self, started: ExecutionStarted) -> Decision:
        """Go on from the first event, as another execution has written it that started this one."""
        self._execution = evolve(None, started)
        self.history.append(started)
        return self.go_on()

    def take_up(self, execution: Execution) -> None:
        """Go on from a state that was reached before; `history` is what happens from then on."""
        self._execution = execution

    def flights(self) -> list[Invocation]:
        """The attempts in flight, oldest frame first."""
        return [effect for effect in outstanding(self.execution) if isinstance(effect, Invocation)]

    def flight(self) -> Invocation:
        """The one attempt that is in flight."""
        (found,) = self.flights()
        return found

    def report(self, outcome: Outcome, *, is_held: bool = False) -> Decision:
        """The one attempt in flight ends so."""
        flight = self.flight()
        command = ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=outcome)
        return self.do(command, is_held=is_held)

    def ok(self, body: Json = None) -> Decision:
        return self.report(Ok(body=body))

    def flight_at(self, node: str) -> Invocation:
        """The attempt in flight that calls in the name of `node`."""
        (found,) = [flight for flight in self.flights() if flight.node == node]
        return found

    def report_at(self, node: str, outcome: Outcome, *, is_held: bool = False) -> Decision:
        """The attempt in flight for `node` ends so."""
        flight = self.flight_at(node)
        command = ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=outcome)
        return self.do(command, is_held=is_held)

    def deliver(self, activity: ActivityId, body: Json = None, **headers: str) -> Decision:
        """The callback of that attempt comes."""
        return self.do(DeliverCallback(activity=activity, body=body, headers=headers))

    def signal(self, name: str, payload: Json = None) -> Decision:
        return self.do(SendSignal(name=name, payload=payload, actor=ACTOR))

    def end_child(
        self, status: ExecutionStatus, output: Json = None, failure: Failure | None = None
    ) -> Decision:
        """The one child execution that is awaited ends so."""
        (awaited,) = [frame.child for frame in self.execution.frames.values() if frame.child is not None]
        return self.do(
            ReportChild(
                activity=awaited.activity, child=awaited.id, status=status, output=output, failure=failure
            )
        )

    def rouse(self, path: str | None = None) -> Decision:
        """A person ends a sleep or a back-off."""
        return self.do(WakeExecution(path=None if path is None else Path(path), actor=ACTOR))

    def resolve(self, outcome: Resolution, output: Json = None, *, path: str | None = None) -> Decision:
        """A person says what became of an unknown outcome."""
        where = None if path is None else Path(path)
        return self.do(ResolveOutcome(outcome=outcome, output=output, path=where, actor=ACTOR))

    def wakes_at(self) -> Instant | None:
        """The instant of the alarm that is owed."""
        alarms = [effect.at for effect in outstanding(self.execution) if isinstance(effect, Alarm)]
        return alarms[0] if alarms else None

    def wake(self) -> Decision:
        """Go to the alarm that is owed, and continue."""
        at = self.wakes_at()
        if at is None:
            raise AssertionError("no alarm is owed")
        self.now = max(self.now, at)
        return self.go_on()

    def again(self, outcome: Outcome) -> Decision:
        """Wait for the next attempt, which then ends so."""
        self.wake()
        return self.report(outcome)

    def go_on(self) -> Decision:
        return self.do(Continue())

    def pass_time(self, ms: int) -> None:
        self.now = Instant(self.now + ms)

    def pause(self) -> Decision:
        return self.do(PauseExecution(actor=ACTOR))

    def resume(self, reason: str | None = None) -> Decision:
        return self.do(ResumeExecution(actor=ACTOR, reason=reason))

    def cancel(self, reason: str | None = None) -> Decision:
        return self.do(CancelExecution(actor=ACTOR, reason=reason))

    def terminate(self, reason: str | None = None) -> Decision:
        return self.do(TerminateExecution(actor=ACTOR, reason=reason))

    def retry(self, reason: str | None = None) -> Decision:
        return self.do(RetryExecution(actor=ACTOR, reason=reason))

    def retry_undo(self, path: str) -> Decision:
        return self.do(RetryCompensation(path=Path(path), actor=ACTOR))

    def skip_undo(self, path: str) -> Decision:
        return self.do(SkipCompensation(path=Path(path), reason="left as it is", actor=ACTOR))

    def accept_undo(self, path: str) -> Decision:
        return self.do(AcceptCompensation(path=Path(path), reason="done by hand", actor=ACTOR))


def begun(what: Program, value: Json = None, *, bounds: ExecutionBounds = DEFAULT_BOUNDS) -> Play:
    """An execution of `what` that was just started."""
    play = Play(what, bounds=bounds)
    play.start(value)
    return play


SAGA: Final = program(undone_task("reserve"), sleep("rest"), undone_task("pay"))
"""Two tasks with an undo each, and a sleep between them."""


def _pending() -> Play:
    play = Play(SAGA)
    play.start(start_at=Instant(BEGIN + 60_000))
    return play


def _running() -> Play:
    return begun(SAGA)


def _waiting() -> Play:
    play = _running()
    play.ok()
    return play


def _paying() -> Play:
    play = _waiting()
    play.wake()
    return play


def _compensating() -> Play:
    play = _paying()
    play.report(REFUSED)
    return play


def _paused() -> Play:
    play = _running()
    play.pause()
    return play


def _stuck() -> Play:
    play = _compensating()
    play.report(REFUSED)
    return play


def _completed() -> Play:
    play = _paying()
    play.ok()
    return play


def _failed() -> Play:
    play = _compensating()
    play.ok()
    return play


def _cancelled() -> Play:
    play = _waiting()
    play.cancel()
    play.ok()
    return play


def _terminated() -> Play:
    play = _waiting()
    play.terminate()
    return play


REACHED: Final[Mapping[ExecutionStatus, Callable[[], Play]]] = {
    ExecutionStatus.PENDING: _pending,
    ExecutionStatus.RUNNING: _running,
    ExecutionStatus.WAITING: _waiting,
    ExecutionStatus.COMPENSATING: _compensating,
    ExecutionStatus.PAUSED: _paused,
    ExecutionStatus.STUCK: _stuck,
    ExecutionStatus.COMPLETED: _completed,
    ExecutionStatus.FAILED: _failed,
    ExecutionStatus.CANCELLED: _cancelled,
    ExecutionStatus.TERMINATED: _terminated,
}


def brought_to(status: ExecutionStatus) -> Play:
    """An execution of SAGA that stands in `status`, brought there by commands."""
    return REACHED[status]()

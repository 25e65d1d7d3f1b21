"""One execution in a world that a seed decides: answers in any order, crashes, acts of people, jumps of time.

The core is the real one; state and history go through their bytes. After every decision the state is checked,
and at the end the ledger says whether the execution kept its promises.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from treadle.codec.events import decode_events, encode_events
from treadle.codec.snapshots import decode_snapshot, encode_snapshot
from treadle.core.compensating import NEEDS_RESPONSE
from treadle.core.decide import decide
from treadle.core.evolve import fold
from treadle.core.invariants import violations
from treadle.core.outstanding import outstanding, wakes
from treadle.core.status import status_of
from treadle.model.commands import (
    AcceptCompensation,
    CancelExecution,
    Command,
    Continue,
    PauseExecution,
    ReportOutcome,
    ResumeExecution,
    RetryCompensation,
    SkipCompensation,
    TerminateExecution,
)
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Alarm, Invocation
from treadle.model.events import Event
from treadle.model.execution import CompensationStatus, Execution, ExecutionStatus
from treadle.model.ids import ActivityId, FrameId, Instant, Path
from treadle.model.outcomes import Ok
from treadle.model.program import Program
from treadle.testing.drawing import draw_program
from treadle.testing.judging import broken_promises
from treadle.testing.ledger import Ledger
from treadle.testing.playing import ACTOR, BEGIN, start_of
from treadle.testing.services import Services, outcome_kind

STEPS_MAX: Final = 120
"""What happens before the services are healed and everything is driven to its end."""
STEPS_TO_END_MAX: Final = 2_000
TIME_JUMP_MS_MAX: Final = 20_000
ACCEPTED_REFUSALS: Final = frozenset(
    {"activity_ended", "invalid_transition", "execution_exists", "compensation_not_found"}
)


class World:
    """`program` None: one that the seed draws. `trace` tells what happened, a line a step."""

    def __init__(self, seed: int, program: Program | None = None) -> None:
        self.seed = seed
        self._random = Random(seed)
        self.program = draw_program(self._random, BEGIN) if program is None else program
        self.now = BEGIN
        self.ledger = Ledger()
        self.services = Services(self._random, self.ledger)
        self.trace: list[str] = []
        self.history: list[Event] = []
        self.flights: dict[ActivityId, Invocation] = {}
        self._execution: Execution | None = None
        self._snapshot = b""
        self._tail: list[bytes] = []
        self._given: list[ReportOutcome] = []
        self._unrest = self._random.choice((0.0, 0.3, 1.0, 1.0, 3.0))
        self._patience = self._random.choice((20, STEPS_MAX, STEPS_MAX))

    @property
    def execution(self) -> Execution:
        if self._execution is None:
            raise AssertionError("the world was not begun")
        return self._execution

    @property
    def status(self) -> ExecutionStatus:
        return status_of(self.execution)

    def run(self) -> ExecutionStatus:
        """Live through it to the end.

        Raises:
            AssertionError: something that must hold did not.
        """
        start_at = Instant(BEGIN + self._random.randint(-500, 5_000)) if self._chance(0.1) else None
        self.command(start_of(self.program, {"order": "o-1"}, start_at=start_at))
        for _ in range(self._patience):
            if self.execution.ended is not None:
                break
            self._pick()()
        self._end()
        for _ in range(3):
            self._answer_again()
        broken = broken_promises(self.ledger, self.program, self.status)
        self._demand(not broken, "; ".join(broken))
        return self.status

    def command(self, command: Command, *, is_held: bool = False) -> Decision | Refused:
        """Decide and commit, with every check there is."""
        before = self._execution
        answer = decide(self.program, before, command, self.now, is_held=is_held)
        if self._chance(0.05):
            again = decide(self.program, before, command, self.now, is_held=is_held)
            self._demand(again == answer, "the same decision twice came out differently")
        if isinstance(answer, Refused):
            self._note(command, answer.code)
            self._demand(answer.code in ACCEPTED_REFUSALS, answer.code)
        else:
            if isinstance(command, SkipCompensation | AcceptCompensation):
                self.ledger.settle(command.path)
            self._commit(before, answer)
            self._note(command, " ".join(type(event).__name__ for event in answer.events))
        return answer

    def _commit(self, before: Execution | None, decision: Decision) -> None:
        data = encode_events(decision.events)
        events = decode_events(data)
        after = before if before is not None and not events else fold(before, events)
        self._demand(after == decision.execution, "the fold of the stored events is another state")
        version = before.version if before is not None else 0
        self._demand(after.version == version + len(events), "the version has a gap")
        found = violations(after)
        self._demand(not found, "; ".join(found))
        self._execution = after
        self.history.extend(events)
        self._tail.append(data)
        if not self._snapshot or self._chance(0.2):
            self._snapshot, self._tail = encode_snapshot(after), []
        was_paused = before is not None and before.paused is not None
        self._carry_out(decision, was_paused=was_paused)

    def _carry_out(self, decision: Decision, *, was_paused: bool) -> None:
        """Send what is owed; what is in flight then is what the state says."""
        owed = {
            effect.activity: effect
            for effect in outstanding(self.execution)
            if isinstance(effect, Invocation)
        }
        sent = [effect for effect in decision.effects if isinstance(effect, Invocation)]
        is_held = was_paused and self.execution.paused is not None
        self._demand(not (sent and is_held), "something was sent while paused")
        for call in sent:
            self.ledger.send(call)
            self.flights[call.activity] = call
        rest = tuple(effect for effect in decision.effects if not isinstance(effect, Invocation))
        self._demand(rest == wakes(self.execution), "what is owed is not what the state asks for")
        if self.execution.ended is ExecutionStatus.TERMINATED:
            self.flights.clear()
        self._demand(self.flights == owed, "what is in flight is not what is owed")

    def _pick(self) -> Callable[[], None]:
        """What happens next."""
        status, unrest = self.status, self._unrest
        able: list[tuple[Callable[[], None], float]] = [
            (self._answer, 12 if self.flights else 0),
            (self._pass_time, 4),
            (self._go_on, 3),
            (self._answer_again, 1),
            (self._forge, 0.5),
            (self._crash, 0.7 * unrest),
            (self._pause, 0.7 * unrest),
            (self._resume, 4 if status is ExecutionStatus.PAUSED else 0.2),
            (self._cancel, 0.2 * unrest),
            (self._terminate, 0.05 * unrest),
            (self._start_again, 0.1),
            (self._settle, 6 if status is ExecutionStatus.STUCK else 0.2),
        ]
        return self._random.choices([act for act, _ in able], [weight for _, weight in able])[0]

    def _answer(self) -> None:
        """One of the answers that are on their way comes in; or the engine is gone before its commit."""
        call = self._random.choice(list(self.flights.values()))
        outcome = self.services.answer(call)
        if self._chance(0.03):
            self.trace.append(f"the answer of {call.key} is not committed")
            self._crash()
            return
        self._report(call, ReportOutcome(frame=call.frame, activity=call.activity, outcome=outcome))

    def _report(self, call: Invocation, report: ReportOutcome) -> None:
        del self.flights[call.activity]
        self.ledger.learn(call, outcome_kind(report.outcome))
        answer = self.command(report, is_held=self._chance(0.05))
        self._demand(isinstance(answer, Decision), "the answer of what was in flight was refused")
        self._given.append(report)

    def _answer_again(self) -> None:
        """An answer that was given comes a second time."""
        if self._given:
            self._refused(self._random.choice(self._given))

    def _forge(self) -> None:
        """An answer for what is not in flight."""
        activity = ActivityId(self._random.randint(1, self.execution.version + 5))
        frame = FrameId(self._random.randint(1, self.execution.version))
        flight = self.flights.get(activity)
        if flight is None or flight.frame != frame:
            self._refused(ReportOutcome(frame=frame, activity=activity, outcome=Ok()))

    def _refused(self, command: Command) -> None:
        """The command must be refused and change nothing."""
        before = encode_snapshot(self.execution)
        answer = self.command(command)
        self._demand(isinstance(answer, Refused), "an answer was taken that fits nothing in flight")
        self._demand(encode_snapshot(self.execution) == before, "what was refused changed the state")

    def _crash(self) -> None:
        """The process is gone, and with it all it had in flight; another goes on from what was stored."""
        tail = [event for data in self._tail for event in decode_events(data)]
        restored = fold(decode_snapshot(self._snapshot), tail)
        self._demand(restored == self.execution, "what was stored is another state")
        self._execution = restored
        self.trace.append("crash")
        calls = [effect for effect in outstanding(restored) if isinstance(effect, Invocation)]
        self._random.shuffle(calls)
        self._demand({call.activity: call for call in calls} == self.flights, "recovery finds other calls")
        for call in calls:
            outcome = self.services.lose(call)
            self._report(call, ReportOutcome(frame=call.frame, activity=call.activity, outcome=outcome))

    def _pass_time(self) -> None:
        """A jump: to the alarm, short of it or far past it."""
        at = self._alarm()
        if at is not None and self._chance(0.6):
            self.now = max(self.now, Instant(at + self._random.choice((-1, 0, 0, 1))))
        else:
            self.now = Instant(self.now + self._random.randint(0, TIME_JUMP_MS_MAX))
        self._go_on()

    def _alarm(self) -> Instant | None:
        return next((effect.at for effect in outstanding(self.execution) if isinstance(effect, Alarm)), None)

    def _go_on(self) -> None:
        self.command(Continue())

    def _act(self, command: Command) -> None:
        """A person's act, which may come while the engine is about to stop."""
        self.command(command, is_held=self._chance(0.05))

    def _pause(self) -> None:
        self._act(PauseExecution(actor=ACTOR))

    def _resume(self) -> None:
        self._act(ResumeExecution(actor=ACTOR))

    def _cancel(self) -> None:
        self._act(CancelExecution(actor=ACTOR))

    def _terminate(self) -> None:
        self._act(TerminateExecution(actor=ACTOR))

    def _start_again(self) -> None:
        self._refused(start_of(self.program))

    def _settle(self) -> None:
        """A person does something about a compensation, rightly or wrongly."""
        paths = sorted(self.execution.compensations)
        path = self._random.choice(paths) if paths else Path("nothing")
        act = self._random.choice((RetryCompensation, SkipCompensation, AcceptCompensation))
        self._settle_by(act, path)

    def _settle_by(self, act: Callable[..., Command], path: Path) -> None:
        self.command(act(path=path, actor=ACTOR, reason="by hand"))

    def _end(self) -> None:
        """Heal everything and drive on until the execution has ended."""
        self.services.is_healed = True
        for _ in range(STEPS_TO_END_MAX):
            if self.execution.ended is not None:
                return
            self._go_towards_the_end()
        raise AssertionError(self._told("it does not come to an end"))

    def _go_towards_the_end(self) -> None:
        if self.status is ExecutionStatus.STUCK:
            self._settle_exhausted()
        elif self.status is ExecutionStatus.PAUSED:
            self._resume()
        elif self.flights:
            self._answer()
        else:
            self.now = max(self.now, self._alarm() or self.now)
            self._go_on()

    def _settle_exhausted(self) -> None:
        """Services are well again: call once more, but for what nobody can ask for."""
        for path, compensation in sorted(self.execution.compensations.items()):
            if compensation.status is CompensationStatus.FAILED:
                needs_a_person = compensation.error is not None and compensation.error.code == NEEDS_RESPONSE
                self._settle_by(AcceptCompensation if needs_a_person else RetryCompensation, path)
                return

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _note(self, command: Command, what: str) -> None:
        status = self.status if self._execution is not None else "none"
        self.trace.append(f"{self.now} {type(command).__name__}: {what} -> {status}")

    def _demand(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            raise AssertionError(self._told(otherwise))

    def _told(self, what: str) -> str:
        last = "\n".join(self.trace[-12:])
        return f"seed {self.seed}: {what}\n{last}"


def simulate(seed: int) -> World:
    """A world that was lived through to its end.

    Raises:
        AssertionError: something that must hold did not; it tells the seed and the last steps.
    """
    world = World(seed)
    world.run()
    return world

"""What people do to an execution: acts of operators, rightly or wrongly, and signals."""

from collections.abc import Callable
from random import Random
from typing import Final, Protocol

from treadle.core.compensating import NEEDS_RESPONSE
from treadle.core.signals import faults_of
from treadle.core.unknowns import UNKNOWN_OUTCOME, unresolved
from treadle.model.commands import (
    AcceptCompensation,
    CancelExecution,
    Command,
    PassDeadline,
    PauseExecution,
    Resolution,
    ResolveOutcome,
    ResumeExecution,
    RetryCompensation,
    RetryExecution,
    SendSignal,
    SkipCompensation,
    TerminateExecution,
    WakeExecution,
)
from treadle.model.decision import Decision, Refused
from treadle.model.events import Event, SignalKept, SignalReceived
from treadle.model.execution import CompensationStatus, ExecutionStatus, Frame, Phase
from treadle.model.ids import Path, forward_key
from treadle.model.json import Json
from treadle.testing.life import Life
from treadle.testing.playing import ACTOR

RUNS_MAX: Final = 3
Act = Callable[[Life], None]


class Surroundings(Protocol):
    """What the world lets people do."""

    @property
    def random(self) -> Random: ...
    def chance(self, probability: float) -> bool: ...
    def demand(self, is_so: bool, otherwise: str) -> None: ...
    def command(self, life: Life, command: Command, *, is_held: bool = False) -> Decision | Refused: ...


class Acts:
    """The acts, each with how likely it is."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._signals = 0

    def able(self, life: Life, unrest: float) -> list[tuple[Act, float]]:
        """The acts and their weights, for the status that the execution is in."""
        status = life.status
        is_paused = status is ExecutionStatus.PAUSED
        return [
            (self.pause, 0.7 * unrest),
            (self.resume, 4 if is_paused else 0.2),
            (self.resolve, 6 if is_paused else 0.1),
            (self.cancel, 0.2 * unrest),
            (self.terminate, 0.05 * unrest),
            (self.pass_deadline, 0.03 * unrest),
            (self.settle, 6 if status is ExecutionStatus.STUCK else 0.2),
            (self.wake, 0.8),
            (self.retry, 3 if status is ExecutionStatus.FAILED else 0.1),
            (self.signal, 2 if life.program.waits else 0.1),
        ]

    def _act(self, life: Life, command: Command) -> Decision | Refused:
        """A person's act, which may come while the engine is about to stop."""
        return self._around.command(life, command, is_held=self._around.chance(0.05))

    def pause(self, life: Life) -> None:
        """Sometimes what an open wait wants comes in the pause."""
        self._act(life, PauseExecution(actor=ACTOR))
        if self._around.chance(0.5):
            self.signal_wanted(life)

    def resume(self, life: Life) -> None:
        self._act(life, ResumeExecution(actor=ACTOR))

    def cancel(self, life: Life) -> None:
        self._act(life, CancelExecution(actor=ACTOR))

    def terminate(self, life: Life) -> None:
        self._act(life, TerminateExecution(actor=ACTOR))

    def pass_deadline(self, life: Life) -> None:
        """As if the parent's deadline had passed."""
        if life.execution.parent is not None:
            self._act(life, PassDeadline())

    def wake(self, life: Life) -> None:
        paths = [frame.path for frame in life.execution.frames.values() if frame.path is not None]
        path = self._around.random.choice(sorted(paths)) if paths and self._around.chance(0.7) else None
        self._act(life, WakeExecution(path=path, actor=ACTOR))

    def retry(self, life: Life) -> None:
        if life.execution.run < RUNS_MAX:
            self._act(life, RetryExecution(actor=ACTOR))

    def resolve(self, life: Life) -> None:
        """A person says truthfully what was done of one that is unknown."""
        asked = unresolved(life.execution)
        if not asked:
            self._act(life, ResolveOutcome(outcome=Resolution.DONE, actor=ACTOR))
            return
        self._resolve(life, self._around.random.choice(asked))

    def _resolve(self, life: Life, frame: Frame) -> None:
        visit = life.execution.visits[f"{frame.node}{frame.suffix}"]
        key = forward_key(life.execution.id, visit.keyed_as or visit.path)
        is_done = life.ledger.has_done(key)
        command = ResolveOutcome(
            outcome=Resolution.DONE if is_done else Resolution.NOT_DONE,
            output={"id": 7} if is_done else None,
            path=frame.path if self._around.chance(0.9) else None,
            actor=ACTOR,
        )
        self._act(life, command)

    def settle(self, life: Life) -> None:
        """A person does something about a compensation, rightly or wrongly."""
        paths = sorted(life.execution.compensations)
        path = self._around.random.choice(paths) if paths else Path("nothing")
        act = self._around.random.choice((RetryCompensation, SkipCompensation, AcceptCompensation))
        self._act(life, act(path=path, actor=ACTOR, reason="by hand"))

    def settle_or_resume(self, life: Life) -> None:
        """Services are well again: call once more, but for what nobody can ask for; say what was done."""
        pause, asked = life.execution.paused, unresolved(life.execution)
        if life.status is ExecutionStatus.STUCK:
            self._settle_exhausted(life)
        elif asked and pause is not None and pause.reason == UNKNOWN_OUTCOME:
            self._resolve(life, asked[0])
        else:
            self._around.command(life, ResumeExecution(actor=ACTOR))

    def _settle_exhausted(self, life: Life) -> None:
        for path, compensation in sorted(life.execution.compensations.items()):
            if compensation.status is CompensationStatus.FAILED:
                needs_a_person = compensation.error is not None and compensation.error.code == NEEDS_RESPONSE
                act = AcceptCompensation if needs_a_person else RetryCompensation
                self._around.command(life, act(path=path, actor=ACTOR, reason="by hand"))
                return

    def signal(self, life: Life) -> None:
        """A signal that is known or not, wanted or not, with a payload that fits or not."""
        names = sorted(life.program.waits)
        name = self._around.random.choice(names) if names and not self._around.chance(0.05) else "unheard-of"
        self._signals += 1
        payload: Json = {"number": self._signals} if not self._around.chance(0.05) else "no number"
        self._send(life, name, payload)

    def _give_up(self, life: Life) -> None:
        """It waits for what its state has no room for."""
        if isinstance(self._act(life, CancelExecution(actor=ACTOR)), Refused):
            self._act(life, TerminateExecution(actor=ACTOR))

    def _send(self, life: Life, name: str, payload: Json) -> Decision | Refused:
        answer = self._act(life, SendSignal(name=name, payload=payload, actor=ACTOR))
        if isinstance(answer, Decision):
            given = [event for event in answer.events if _is_given(event, payload)]
            self._around.demand(len(given) == 1, f"a signal was given to {len(given)}")
        return answer

    def signal_wanted(self, life: Life) -> bool:
        """Send what an open wait wants; whether there is one."""
        for frame in life.execution.frames.values():
            if frame.wait is None or frame.phase is not Phase.WAITING or frame.ending is not None:
                continue
            self._signals += 2 - self._signals % 2
            payload: Json = {"number": self._signals}
            filled = {taken.index for taken in frame.wait.taken}
            wanted = [name for index, name in enumerate(frame.wait.signals) if index not in filled]
            if not faults_of(life.program, frame, payload):
                answer = self._send(life, (wanted or frame.wait.signals)[0], payload)
                if isinstance(answer, Refused):
                    self._give_up(life)
                return True
        return False


def _is_given(event: Event, payload: Json) -> bool:
    """Whether a wait took that payload just now, or it was kept."""
    if isinstance(event, SignalReceived):
        return event.kept is None and event.payload == payload
    return isinstance(event, SignalKept) and event.payload == payload

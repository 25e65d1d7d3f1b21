"""The single writer of one live execution.

Commands are decided in order, all that wait together, on a state that is one commit ahead of what is
durable at most. Only when that commit is durable are its effects performed and its callers answered.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog
from msgspec.structs import replace

from treadle.core.decide import decide
from treadle.core.outstanding import is_in_flight
from treadle.model.commands import Command, Continue, PauseExecution, ReportOutcome
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Alarm, Invocation
from treadle.model.errors import Corrupt, Rejected, Unavailable
from treadle.model.events import Event
from treadle.model.execution import Execution, is_settled
from treadle.model.ids import ExecutionId, FrameId, Instant
from treadle.model.outcomes import Outcome, Unknown
from treadle.model.program import Program
from treadle.ports.clock import Clock
from treadle.ports.commit import Commit, CommitResult, Start
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.committer import Ending, WhenDone
from treadle.runtime.mailbox import Answer, Letter, refuse_all
from treadle.runtime.performer import Call
from treadle.runtime.recording import Mark, Owner, Recording, Release, record

log = structlog.get_logger(__name__)


class House(Protocol):
    """What the engine does for its drivers."""

    @property
    def clock(self) -> Clock: ...

    @property
    def bounds(self) -> RuntimeBounds: ...

    @property
    def is_draining(self) -> bool:
        """The engine is about to stop: record, and start nothing new."""
        ...

    def write(self, commit: Commit, when_done: WhenDone) -> None:
        """Have a commit written with those of others."""
        ...

    def perform(self, driver: "Driver", invocation: Invocation) -> None:
        """Make an attempt; its end comes back as a command."""
        ...

    def set_alarm(self, execution_id: ExecutionId, at: Instant | None) -> None:
        """Replace the execution's alarm."""
        ...

    def let_go(self, driver: "Driver", undelivered: Sequence[Letter], due_at: Instant | None) -> None:
        """The driver is done with: released until `due_at`, ended, or without its right to write."""
        ...

    def observe(self, execution: Execution) -> None:
        """Tell those who wait for an end that this is durable: it has ended, or is stuck."""
        ...


class Turn:
    """What is being written: several decisions in one commit.

    `alarm` and `is_unfinished` are those of the last decision, which knows the state of all before it.
    `is_hold`: it stands for a turn that the store refused.
    """

    __slots__ = (
        "alarm",
        "answers",
        "events",
        "execution",
        "invocations",
        "is_decided",
        "is_hold",
        "is_unfinished",
        "letters",
        "recording",
    )

    def __init__(
        self, execution: Execution | None, letters: Sequence[Letter], *, is_hold: bool = False
    ) -> None:
        self.execution = execution
        self.letters = letters
        self.is_hold = is_hold
        self.events: tuple[Event, ...] = ()
        self.invocations: tuple[Invocation, ...] = ()
        self.answers: tuple[Answer, ...] = ()
        self.alarm: Instant | None = None
        self.is_unfinished = False
        self.is_decided = False
        self.recording: Recording | None = None

    def take(self, decision: Decision) -> None:
        """Add a decision."""
        self.is_decided = True
        self.execution = decision.execution
        self.events = (*self.events, *decision.events) if self.events else decision.events
        self.alarm, self.is_unfinished = None, False
        for effect in decision.effects:
            if isinstance(effect, Invocation):
                self.invocations = (*self.invocations, effect)
            elif isinstance(effect, Alarm):
                self.alarm = effect.at
            else:
                self.is_unfinished = True

    def answer(self, reply: "asyncio.Future[Execution]", refused: Refused | None) -> None:
        """Tell this caller once everything decided so far is durable."""
        self.answers = (*self.answers, Answer(reply=reply, refused=refused))


class Driver:
    """`execution` is the durable state; None until the start is durable."""

    __slots__ = (
        "_has_alarm",
        "_house",
        "_mailbox",
        "_mark",
        "_owner",
        "_program",
        "_start",
        "_start_due_at",
        "_writing",
        "calls",
        "execution",
        "id",
    )

    def __init__(
        self,
        house: House,
        execution_id: ExecutionId,
        program: Program,
        owner: Owner,
        *,
        execution: Execution | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._house = house
        self.id = execution_id
        self._program = program
        self._owner = owner
        self.execution = execution
        self._mark = mark or Mark()
        self._mailbox: list[Letter] = []
        self._has_alarm = False
        self._writing: Turn | None = None
        self._start: Start | None = None
        self._start_due_at: Instant | None = None
        self.calls: dict[FrameId, Call] = {}

    def begin(self, letter: Letter, start: Start, *, due_at: Instant | None) -> None:
        """Write the start; with `due_at` it is stored for whoever claims it then, and not driven here."""
        self._start = start
        self._start_due_at = due_at
        self.post(letter)

    def post(self, letter: Letter) -> None:
        """Have a command decided, with all others that wait, as soon as nothing is being written."""
        if letter.reply is not None and len(self._mailbox) >= self._house.bounds.mailbox_max:
            refuse_all([letter], Unavailable("overloaded", "too many commands wait for this execution"))
            return
        self._mailbox.append(letter)
        if self._writing is None:
            self._take_turn()

    def report(self, invocation: Invocation, outcome: Outcome) -> None:
        """An attempt of this execution has ended."""
        self.calls.pop(invocation.frame, None)
        self.tell(ReportOutcome(frame=invocation.frame, activity=invocation.activity, outcome=outcome))

    def tell(self, command: Command) -> None:
        """Have a command decided that nobody waits for."""
        self.post(Letter(command=command))

    def _take_turn(self) -> None:
        turn = Turn(self.execution, self._mailbox)
        self._mailbox = []
        now = self._house.clock.now()
        for letter in turn.letters:
            self._decide(turn, letter, now)
        if turn.execution is None or not turn.events:
            self._answer(turn, self.execution)
            self._after(turn)
            return
        self._write(turn, turn.execution)

    def _decide(self, turn: Turn, letter: Letter, now: Instant) -> None:
        is_held = self._house.is_draining or self._start_due_at is not None
        try:
            decision = decide(self._program, turn.execution, letter.command, now, is_held=is_held)
        except Exception as broken:  # an invariant of this execution: it is held, all others go on
            log.error(
                "decision failed", execution=self.id, command=type(letter.command).__name__, exc_info=broken
            )
            refuse_all([letter], Rejected("internal", "the execution is in a state that cannot be"))
            self._hold(turn, [letter], "internal_error")
            return
        if isinstance(decision, Refused):
            if letter.reply is not None:
                turn.answer(letter.reply, decision)
            return
        turn.take(decision)
        if letter.reply is not None:
            turn.answer(letter.reply, None)

    def _hold(self, turn: Turn, letters: Sequence[Letter], reason: str) -> None:
        """Pause the execution in the engine's name, unless it is paused.

        The answers among the letters are unknown from now on, and asked for again after a resume.
        """
        outcome = Unknown(code=reason, message="the answer could not be taken in")
        answers = [letter.command for letter in letters if isinstance(letter.command, ReportOutcome)]
        unknown = [replace(answer, outcome=outcome) for answer in answers]
        now = self._house.clock.now()
        commands: list[Command] = [PauseExecution(reason=reason, actor="engine"), *unknown]
        for command in commands:
            try:
                decision = decide(self._program, turn.execution, command, now, is_held=True)
            except Exception as broken:
                log.error("hold failed", execution=self.id, command=type(command).__name__, exc_info=broken)
                return
            if isinstance(decision, Decision):
                turn.take(decision)

    def _write(self, turn: Turn, execution: Execution) -> None:
        start = self._start
        if start is not None:
            start = replace(start, created_at=execution.created_at)
        try:
            recording = record(
                turn.events,
                execution,
                self._mark,
                self._owner,
                start=start,
                release=self._release_of(turn, execution),
            )
        except Corrupt as refusal:
            log.error("commit cannot be encoded", execution=self.id, exc_info=refusal)
            self._not_written(turn, refusal)
            return
        turn.recording, self._writing = recording, turn
        self._house.write(recording.commit, self._when_done)

    def _when_done(self, ending: Ending) -> None:
        turn = self._writing
        if turn is None or turn.execution is None or turn.recording is None:
            raise RuntimeError(f"nothing of {self.id} is being written")
        self._writing = None
        if ending is CommitResult.COMMITTED:
            self._mark = turn.recording.mark
            self._durable(turn, turn.execution, turn.recording.commit)
        else:
            self._not_written(turn, ending)

    def _release_of(self, turn: Turn, execution: Execution) -> Release | None:
        """Whether to give the execution up in this commit, and when it is to be claimed again.

        One that waits for long, or for a person, needs no memory; nor does one that an engine stops with.
        """
        if self._start_due_at is not None:
            return Release(due_at=self._start_due_at)
        if turn.invocations or execution.ended is not None or is_in_flight(execution):
            return None
        now, is_draining = self._house.clock.now(), self._house.is_draining
        if turn.is_unfinished:
            return Release(due_at=now) if is_draining else None
        is_soon = turn.alarm is not None and turn.alarm - now <= self._house.bounds.keep_waiting_ms
        return None if is_soon and not is_draining else Release(due_at=turn.alarm)

    def _durable(self, turn: Turn, execution: Execution, commit: Commit) -> None:
        self.execution = execution
        self._start = None
        if is_settled(execution):
            self._house.observe(execution)
        if turn.answers:
            self._answer(turn, execution)
        if commit.is_release:
            self._leave(commit.columns.due_at)
            return
        self._perform(turn, execution)
        self._after(turn)

    def _perform(self, turn: Turn, execution: Execution) -> None:
        """Carry out what is still owed: an attempt that a later decision of the same commit ended is not."""
        for invocation in turn.invocations:
            frame = execution.frames.get(invocation.frame)
            if frame is not None and frame.activity and frame.activity.id == invocation.activity:
                self._house.perform(self, invocation)

    def _after(self, turn: Turn) -> None:
        """Set the next alarm; go on with what is ready and with what came meanwhile."""
        if self.execution is None:
            self._leave()
            return
        if turn.is_decided and not self._house.is_draining:
            if turn.alarm is not None or self._has_alarm:
                self._has_alarm = turn.alarm is not None
                self._house.set_alarm(self.id, turn.alarm)
            if turn.is_unfinished:
                self._mailbox.append(Letter(command=Continue()))
        if self._mailbox:
            self._take_turn()

    def _answer(self, turn: Turn, execution: Execution | None) -> None:
        for answer in turn.answers:
            if execution is not None:
                answer.give(execution)
            elif answer.refused is not None:
                refuse_all(
                    [Letter(command=Continue(), reply=answer.reply)],
                    Rejected(answer.refused.code, answer.refused.message),
                )

    def _not_written(self, turn: Turn, ending: Ending) -> None:
        """Nothing of the turn happened: the state stays what is durable."""
        if isinstance(ending, Unavailable):
            refuse_all(turn.letters, ending)
            self._keep_for_later(turn)
        elif isinstance(ending, CommitResult):
            if ending is CommitResult.EXISTS:
                refuse_all(turn.letters, Rejected("execution_exists", f"execution {self.id} exists already"))
            else:
                log.warning("commit conflict: another owner writes this execution", execution=self.id)
                refuse_all(
                    turn.letters, Unavailable("not_owner", "the execution has moved to another engine")
                )
            self._leave()
        else:
            refuse_all(turn.letters, Rejected("commit_refused", "the store refuses what was decided"))
            self._hold_after_refusal(turn)

    def _keep_for_later(self, turn: Turn) -> None:
        """Answers of activities are decided again in a while; callers were told to come again."""
        if self.execution is None:
            self._leave()
            return
        kept = [letter for letter in turn.letters if letter.reply is None]
        self._mailbox = kept + self._mailbox
        retry_at = Instant(self._house.clock.now() + self._house.bounds.store_retry_ms)
        self._has_alarm = True
        self._house.set_alarm(self.id, retry_at)

    def _hold_after_refusal(self, refused: Turn) -> None:
        """The store takes others' commits but not this one: hold the execution with a small commit.

        When that is refused as well, what was to be decided is kept, and decided again in a while.
        """
        if self.execution is None:
            self._leave()
            return
        if refused.is_hold:
            self._keep_for_later(refused)
            return
        turn = Turn(self.execution, refused.letters, is_hold=True)
        self._hold(turn, refused.letters, "commit_refused")
        if turn.events and turn.execution is not None:
            self._write(turn, turn.execution)
        else:
            self._after(turn)

    def _leave(self, due_at: Instant | None = None) -> None:
        undelivered, self._mailbox = self._mailbox, []
        self._house.set_alarm(self.id, None)
        self._house.let_go(self, undelivered, due_at)

"""The single writer of one live execution.

Commands are decided in order, all that wait together, on a state that is one commit ahead of what is
durable at most. Only when that commit is durable are its effects performed and its callers answered.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import structlog
from msgspec.structs import replace

from treadle.core.outstanding import is_in_flight
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import Command, Continue, ReportOutcome, ResumeExecution
from treadle.model.effects import Invocation
from treadle.model.errors import Corrupt, Rejected, Unavailable
from treadle.model.execution import Execution
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.outcomes import Outcome
from treadle.ports.clock import Clock
from treadle.ports.commit import Commit, CommitResult, InboxRow, Start
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.committer import Ending, WhenDone
from treadle.runtime.mailbox import Letter, letter_of, refuse_all
from treadle.runtime.performer import Call
from treadle.runtime.recording import Mark, Owner, Release, reaching_others, record
from treadle.runtime.releasing import release_of_idle
from treadle.runtime.turn import Case, Turn
from treadle.telemetry.tally import Types, types_of

log = structlog.get_logger(__name__)


class House(Protocol):
    """What the engine does for its drivers."""

    @property
    def clock(self) -> Clock: ...

    @property
    def bounds(self) -> RuntimeBounds: ...

    @property
    def execution_bounds(self) -> ExecutionBounds: ...

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

    def started(self, driver: "Driver") -> None:
        """Its start is durable: from now on it can be reached."""
        ...

    def announce(self, commit: Commit) -> None:
        """What the commit began, and whom it left a note, is durable: have it looked at soon."""
        ...

    def let_go(self, driver: "Driver", undelivered: Sequence[Letter], due_at: Instant | None) -> None:
        """The driver is done with: released until `due_at`, ended, or without its right to write."""
        ...

    def release(self, driver: "Driver", owner: Owner, due_at: Instant | None) -> None:
        """Have its execution given up as it is; then tell it to `leave`, or to `stay` when that failed."""
        ...

    def observe(self, execution: Execution, types: Types) -> None:
        """Count events of these types; tell those who follow it, or wait for its end, that it is durable."""
        ...


class Driver:
    """`execution` is the durable state; None until the start is durable.

    `is_stored`: the store is known to have an execution of this id.
    `inbox_seen` is the highest id of the rows of the inbox that were taken in; none is taken in twice.
    """

    __slots__ = (
        "_case",
        "_has_alarm",
        "_house",
        "_inbox",
        "_is_leaving",
        "_is_resting",
        "_mailbox",
        "_mark",
        "_owner",
        "_set_aside",
        "_start",
        "_start_due_at",
        "_writing",
        "calls",
        "execution",
        "id",
        "inbox_seen",
        "is_stored",
        "namespace",
    )

    def __init__(
        self,
        house: House,
        case: Case,
        owner: Owner,
        *,
        execution: Execution | None = None,
        mark: Mark | None = None,
    ) -> None:
        self._house = house
        self.id = case.execution_id
        self.namespace = case.namespace
        self._case = case
        self._owner = owner
        self.execution = execution
        self._mark = mark or Mark()
        self._mailbox: list[Letter] = []
        self._inbox: tuple[Letter, ...] = ()
        self._set_aside: tuple[Letter, ...] = ()
        self.inbox_seen = 0
        self.is_stored = execution is not None
        self._has_alarm = False
        self._is_resting = False
        self._is_leaving = False
        self._writing: Turn | None = None
        self._start: Start | None = None
        self._start_due_at: Instant | None = None
        self.calls: dict[ActivityId, Call] = {}

    @property
    def waiting(self) -> int:
        """Commands that wait to be decided."""
        return len(self._mailbox) + len(self._inbox)

    def begin(self, letter: Letter, start: Start, *, due_at: Instant | None) -> None:
        """Write the start; with `due_at` it is stored for whoever claims it then, and not driven here."""
        self._start = start
        self._start_due_at = due_at
        self.post(letter)

    def take_over(self, letters: Iterable[Letter], inbox: Sequence[InboxRow]) -> None:
        """Go on where another engine stopped, with what became of its work, and what waits in the inbox."""
        self._mailbox.extend(letters)
        self._keep(inbox)
        self._take_turn()

    def receive(self, inbox: Sequence[InboxRow]) -> None:
        """Have rows of the inbox decided; those that were taken in before are passed over."""
        self._keep(inbox)
        if self._inbox:
            self._go_on()

    def post(self, letter: Letter) -> None:
        """Have a command decided, with all others that wait, as soon as nothing is being written."""
        if letter.reply is not None:
            if len(self._mailbox) >= self._house.bounds.mailbox_max:
                refuse_all([letter], Unavailable("overloaded", "too many commands wait for this execution"))
                return
            if self._set_aside and isinstance(letter.command, ResumeExecution):
                self._inbox, self._set_aside = (*self._set_aside, *self._inbox), ()
        self._mailbox.append(letter)
        self._go_on()

    def report(self, invocation: Invocation, outcome: Outcome) -> None:
        """An attempt of this execution has ended."""
        self.calls.pop(invocation.activity, None)
        self.tell(ReportOutcome(frame=invocation.frame, activity=invocation.activity, outcome=outcome))

    def tell(self, command: Command) -> None:
        """Have a command decided that nobody waits for."""
        self.post(Letter(command=command))

    def leave(self, due_at: Instant | None = None) -> None:
        """Be done with; notes that were taken in and not used up make the execution due at once."""
        undelivered, self._mailbox = self._mailbox, []
        if self._inbox or self._set_aside:
            due_at = self._house.clock.now()
        self._house.set_alarm(self.id, None)
        self._house.let_go(self, undelivered, due_at)

    def stay(self) -> None:
        """The execution could not be given up: go on with it, and see again in a while."""
        self._is_leaving = False
        self._look_again(self._house.bounds.store_retry_ms)
        if self._mailbox or self._inbox:
            self._take_turn()

    def _go_on(self) -> None:
        """Decide what waits, unless something is being written: then that is done after it."""
        if self._writing is None and not self._is_leaving:
            self._take_turn()

    def _keep(self, inbox: Sequence[InboxRow]) -> None:
        new = [row for row in inbox if row.id > self.inbox_seen]
        if new:
            self._inbox = (*self._inbox, *(letter_of(self.id, row) for row in new))
            self.inbox_seen = new[-1].id

    def _take_turn(self) -> None:
        letters, self._mailbox = self._mailbox, []
        if self._inbox:
            rows_max = self._house.bounds.inbox_rows_max
            letters = [*self._inbox[:rows_max], *letters]
            self._inbox = self._inbox[rows_max:]
        turn = Turn(self._case, self.execution, letters, state_bytes=self._mark.state_bytes)
        now = self._house.clock.now()
        is_held = self._house.is_draining or self._start_due_at is not None
        for letter in letters:
            turn.decide(letter, now, is_held=is_held)
        if turn.execution is None or not turn.events:
            turn.answer(self.execution)
            self._after(turn)
            return
        self._write(turn, turn.execution)

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
                state_bytes=turn.state_bytes,
            )
            if turn.others or turn.consumed:
                recording = reaching_others(recording, turn.others, turn.consumed)
        except Corrupt as refusal:
            log.error("commit cannot be encoded", execution=self.id, exc_info=refusal)
            self._not_written(turn, refusal)
            return
        turn.types = types_of(turn.events)
        turn.events = ()  # they are encoded: let go of them while they are at hand, not when all is durable
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
            return Release(due_at=min(self._start_due_at, turn.alarm or self._start_due_at))
        if turn.invocations or execution.ended is not None or is_in_flight(execution):
            return None
        now, is_draining = self._house.clock.now(), self._house.is_draining
        if turn.is_unfinished or self._inbox or self._set_aside or turn.set_aside:
            return Release(due_at=now) if is_draining else None
        is_soon = turn.alarm is not None and turn.alarm - now <= self._house.bounds.keep_waiting_ms
        return None if is_soon and not is_draining else Release(due_at=turn.alarm)

    def _durable(self, turn: Turn, execution: Execution, commit: Commit) -> None:
        self.execution = execution
        self._is_resting = False
        if self._start is not None:
            self._start, self.is_stored = None, True
            self._house.started(self)
        self._house.observe(execution, turn.types)
        if turn.answers:
            turn.answer(execution)
        if turn.others:
            self._house.announce(commit)
        if commit.is_release:
            self.leave(commit.columns.due_at)
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
            self.leave()
            return
        if turn.is_decided and not self._house.is_draining:
            if turn.alarm is not None or self._has_alarm:
                self._has_alarm = turn.alarm is not None
                self._house.set_alarm(self.id, turn.alarm)
            if turn.is_unfinished:
                self._mailbox.append(Letter(command=Continue()))
        if turn.set_aside:
            self._set_aside = (*self._set_aside, *turn.set_aside)
        if self._mailbox or self._inbox:
            self._take_turn()
        elif turn.recording is None:
            self._rest(turn)

    def _rest(self, turn: Turn) -> None:
        """Nothing was decided: with nothing out, kept or soon, be released when that is so a while later too.

        Not at once: whoever had the execution claimed for a command is about to post it.
        """
        bounds = self._house.bounds
        if self.execution is None or self._set_aside or self._house.is_draining:
            return
        release = release_of_idle(self.execution, self._house.clock.now(), bounds.keep_waiting_ms)
        if release is None:
            return
        if self._is_resting and all(letter.reply is None for letter in turn.letters):
            self._is_leaving = True
            self._house.release(self, self._owner, release.due_at)
            return
        self._is_resting = True
        self._look_again(bounds.rest_ms)

    def _look_again(self, in_ms: int) -> None:
        self._has_alarm = True
        self._house.set_alarm(self.id, Instant(self._house.clock.now() + in_ms))

    def _not_written(self, turn: Turn, ending: Ending) -> None:
        """Nothing of the turn happened: the state stays what is durable."""
        if isinstance(ending, Unavailable):
            refuse_all(turn.letters, ending)
            self._keep_for_later(turn)
        elif isinstance(ending, CommitResult):
            if ending is CommitResult.EXISTS:
                # Without a key of the caller's it is the id that is taken.
                self.is_stored = self._start is not None and self._start.idempotency is None
                refuse_all(turn.letters, Rejected("execution_exists", f"execution {self.id} exists already"))
            else:
                log.warning("commit conflict: another owner writes this execution", execution=self.id)
                refuse_all(
                    turn.letters, Unavailable("not_owner", "the execution has moved to another engine")
                )
            self.leave()
        else:
            refuse_all(turn.letters, Rejected("commit_refused", "the store refuses what was decided"))
            self._hold_after_refusal(turn)

    def _keep_for_later(self, turn: Turn) -> None:
        """Answers of activities, and notes, are decided again in a while; callers were told to come again."""
        if self.execution is None:
            self.leave()
            return
        kept = [letter for letter in turn.letters if letter.reply is None]
        self._mailbox = [letter for letter in kept if letter.row is None] + self._mailbox
        self._inbox = (*(letter for letter in kept if letter.row is not None), *self._inbox)
        self._look_again(self._house.bounds.store_retry_ms)

    def _hold_after_refusal(self, refused: Turn) -> None:
        """The store takes others' commits but not this one: hold the execution with a small commit.

        When that is refused as well, what was to be decided is kept, and decided again in a while.
        """
        if self.execution is None:
            self.leave()
            return
        if refused.is_hold:
            self._keep_for_later(refused)
            return
        state_bytes = self._mark.state_bytes
        turn = Turn(self._case, self.execution, refused.letters, state_bytes=state_bytes, is_hold=True)
        turn.set_aside = tuple(letter for letter in refused.letters if letter.row is not None)
        turn.hold(refused.letters, "commit_refused", self._house.clock.now())
        if turn.events and turn.execution is not None:
            self._write(turn, turn.execution)
        else:
            self._after(turn)

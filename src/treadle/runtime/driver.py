"""The single writer of one live execution.

Commands are decided in order, all that wait together, on a state that is one commit ahead of what is
durable at most. Only when that commit is durable are its effects performed and its callers answered.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import structlog

from treadle.core.outstanding import is_in_flight
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import Command, Continue, ReportOutcome, ResumeExecution
from treadle.model.effects import Invocation
from treadle.model.errors import Corrupt, Rejected, Unavailable
from treadle.model.execution import Execution
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.outcomes import Outcome
from treadle.ports.clock import Clock
from treadle.ports.commit import Commit, CommitResult, IdempotencyKey, InboxRow
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.committer import Ending
from treadle.runtime.followers import Followers
from treadle.runtime.mailbox import Letter, letter_of, refuse_all
from treadle.runtime.performer import Call
from treadle.runtime.recording import Mark, Owner, Recording, Release, record
from treadle.runtime.releasing import release_of_idle
from treadle.runtime.turn import Case, Turn

log = structlog.get_logger(__name__)

# A name of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
COMMITTED: Final = CommitResult.COMMITTED


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

    def write(self, driver: "Driver") -> None:
        """Have its recording written with those of others; once that is durable its events are counted."""
        ...

    def perform(self, invocation: Invocation, driver: "Driver") -> Call:
        """Make an attempt; its end is reported to the driver."""
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

    @property
    def followers(self) -> Followers:
        """Those who follow any execution."""
        ...

    def observe(self, recording: Recording) -> None:
        """Tell those who follow the execution, or wait for it to end or get stuck, that this is durable."""
        ...


class Driver:
    """`execution` is the durable state; None until the start is durable.

    `is_stored`: the store is known to have an execution of this id. `recording` is what is being written,
    and is there while that is so.
    `inbox_seen` is the highest id of the rows of the inbox that were taken in; none is taken in twice.
    """

    __slots__ = (
        "_case",
        "_has_alarm",
        "_house",
        "_idempotency",
        "_inbox",
        "_is_busy",
        "_mailbox",
        "_mark",
        "_owner",
        "_rested_at",
        "_set_aside",
        "_start_due_at",
        "calls",
        "execution",
        "id",
        "inbox_seen",
        "is_stored",
        "namespace",
        "recording",
    )
    recording: Recording

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
        self._is_busy = False
        self._rested_at: int | None = None  # the version at which it was found to only wait
        self._idempotency: IdempotencyKey | None = None
        self._start_due_at: Instant | None = None
        self.calls: dict[ActivityId, Call] = {}

    @property
    def waiting(self) -> int:
        """Commands that wait to be decided."""
        return len(self._mailbox) + len(self._inbox)

    def begin(self, letter: Letter, idempotency: IdempotencyKey | None, due_at: Instant | None) -> None:
        """Write the start; with `due_at` it is stored for whoever claims it then, and not driven here."""
        self._idempotency = idempotency
        self._start_due_at = due_at
        self._mailbox.append(letter)
        self._go_on()

    def take_over(self, letters: Iterable[Letter], inbox: Sequence[InboxRow]) -> None:
        """Go on where another engine stopped, with what became of its work, and what waits in the inbox."""
        self._mailbox.extend(letters)
        self._keep(inbox)
        self._go_on()

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
        activity = invocation.activity
        self.calls.pop(activity, None)
        command = ReportOutcome(frame=invocation.frame, activity=activity, outcome=outcome)
        self._mailbox.append(Letter(command=command))
        self._go_on()

    def tell(self, command: Command) -> None:
        """Have a command decided that nobody waits for."""
        self._mailbox.append(Letter(command=command))
        self._go_on()

    def leave(self, due_at: Instant | None = None) -> None:
        """Be done with; notes that were taken in and not used up make the execution due at once."""
        undelivered, self._mailbox = self._mailbox, []
        if self._inbox or self._set_aside:
            due_at = self._house.clock.now()
        if self._has_alarm:
            self._house.set_alarm(self.id, None)
        self._house.let_go(self, undelivered, due_at)

    def stay(self) -> None:
        """The execution could not be given up: go on with it, and see again in a while."""
        self._is_busy = False
        self._look_again(self._house.bounds.store_retry_ms)
        if self._mailbox or self._inbox:
            self._go_on()

    def _keep(self, inbox: Sequence[InboxRow]) -> None:
        new = [row for row in inbox if row.id > self.inbox_seen]
        if new:
            self._inbox = (*self._inbox, *(letter_of(self.id, row) for row in new))
            self.inbox_seen = new[-1].id

    def _go_on(self) -> None:
        """Decide all that waits; while a commit is being written, or the execution given up, it waits on."""
        if self._is_busy:
            return
        letters, self._mailbox = self._mailbox, []
        if self._inbox:
            rows_max = self._house.bounds.inbox_rows_max
            letters = [*self._inbox[:rows_max], *letters]
            self._inbox = self._inbox[rows_max:]
        turn = Turn(self._case, self.execution, letters, self._mark.state_bytes)
        house = self._house
        turn.decide(house.clock.now(), house.is_draining or self._start_due_at is not None)
        self._write(turn)

    def _write(self, turn: Turn) -> None:
        execution = turn.execution
        if execution is None or not turn.events:
            self._nothing_to_write(turn)
            return
        release = None if turn.invocations else self._release_of(turn, execution)
        try:
            self.recording = record(turn, execution, self._mark, self._owner, self._idempotency, release)
        except Corrupt as refusal:
            log.error("commit cannot be encoded", execution=self.id, exc_info=refusal)
            self._not_written(turn, refusal)
            return
        turn.events = ()  # they are encoded: let go of them while they are at hand, not when all is durable
        self._is_busy = True
        self._house.write(self)

    def when_done(self, ending: Ending) -> None:
        """Go on with what was being written: it happened if it is durable, and else not."""
        recording = self.recording
        del self.recording  # freed once this is through, not when the next one is written
        self._is_busy = False
        turn, commit = recording.turn, recording.commit
        if ending is not COMMITTED:
            self._not_written(turn, ending)
            return
        self.execution = execution = recording.execution
        self._mark = recording.mark
        house = self._house
        if commit.start is not None:
            self.is_stored = True
            house.started(self)
        if commit.is_release or execution.is_stuck or house.followers.count:
            house.observe(recording)
        if turn.answers:
            turn.answer(execution)
        if turn.others:
            house.announce(commit)
        if commit.is_release:
            self.leave(commit.columns.due_at)
            return
        for invocation in turn.invocations:
            self.calls[invocation.activity] = house.perform(invocation, self)
        if turn.alarm is not None or turn.is_unfinished or turn.set_aside or self._has_alarm:
            self._carry_over(turn)
        if self._mailbox or self._inbox:
            self._go_on()

    def _release_of(self, turn: Turn, execution: Execution) -> Release | None:
        """Whether to give the execution up in a commit that owes no call, and when it is to be claimed again.

        One that waits for long, or for a person, needs no memory; nor does one that an engine stops with.
        """
        if self._start_due_at is not None:
            return Release(due_at=min(self._start_due_at, turn.alarm or self._start_due_at))
        if execution.ended is not None or is_in_flight(execution):
            return None
        now, is_draining = self._house.clock.now(), self._house.is_draining
        if turn.is_unfinished or self._inbox or self._set_aside or turn.set_aside:
            return Release(due_at=now) if is_draining else None
        is_soon = turn.alarm is not None and turn.alarm - now <= self._house.bounds.keep_waiting_ms
        return None if is_soon and not is_draining else Release(due_at=turn.alarm)

    def _nothing_to_write(self, turn: Turn) -> None:
        turn.answer(self.execution)
        if self.execution is None:
            self.leave()
            return
        self._carry_over(turn)
        if self._mailbox or self._inbox:
            self._go_on()
        else:
            self._rest(turn)

    def _carry_over(self, turn: Turn) -> None:
        """Set the next alarm; go on at once where it stopped short; keep what could not be decided."""
        if turn.is_decided and not self._house.is_draining:
            if turn.alarm is not None or self._has_alarm:
                self._has_alarm = turn.alarm is not None
                self._house.set_alarm(self.id, turn.alarm)
            if turn.is_unfinished:
                self._mailbox.append(Letter(command=Continue()))
        self._set_aside = (*self._set_aside, *turn.set_aside)

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
        if self._rested_at == self.execution.version and all(letter.reply is None for letter in turn.letters):
            self._is_busy = True
            self._house.release(self, self._owner, release.due_at)
            return
        self._rested_at = self.execution.version
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
                self.is_stored = self.execution is None and self._idempotency is None
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
        turn = Turn(self._case, self.execution, refused.letters, self._mark.state_bytes)
        turn.is_hold = True
        turn.set_aside = tuple(letter for letter in refused.letters if letter.row is not None)
        turn.hold(refused.letters, "commit_refused", self._house.clock.now())
        self._write(turn)

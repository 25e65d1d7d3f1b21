"""What is being written: several decisions of one execution in one commit."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
import structlog
from msgspec.structs import replace

from treadle.core.attempts import place_of
from treadle.core.decide import decide
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import (
    CancelExecution,
    Command,
    Continue,
    PassDeadline,
    PauseExecution,
    RecordRefusal,
    ReportOutcome,
    TerminateExecution,
)
from treadle.model.decision import Decision, Refused
from treadle.model.effects import ChildStart, Invocation, Notice
from treadle.model.errors import Rejected
from treadle.model.events import Event
from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId, Instant, Namespace
from treadle.model.outcomes import Unknown
from treadle.model.program import Program
from treadle.runtime.mailbox import Answer, Letter, refuse_all

log = structlog.get_logger(__name__)

CHANGED_NOTHING = Refused(code="changed_nothing", message="the command was good and changed nothing")
"""A row of the inbox is used up by a commit, and there is none without an event: this one says why."""

FROM_PARENT: Final = (CancelExecution, TerminateExecution, PassDeadline)
"""What an execution leaves in the inbox of another one only if it believes that it started it."""
NOT_A_CHILD = Refused(code="not_a_child", message="it is for a child execution, and this one is none")


class Case(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is decided on, and by which rules."""

    execution_id: ExecutionId
    namespace: Namespace
    program: Program
    bounds: ExecutionBounds


class Turn:
    """Decides letters one after the other, each on the state after those before it. Mutable.

    `alarm` and `is_unfinished` are those of the last decision, which knows the state of all before it.
    `others` is what other executions are owed, `consumed` are the rows of the inbox that are used up, and
    `set_aside` the letters of rows that could not be decided: they stay in the store.
    `is_hold`: it stands for a turn that the store refused. `state_bytes` is what the state holds at most.
    """

    __slots__ = (
        "alarm",
        "answers",
        "case",
        "consumed",
        "events",
        "execution",
        "invocations",
        "is_decided",
        "is_hold",
        "is_unfinished",
        "letters",
        "others",
        "set_aside",
        "state_bytes",
    )

    def __init__(
        self, case: Case, execution: Execution | None, letters: Sequence[Letter], state_bytes: int
    ) -> None:
        self.case = case
        self.execution = execution
        self.letters = letters
        self.state_bytes = state_bytes
        self.events: tuple[Event, ...] = ()
        self.invocations: tuple[Invocation, ...] = ()
        self.others: tuple[ChildStart | Notice, ...] = ()
        self.answers: tuple[Answer, ...] = ()
        self.consumed: tuple[int, ...] = ()
        self.set_aside: tuple[Letter, ...] = ()
        self.alarm: Instant | None = None
        self.is_hold = self.is_unfinished = self.is_decided = False

    def decide(self, now: Instant, is_held: bool = False) -> None:
        """Decide all letters. One that breaks an invariant holds the execution; all others go on."""
        case = self.case
        for letter in self.letters:
            try:
                decision = decide(
                    case.program,
                    self.execution,
                    letter.command,
                    now,
                    is_held=is_held,
                    bounds=case.bounds,
                    state_bytes=self.state_bytes,
                )
                if letter.row is not None:
                    self._use_up(letter.row, letter.command, decision, now, is_held=is_held)
                    continue
            except Exception as broken:
                self._break_off(letter, broken, now)
                continue
            if isinstance(decision, Decision):
                self._take(decision)
            if letter.reply is not None:
                self._owe(letter.reply, decision)

    def hold(self, letters: Sequence[Letter], reason: str, now: Instant) -> None:
        """Pause the execution in the engine's name, unless it is paused.

        The answers among the letters are unknown from now on, and asked for again after a resume.
        """
        outcome = Unknown(code=reason, message="the answer could not be taken in")
        answers = [letter.command for letter in letters if isinstance(letter.command, ReportOutcome)]
        unknown = [replace(answer, outcome=outcome) for answer in answers]
        commands: list[Command] = [PauseExecution(reason=reason, actor="engine"), *unknown]
        for command in commands:
            try:
                decision = self._decided(command, now, is_held=True)
            except Exception as broken:
                self._log("hold failed", command, broken)
                return
            if isinstance(decision, Decision):
                self._take(decision)

    def answer(self, execution: Execution | None) -> None:
        """Tell the callers: everything decided is durable, and this is the state. None: nothing was begun."""
        for answer in self.answers:
            if execution is not None:
                answer.give(execution)
            elif answer.refused is not None:
                refusal = Rejected(answer.refused.code, answer.refused.message)
                refuse_all([Letter(command=Continue(), reply=answer.reply)], refusal)

    def _break_off(self, letter: Letter, broken: Exception, now: Instant) -> None:
        self._log("decision failed", letter.command, broken)
        refuse_all([letter], Rejected("internal", "the execution is in a state that cannot be"))
        if letter.row is not None:
            self.set_aside = (*self.set_aside, letter)
        self.hold([letter], "internal_error", now)

    def _decided(self, command: Command, now: Instant, *, is_held: bool) -> Decision | Refused:
        case = self.case
        return decide(
            case.program,
            self.execution,
            command,
            now,
            is_held=is_held,
            bounds=case.bounds,
            state_bytes=self.state_bytes,
        )

    def _is_misled(self, command: Command) -> bool:
        """Whether a note is one for a child, and this execution is none.

        The id of a child follows from its parent's, so who is a child is one of the sender.
        """
        return (
            isinstance(command, FROM_PARENT) and self.execution is not None and self.execution.parent is None
        )

    def _use_up(
        self, row: int, command: Command, decision: Decision | Refused, now: Instant, *, is_held: bool
    ) -> None:
        """Take the decision on a row of the inbox, or say in the history why it was refused.

        An execution that an earlier letter has ended says nothing more: its end takes the inbox with it.
        """
        if self._is_misled(command):
            decision = NOT_A_CHILD
        elif isinstance(decision, Decision) and not decision.events:
            decision = CHANGED_NOTHING
        if isinstance(decision, Refused):
            name = type(command).__name__
            refusal = RecordRefusal(command=name, code=decision.code, message=decision.message)
            decision = self._decided(refusal, now, is_held=is_held)
        if isinstance(decision, Decision):
            self._take(decision)
        self.consumed = (*self.consumed, row)

    def _take(self, decision: Decision) -> None:
        execution = decision.execution
        if self.is_decided:
            self.events += decision.events
            self.others += decision.others
            owed_still = (one for one in self.invocations if _is_owed(one, execution))
            self.invocations = (*owed_still, *decision.invocations)
        else:
            self.is_decided = True
            self.events = decision.events
            self.others = decision.others
            self.invocations = decision.invocations
        self.execution = execution
        self.state_bytes = decision.state_bytes
        self.alarm = decision.alarm
        self.is_unfinished = decision.is_unfinished

    def _owe(self, reply: "asyncio.Future[Execution]", decision: Decision | Refused) -> None:
        """Tell this caller once everything decided so far is durable."""
        refused = decision if isinstance(decision, Refused) else None
        self.answers += (Answer(reply=reply, refused=refused),)

    def _log(self, what: str, command: Command, broken: Exception) -> None:
        told: dict[str, str | int | None] = {"command": type(command).__name__}
        frame = None
        if isinstance(command, ReportOutcome) and self.execution is not None:
            frame = self.execution.frames.get(command.frame)
        if frame is not None and frame.activity is not None:
            told |= {"path": place_of(frame), "attempt": frame.activity.number}
        log.error(what, execution=self.case.execution_id, **told, exc_info=broken)


def _is_owed(invocation: Invocation, execution: Execution) -> bool:
    frame = execution.frames.get(invocation.frame)
    return frame is not None and frame.activity is not None and frame.activity.id == invocation.activity

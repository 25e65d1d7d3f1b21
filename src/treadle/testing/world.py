"""Executions in a world that a seed decides: answers in any order, crashes, acts of people, jumps of time.

The core is the real one; state and history go through their bytes. After every decision the state is checked,
and at the end the ledgers say whether each execution kept its promises.
"""

from collections.abc import Callable
from random import Random
from typing import Final, NoReturn

from treadle.core.outstanding import outstanding
from treadle.core.timers import next_wake_at
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.commands import Command, Continue, DeliverCallback, RecordRefusal, ReportOutcome
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Alarm, ChildStart, Continuation, Invocation
from treadle.model.events import Event
from treadle.model.execution import Execution, ExecutionStatus
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant
from treadle.model.json import Json
from treadle.model.outcomes import Ok, Outcome
from treadle.model.program import Program
from treadle.testing.acting import Acts
from treadle.testing.chronicle import anew, untrue
from treadle.testing.drawing.program import draw_family
from treadle.testing.judging import broken_promises
from treadle.testing.ledger import Ledger
from treadle.testing.life import Life
from treadle.testing.playing import BEGIN, EXECUTION, start_of
from treadle.testing.scopes import read_scopes
from treadle.testing.services import Services

INPUT: Final[Json] = {"order": "o-1", "lines": [{"sku": "s-1"}, {"sku": "s-2"}], "at": "2026-03-01T09:30:00Z"}
STEPS_MAX: Final = 120
"""What happens before the services are healed and everything is driven to its end."""
STEPS_TO_END_MAX: Final = 6_000
"""For each execution that was started."""
TIME_JUMP_MS_MAX: Final = 20_000
LONG_MS: Final = 8 * 24 * 3_600_000
"""Longer than a signal is kept."""
ACCEPTED_REFUSALS: Final = frozenset(
    {
        "activity_ended",
        "ambiguous_path",
        "attempt_mismatch",
        "callback_already_used",
        "compensation_not_found",
        "execution_ended",
        "execution_exists",
        "invalid_signal",
        "invalid_transition",
        "nothing_to_wake",
        "not_waiting",
        "parent_moved_on",
        "signals_full",
        "unknown_signal",
    }
)
SMALL_BOUNDS: Final = (
    DEFAULT_BOUNDS,
    DEFAULT_BOUNDS,
    ExecutionBounds(transitions=1),
    ExecutionBounds(transitions=3, kept_signals=2),
    ExecutionBounds(frames=6),
    ExecutionBounds(child_depth=1),
    ExecutionBounds(state_bytes=8_000),
)


class World:
    """`programs` None: those that the seed draws; the first is the root's. `trace` tells what happened.

    `bounds` None: those that the seed chooses.
    """

    steps_to_end_max = STEPS_TO_END_MAX

    def __init__(self, seed: int, *programs: Program, bounds: ExecutionBounds | None = None) -> None:
        self.seed = seed
        self.random = Random(seed)
        drawn = {one.name: one for one in programs} or draw_family(self.random, BEGIN)
        self.definitions = drawn
        self.now = BEGIN
        self.trace: list[str] = []
        self.services = Services(self.random, drawn)
        chosen = self.random.choice(SMALL_BOUNDS)
        self.bounds = chosen if bounds is None else bounds
        self.root = Life("saga", next(iter(drawn.values())), self.random, self.bounds)
        self.lives: dict[ExecutionId, Life] = {EXECUTION: self.root}
        self._acts = Acts(self)
        self._unrest = self.random.choice((0.0, 0.3, 1.0, 1.0, 3.0))
        self._patience = self.random.choice((20, STEPS_MAX, STEPS_MAX))

    @property
    def program(self) -> Program:
        return self.root.program

    @property
    def execution(self) -> Execution:
        return self.root.execution

    @property
    def history(self) -> list[Event]:
        return self.root.history

    @property
    def ledger(self) -> Ledger:
        return self.root.ledger

    @property
    def status(self) -> ExecutionStatus:
        return self.root.status

    def run(self) -> ExecutionStatus:
        """Live through it to the end.

        Raises:
            AssertionError: something that must hold did not.
        """
        start_at = Instant(BEGIN + self.random.randint(-500, 5_000)) if self.chance(0.1) else None
        self.command(self.root, start_of(self.program, INPUT, start_at=start_at))
        for _ in range(self._patience):
            if all(life.is_over for life in self.lives.values()) and not self.chance(0.85):
                break
            self._step()
        self._end()
        for _ in range(3):
            self._answer_again(self.random.choice(list(self.lives.values())))
        for life in self.lives.values():
            self.judge(life)
        return self.status

    def judge(self, life: Life) -> None:
        """Raises AssertionError if the execution broke a promise."""
        try:
            life.judge_signals()
        except AssertionError as error:
            raise AssertionError(self._told(f"{life.name}: {error}")) from None
        scopes = read_scopes(life.history, life.program)
        broken = broken_promises(life.ledger, life.program, life.status, scopes, anew=anew(life.history))
        broken += untrue(life.history, life.program, scopes, life.status)
        self.demand(not broken, f"{life.name}: " + "; ".join(broken))

    def chance(self, probability: float) -> bool:
        """Whether something of that probability happens now."""
        return self.random.random() < probability

    def demand(self, is_so: bool, otherwise: str) -> None:
        """Raises AssertionError, with the seed and the last steps, unless it is so."""
        if not is_so:
            raise AssertionError(self._told(otherwise))

    def command(self, life: Life, command: Command, *, is_held: bool = False) -> Decision | Refused:
        """Decide and commit; carry out what other executions are owed."""
        try:
            answer = life.decide(command, self.now, is_held=is_held)
        except AssertionError as error:
            raise AssertionError(self._told(f"{life.name}: {type(command).__name__}: {error}")) from None
        if isinstance(answer, Refused):
            self._note(life, command, answer.code)
            self.demand(answer.code in ACCEPTED_REFUSALS, answer.code)
            return answer
        self._note(life, command, " ".join(type(event).__name__ for event in answer.events))
        for effect in answer.others:
            if isinstance(effect, ChildStart):
                self._begin(effect)
            else:
                self.lives[effect.execution_id].inbox.append(effect.command)
        return answer

    def _begin(self, start: ChildStart) -> None:
        started = start.started
        self.demand(started.id not in self.lives, f"{started.id} was started twice")
        program = self.definitions[started.definition.name]
        life = Life(f"{program.name}-{len(self.lives)}", program, self.random, self.bounds)
        self.lives[started.id] = life
        life.begin(started)

    def _step(self) -> None:
        """What happens next, to one of the executions."""
        if self.chance(0.2):
            self._pass_time()
            return
        if self.chance(0.02 * self._unrest):
            self._crash()
            return
        alive = [life for life in self.lives.values() if not life.is_over]
        lives = alive if alive and not self.chance(0.05) else list(self.lives.values())
        life = self.random.choice(lives)
        self._pick(life)(life)

    def _pick(self, life: Life) -> Callable[[Life], None]:
        """What happens to that execution."""
        unrest = self._unrest
        able: list[tuple[Callable[[Life], None], float]] = [
            (self._answer, 12 if life.flights else 0),
            (self._take_message, 8 if life.inbox else 0),
            (self._call_back, 5 if life.callbacks else 0),
            (self.go_on, 3),
            (self._answer_again, 1),
            (self._forge, 0.5),
            (self._start_again, 0.1),
            *self._acts.able(life, unrest),
        ]
        return self.random.choices([act for act, _ in able], [weight for _, weight in able])[0]

    def _answer(self, life: Life) -> None:
        """One of the answers that are on their way comes in; or the engine is gone before its commit."""
        call = self.random.choice(list(life.flights.values()))
        outcome = self.services.answer(call, life.ledger)
        if self.chance(0.03):
            self.trace.append(f"the answer of {call.key} is not committed")
            self._crash()
            return
        self._report(life, call, outcome)

    def _report(self, life: Life, call: Invocation, outcome: Outcome) -> None:
        report = ReportOutcome(frame=call.frame, activity=call.activity, outcome=outcome)
        answer = self.command(life, report, is_held=self.chance(0.05))
        self.demand(isinstance(answer, Decision), "the answer of what was in flight was refused")

    def _call_back(self, life: Life) -> None:
        """The service that an async task has asked calls back: in time, too late, twice, before all else."""
        call = self.random.choice(life.callbacks)
        if not self.chance(0.15):
            life.callbacks.remove(call)
        if call.activity in life.flights:
            self.services.arrive(call, life.ledger)
        body = self.services.callback_body(call, life.ledger)
        is_open = call.activity not in life.recording.known and not life.is_over
        has_failed = call.activity in life.recording.failed
        due = next_wake_at(life.execution)
        until = call.callback_until or self.now
        is_prompt = until > self.now and (due is None or due > self.now) and not _could_go_on(life)
        answer = self.command(life, DeliverCallback(activity=call.activity, body=body))
        if is_open and is_prompt:
            self.demand(isinstance(answer, Decision), "a callback that was awaited was refused")
        self.demand(
            not has_failed or isinstance(answer, Refused), "a callback was taken for a failed attempt"
        )

    def _answer_again(self, life: Life) -> None:
        """An answer that was given comes a second time, or one that nobody wants any more."""
        if life.given:
            self._refused(life, self.random.choice(life.given))

    def _forge(self, life: Life) -> None:
        """An answer, or a callback, for what is not in flight."""
        activity = ActivityId(self.random.randint(1, life.execution.version + 5))
        frame = FrameId(self.random.randint(1, life.execution.version))
        flight = life.flights.get(activity)
        if self.chance(0.3):
            call = life.recording.calls.get(activity)
            if call is None or call.callback_until is None:
                self._refused(life, DeliverCallback(activity=activity, body={"is_done": True}))
        elif flight is None or flight.frame != frame:
            self._refused(life, ReportOutcome(frame=frame, activity=activity, outcome=Ok()))

    def _refused(self, life: Life, command: Command) -> None:
        """The command must be refused and change nothing."""
        before = life.bytes_of_state()
        answer = self.command(life, command)
        self.demand(isinstance(answer, Refused), "what fits nothing was taken")
        self.demand(life.bytes_of_state() == before, "what was refused changed the state")

    def _start_again(self, life: Life) -> None:
        self._refused(life, start_of(life.program))

    def _take_message(self, life: Life) -> None:
        """What another execution has sent: it is there until it was decided durably, and may come twice."""
        message = life.inbox[0]
        if self.chance(0.03):
            self.trace.append(f"what {type(message).__name__} means is not committed")
            self._crash()
            return
        answer = self.command(life, message, is_held=self.chance(0.05))
        life.inbox.pop(0)
        if self.chance(0.1):
            self.command(life, message)
        if isinstance(answer, Refused) and not life.is_over:
            refusal = RecordRefusal(command=type(message).__name__, code=answer.code, message=answer.message)
            self.command(life, refusal)

    def _crash(self) -> None:
        """The process is gone, and with it all it had in flight; another goes on from what was stored."""
        self.trace.append("crash")
        for life in list(self.lives.values()):
            try:
                calls = life.restore()
            except AssertionError as error:
                raise AssertionError(self._told(f"{life.name}: {error}")) from None
            self.random.shuffle(calls)
            for call in calls:
                if call.activity in life.flights:
                    self._report(life, call, self.services.lose(call, life.ledger))

    def _pass_time(self) -> None:
        """A jump: to the next alarm, short of it or far past it."""
        at = self._alarm()
        if at is not None and self.chance(0.6):
            self.now = max(self.now, Instant(at + self.random.choice((-1, 0, 0, 1))))
        else:
            most = LONG_MS if self.chance(0.01) else TIME_JUMP_MS_MAX
            self.now = Instant(self.now + self.random.randint(0, most))
        if self.chance(0.8):
            self.go_on(self.random.choice(list(self.lives.values())))

    def _alarm(self) -> Instant | None:
        return min(
            (
                effect.at
                for life in self.lives.values()
                for effect in outstanding(life.execution)
                if isinstance(effect, Alarm)
            ),
            default=None,
        )

    def go_on(self, life: Life) -> None:
        """Let the execution continue."""
        self.command(life, Continue(), is_held=self.chance(0.02))

    def _end(self) -> None:
        """Heal everything and drive on until all executions have ended."""
        self.services.is_healed = True
        steps = 0
        while steps < self.steps_to_end_max * len(self.lives):
            steps += 1
            open_ = [life for life in self.lives.values() if not life.is_over]
            if not open_:
                return
            self._go_towards_the_end(open_)
        self.give_up("it does not come to an end")

    def give_up(self, why: str) -> NoReturn:
        """It cannot be driven to its end: what a drawn program must never come to.

        Raises:
            AssertionError: always.
        """
        raise AssertionError(self._told(why))

    def _go_towards_the_end(self, open_: list[Life]) -> None:
        """Whatever can be done without waiting is done first; then time passes."""
        for life in open_:
            if self._move(life):
                return
        at = self._alarm()
        if at is None:
            self.give_up("nothing can move it, and it has not ended")
        self.now = max(self.now, at)
        for life in open_:
            self.command(life, Continue())

    def _move(self, life: Life) -> bool:
        if life.inbox:
            self._take_message(life)
        elif _is_due(life, self.now):
            self.command(life, Continue())
        elif life.status in (ExecutionStatus.STUCK, ExecutionStatus.PAUSED):
            self._acts.settle_or_resume(life)
        elif life.flights:
            self._answer(life)
        elif _could_go_on(life):
            self.command(life, Continue())
        elif life.callbacks:
            self._call_back(life)
        else:
            return self._acts.signal_wanted(life)
        return True

    def _note(self, life: Life, command: Command, what: str) -> None:
        status = life.status if life.has_begun else "none"
        self.trace.append(f"{self.now - BEGIN} {life.name} {type(command).__name__}: {what} -> {status}")

    def _told(self, what: str) -> str:
        last = "\n".join(self.trace[-12:])
        return f"seed {self.seed}: {what}\n{last}"


def _is_due(life: Life, now: Instant) -> bool:
    due = next_wake_at(life.execution)
    return due is not None and due <= now


def _could_go_on(life: Life) -> bool:
    return any(isinstance(effect, Continuation) for effect in outstanding(life.execution))


def simulate(seed: int) -> World:
    """A world that was lived through to its end.

    Raises:
        AssertionError: something that must hold did not; it tells the seed and the last steps.
    """
    world = World(seed)
    world.run()
    return world

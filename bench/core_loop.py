"""One execution decided by hand, without store and engine: what a decision costs, and what it writes."""

import gc
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from treadle.bootstrap.process import COLLECT_AFTER
from treadle.core.decide import decide
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.commands import Command, Continue, ReportOutcome, StartExecution
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Invocation
from treadle.model.execution import DefinitionRef, Execution
from treadle.model.ids import EngineId, ExecutionId, Instant, Namespace
from treadle.model.json import Json
from treadle.model.outcomes import Ok
from treadle.model.program import Program
from treadle.runtime.recording import Mark, Owner, Release, record
from treadle.runtime.turn import Case, Turn

BEGIN: Final = Instant(1_700_000_000_000)
OWNER: Final = Owner(engine=EngineId("bench"), fence=1)
EXECUTION: Final = ExecutionId("0190a000-0000-7000-8000-000000000001")
LOOP_TURNS: Final = 1_000
KEYS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight")


class Cost(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Of one answer: the time of its decisions, and the bytes of their history and of their snapshots."""

    core_ns: int
    history_bytes: int
    snapshot_bytes: int


class CoreLoop:
    """An execution of `program` whose attempts are answered oldest first."""

    def __init__(
        self, program: Program, value: Json = None, *, bounds: ExecutionBounds = DEFAULT_BOUNDS
    ) -> None:
        self.program = program
        self.bounds = bounds
        self.now = BEGIN
        self.flights: deque[Invocation] = deque()
        self.snapshots = 0
        self._execution: Execution | None = None
        self._mark = Mark()
        self.started = self.do(start_of(program, value))

    @property
    def execution(self) -> Execution:
        """The state; it was started."""
        if self._execution is None:
            raise RuntimeError("the execution was not started")
        return self._execution

    def next_answer(self, body: Json) -> Command:
        """That the oldest attempt in flight ends ok with that body."""
        flight = self.flights[0]
        return ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok(body=body))

    def answer(self, body: Json) -> Cost:
        """The oldest attempt in flight ends ok with that body."""
        command = self.next_answer(body)
        self.flights.popleft()
        return self.do(command)

    def decide(self, command: Command) -> Decision:
        """What is decided now; it has not happened yet."""
        answer = decide(
            self.program,
            self._execution,
            command,
            self.now,
            bounds=self.bounds,
            state_bytes=self._mark.state_bytes,
        )
        return taken_of(answer)

    def do(self, command: Command, *, is_released: bool = False) -> Cost:
        """Decide the command and all that it leaves to be continued. `is_released`: nobody drives it then."""
        core_ns = history_bytes = snapshot_bytes = 0
        following: Command | None = command
        while following is not None:
            begin = time.thread_time_ns()
            decision = self.decide(following)
            core_ns += time.thread_time_ns() - begin
            history, snapshot = self._record(decision, is_released=is_released)
            history_bytes, snapshot_bytes = history_bytes + history, snapshot_bytes + snapshot
            following = Continue() if decision.is_unfinished else None
        return Cost(core_ns=core_ns, history_bytes=history_bytes, snapshot_bytes=snapshot_bytes)

    def _record(self, decision: Decision, *, is_released: bool) -> tuple[int, int]:
        self._execution = decision.execution
        self.flights.extend(decision.invocations)
        namespace = decision.execution.namespace
        case = Case(execution_id=EXECUTION, namespace=namespace, program=self.program, bounds=self.bounds)
        turn = Turn(case, decision.execution, (), decision.state_bytes)
        turn.events = decision.events
        release = Release(due_at=None) if is_released else None
        recording = record(turn, decision.execution, self._mark, OWNER, idempotency=None, release=release)
        self._mark = recording.mark
        snapshot = recording.commit.snapshot
        self.snapshots += snapshot is not None
        return len(recording.commit.history.events), len(snapshot or b"")


def start_of(program: Program, value: Json = None) -> StartExecution:
    """The command that starts an execution of `program`."""
    return StartExecution(
        id=EXECUTION,
        namespace=Namespace("default"),
        definition=DefinitionRef(name=program.name, version=program.version, digest=program.digest),
        input={} if value is None else value,
    )


def taken_of(answer: Decision | Refused) -> Decision:
    """What was decided; these commands are never refused."""
    if isinstance(answer, Refused):
        raise TypeError(f"refused: {answer.code}: {answer.message}")
    return answer


def reference_us() -> float:
    """The time of a fixed loop of plain Python, in microseconds.

    It tells a slow machine from a slow core: hold every other figure of the run against it.
    """
    begin = time.thread_time_ns()
    table: dict[str, int] = {}
    for turn in range(LOOP_TURNS):
        key = KEYS[turn % len(KEYS)]
        table = {**table, key: table.get(key, 0) + turn}
    return (time.thread_time_ns() - begin) / 1e3


@contextmanager
def collected_as_a_server() -> Iterator[None]:
    """The thresholds of the collector as a server sets them."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)

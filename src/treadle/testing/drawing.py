"""Programs drawn at random: nested switches, sleeps, undo of every sort, hooks, broken templates."""

from random import Random
from typing import Final

from msgspec.structs import replace

from treadle.model.expression import Expression
from treadle.model.ids import Instant
from treadle.model.policies import RETRY_ON_DEFAULT, OnUnknown, RetryPolicy
from treadle.model.program import ActivityPlan, CompensationPlan, Program, ProgramNode, SwitchCase
from treadle.testing.builders import (
    Broken,
    Constant,
    Read,
    case,
    plan,
    program,
    sleep,
    sleep_until,
    switch,
    task,
    undo,
)

DEPTH_MAX: Final = 3
STEPS_MIN: Final = 2
STEPS_MAX: Final = 10
STEPS_BELOW_MAX: Final = 3
CASES_MAX: Final = 3
SLEEP_MS_MAX: Final = 5_000
HOOKS: Final = ("on_success", "on_failure", "on_cancel")
RETRIED: Final = (
    RETRY_ON_DEFAULT,
    RETRY_ON_DEFAULT,
    ("all",),
    ("unknown", "5xx"),
    ("connection", "http_400"),
    (),
)


class Drawing:
    """One program in the making. `began_at` is the instant that sleeps until an instant are drawn around."""

    def __init__(self, random: Random, began_at: Instant) -> None:
        self._random = random
        self._began_at = began_at
        self._flaws = random.choice((0.0, 0.0, 0.01, 0.05))
        self._names: list[str] = []
        self._bodies: dict[str, tuple[ProgramNode, ...]] = {}

    def program(self) -> Program:
        """The whole program."""
        steps = self._steps(STEPS_MIN, STEPS_MAX, depth=0)
        hooks = {hook: self._hook(hook) for hook in HOOKS if self._is(0.5)}
        drawn = program(*steps, bodies=self._bodies, hooks=hooks, output=self._output_of_all())
        return replace(drawn, vars={"region": "eu"})

    def _is(self, probability: float) -> bool:
        return self._random.random() < probability

    def _steps(self, least: int, most: int, *, depth: int) -> tuple[ProgramNode, ...]:
        return tuple(self._node(depth) for _ in range(self._random.randint(least, most)))

    def _node(self, depth: int) -> ProgramNode:
        name = f"n{len(self._names)}"
        self._names.append(name)
        kind = self._random.choices(("task", "switch", "sleep"), (13, 4 if depth < DEPTH_MAX else 0, 3))[0]
        if kind == "task":
            return self._task(name)
        return self._switch(name, depth) if kind == "switch" else self._sleep(name)

    def _task(self, name: str) -> ProgramNode:
        return task(
            name,
            activity=plan(name, reads=self._input(), retry=self._retry()),
            compensation=self._undo(name) if self._is(0.7) else None,
            on_unknown=OnUnknown(self._random.choices(("retry", "compensate", "fail"), (8, 1, 1))[0]),
            when=self._when(),
            output=Read("body", "id") if self._is(2 * self._flaws) else None,
        )

    def _input(self) -> Expression | None:
        if self._is(self._flaws):
            return Broken("missing_variable", "input.nothing")
        if self._is(3 * self._flaws):
            return Read("nodes", self._random.choice(self._names), "attempts")
        return Read("vars", "region") if self._is(0.3) else None

    def _retry(self) -> RetryPolicy:
        return RetryPolicy(
            max_attempts=self._random.choice((1, 2, 3, 3, 4, 4)),
            initial_ms=self._random.choice((0, 1, 200, 2_000)),
            multiplier=self._random.choice((1.0, 2.0, 3.0)),
            max_ms=self._random.choice((100, 30_000)),
            jitter=self._random.choice((0.0, 0.1, 1.0)),
            on=self._random.choice(RETRIED),
        )

    def _undo(self, name: str) -> CompensationPlan:
        """Some need the answer, some go by key, some can do either, some can never be rendered."""
        by_key = plan(
            f"undo-{name}-by-key", reads=Read("nodes", name, "idempotency_key"), retry=self._retry()
        )
        unknown = by_key if self._is(0.4) else None
        reads: Expression | None = self._random.choices(
            (None, Read("nodes", name, "output", "id"), Read("nodes", name, "idempotency_key"), Broken()),
            (10, 6, 4, 1),
        )[0]
        return undo(f"undo-{name}", reads=reads, retry=self._retry(), unknown=unknown)

    def _when(self) -> Expression | None:
        if self._is(0.8):
            return None
        return self._condition()

    def _condition(self) -> Expression:
        if self._is(self._flaws):
            return Broken()
        if self._is(3 * self._flaws):
            return Read("nodes", self._random.choice(self._names), "status")
        return Constant(self._is(0.6))

    def _switch(self, name: str, depth: int) -> ProgramNode:
        cases = tuple(self._case(name, at, depth) for at in range(self._random.randint(0, CASES_MAX)))
        default = self._body(f"{name}/default", depth) if self._is(0.5) else None
        return switch(name, *cases, default=default, when=self._when())

    def _case(self, name: str, at: int, depth: int) -> SwitchCase:
        body = self._body(f"{name}/{at}", depth) if self._is(0.8) else None
        return case(self._condition(), body, f"case{at}" if self._is(0.3) else None)

    def _body(self, key: str, depth: int) -> str:
        self._bodies[key] = self._steps(0, STEPS_BELOW_MAX, depth=depth + 1)
        return key

    def _sleep(self, name: str) -> ProgramNode:
        ms = self._random.randint(0, SLEEP_MS_MAX)
        if self._is(0.2):
            return sleep_until(name, Constant(self._began_at + ms - SLEEP_MS_MAX // 2))
        return sleep(name, ms, when=self._when(), jitter_ms=self._random.choice((0, 0, 300)))

    def _hook(self, hook: str) -> ActivityPlan:
        return plan(hook, reads=Broken() if self._is(0.1) else None, retry=self._retry())

    def _output_of_all(self) -> Expression | None:
        if self._is(0.75):
            return None
        return Read("nodes", self._random.choice(self._names), "output")


def draw_program(random: Random, began_at: Instant) -> Program:
    """A program that `random` decides."""
    return Drawing(random, began_at).program()

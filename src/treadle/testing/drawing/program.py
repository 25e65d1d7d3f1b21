"""Programs drawn at random: every kind of node, nested three deep, and the definitions of its children."""

from collections.abc import Callable
from random import Random
from typing import Final

from msgspec.structs import replace

from treadle.model.expression import Expression
from treadle.model.ids import Instant
from treadle.model.program import Program, ProgramNode
from treadle.testing.builders import Read, program
from treadle.testing.drawing import compound, graphs, pauses, tasks
from treadle.testing.drawing.pencil import DEPTH_MAX, DrawsNode, Pencil

STEPS_MIN: Final = 2
STEPS_MAX: Final = 8
HOOKS: Final = ("on_success", "on_failure", "on_cancel")
CHILDREN: Final = ("part", "leaf")
DEADLINES_MS: Final = (1_000, 8_000, 40_000)
Plain = Callable[[Pencil], ProgramNode]
Nested = Callable[[Pencil, DrawsNode, int], ProgramNode]
PLAIN: Final[dict[Plain, float]] = {
    tasks.draw_task: 13,
    pauses.draw_sleep: 2,
    pauses.draw_wait: 1.5,
    pauses.draw_set: 0.5,
    pauses.draw_emit: 0.4,
    pauses.draw_end: 0.3,
}
NESTED: Final[dict[Nested, float]] = {
    compound.draw_switch: 2,
    compound.draw_parallel: 2,
    compound.draw_race: 2,
    compound.draw_split: 0.5,
    compound.draw_each: 2,
    compound.draw_loop: 1.5,
    compound.draw_try: 2,
    compound.draw_shield: 1,
}


class Drawing:
    """One program in the making, of the definitions in `definitions` as its children."""

    def __init__(self, random: Random, began_at: Instant, definitions: tuple[str, ...] = ()) -> None:
        self._pencil = Pencil(random, began_at, definitions)

    def program(self) -> Program:
        """The whole program."""
        pencil = self._pencil
        steps = self._root()
        hooks = {hook: tasks.draw_hook(pencil, hook) for hook in HOOKS if pencil.chance(0.5)}
        drawn = program(
            *steps,
            bodies=pencil.bodies,
            hooks=hooks,
            output=self._output_of_all(),
            deadline_ms=pencil.choose(DEADLINES_MS) if pencil.chance(0.25) else None,
        )
        counters = dict.fromkeys(pencil.counters, 0)
        return replace(drawn, vars={"region": "eu", **counters})

    def _root(self) -> tuple[ProgramNode, ...]:
        pencil = self._pencil
        steps = tuple(self._node(0) for _ in range(pencil.random.randint(STEPS_MIN, STEPS_MAX)))
        return graphs.with_ways(pencil, steps, 0.15)

    def _node(self, depth: int) -> ProgramNode:
        return tasks.with_conditions(self._pencil, self._bare(depth))

    def _bare(self, depth: int) -> ProgramNode:
        pencil = self._pencil
        if pencil.definitions and pencil.chance(0.12):
            return tasks.draw_child(pencil)
        if depth < DEPTH_MAX and pencil.left > 0 and pencil.chance(0.4):
            nested = pencil.choose(list(NESTED), list(NESTED.values()))
            return nested(pencil, self._node, depth)
        return pencil.choose(list(PLAIN), list(PLAIN.values()))(pencil)

    def _output_of_all(self) -> Expression | None:
        if self._pencil.chance(0.75):
            return None
        return Read("nodes", self._pencil.any_node(), "output")


def draw_program(random: Random, began_at: Instant) -> Program:
    """A program that `random` decides, without child executions."""
    return Drawing(random, began_at).program()


def draw_family(random: Random, began_at: Instant) -> dict[str, Program]:
    """Programs by name, the first of which may run the others as its children, and so on."""
    names = ("saga", *CHILDREN) if random.random() < 0.5 else ("saga",)
    return {
        name: replace(Drawing(random, began_at, names[at + 1 :]).program(), name=name)
        for at, name in enumerate(names)
    }

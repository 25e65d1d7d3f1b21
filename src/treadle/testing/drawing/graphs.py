"""Bodies drawn at random, some of them graphs: a way back that a counter bounds, a way past some steps."""

from typing import Final

from msgspec.structs import replace

from treadle.model.ids import NodeId
from treadle.model.program import ProgramNode, SwitchCase
from treadle.testing.builders import switch
from treadle.testing.composites import set_
from treadle.testing.drawing.pencil import DrawsNode, Pencil, below, one_more

GRAPHS: Final = 0.06
"""How often a body below the root has a way back, and how often one past some steps."""


def draw_body(pencil: Pencil, key: str, draw: DrawsNode, *, depth: int, least: int = 0, most: int = 3) -> str:
    """Draw the body of that name, one level below `depth`."""
    size = pencil.random.randint(least, most) if pencil.left > 0 else least
    pencil.bodies[key] = with_ways(pencil, tuple(draw(depth + 1) for _ in range(size)), GRAPHS)
    return key


def with_ways(pencil: Pencil, steps: tuple[ProgramNode, ...], probability: float) -> tuple[ProgramNode, ...]:
    """The steps, sometimes with a way past some of them, sometimes with one back."""
    if steps and pencil.chance(probability):
        steps = with_way_past(pencil, steps)
    return with_way_back(pencil, steps) if steps and pencil.chance(probability) else steps


def with_way_back(pencil: Pencil, steps: tuple[ProgramNode, ...]) -> tuple[ProgramNode, ...]:
    """The steps, and after them a way back to one of them, which is taken once or twice."""
    counter = pencil.counter()
    counting = set_(pencil.name(), **{counter: one_more(counter)})
    times = pencil.choose((1, 2))
    back = SwitchCase(when=below(times + 1, "vars", counter), next=NodeId(pencil.choose(steps).id))
    return (*steps, counting, replace(switch(pencil.name()), cases=(back,)))


def with_way_past(pencil: Pencil, steps: tuple[ProgramNode, ...]) -> tuple[ProgramNode, ...]:
    """The steps, and before them a way to one of them."""
    onward = SwitchCase(when=pencil.condition(), next=pencil.choose(steps).id)
    default = pencil.choose(steps).id if pencil.chance(0.5) else None
    return (replace(switch(pencil.name()), cases=(onward,), default_next=default), *steps)

"""What every part of a drawing shares: the seed's choices, the names given out, the bodies drawn so far."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, Protocol, TypeVar

from treadle.model.expression import Expression, Roots
from treadle.model.ids import Instant
from treadle.model.json import Json
from treadle.model.program import ProgramNode
from treadle.testing.builders import Broken, Constant, Read

T = TypeVar("T")
DEPTH_MAX: Final = 3
FLAWS: Final = (0.0, 0.0, 0.01, 0.05)
"""How often an expression is drawn that has no value."""


class Computed:
    """An expression that a function makes of others."""

    def __init__(self, function: Callable[..., Json], *of: Expression) -> None:
        self._function = function
        self._of = of
        self.reads = frozenset(path for one in of for path in one.reads)

    def __call__(self, roots: Roots) -> Json:
        return self._function(*(one(roots) for one in self._of))


class DrawsNode(Protocol):
    """Draws one node of any kind for a body at that depth."""

    def __call__(self, depth: int) -> ProgramNode: ...


class Pencil:
    """One program in the making.

    `began_at` is the instant around which other instants are drawn, `definitions` are those that a child may
    run. `counters` are the variables that bound cycles and turns. `left` is how many nodes may be drawn.
    """

    def __init__(self, random: Random, began_at: Instant, definitions: Sequence[str] = ()) -> None:
        self.random = random
        self.began_at = began_at
        self.definitions = tuple(definitions)
        self.flaws = random.choice(FLAWS)
        self.deadlines = random.choice((0.0, 0.0, 0.05, 0.2))
        self.left = random.choice((6, 12, 12, 25, 40))
        self.names: list[str] = []
        self.signals: list[str] = []
        self.counters: list[str] = []
        self.bodies: dict[str, tuple[ProgramNode, ...]] = {}

    def chance(self, probability: float) -> bool:
        """Whether something of that probability is so."""
        return self.random.random() < probability

    def choose(self, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """One of the options."""
        return self.random.choices(options, weights)[0]

    def name(self) -> str:
        """A name for a node that no other has."""
        name = f"n{len(self.names)}"
        self.names.append(name)
        self.left -= 1
        return name

    def counter(self) -> str:
        """A variable that counts up from 0."""
        counter = f"c{len(self.counters)}"
        self.counters.append(counter)
        return counter

    def any_node(self) -> str:
        """The name of a node that may run before, after, beside, or never."""
        return self.random.choice(self.names)

    def condition(self) -> Expression:
        """Mostly a constant; sometimes one that is broken, or reads what may not be there."""
        if self.chance(self.flaws):
            return Broken()
        if self.chance(3 * self.flaws):
            return Read("nodes", self.any_node(), "status")
        return Constant(self.chance(0.6))


def below(limit: int, *path: str) -> Expression:
    """Whether the number at the path is below the limit."""
    return Computed(lambda value: isinstance(value, int) and value < limit, Read(*path))


def one_more(counter: str) -> Expression:
    """The counter's next value."""
    return Computed(lambda value: value + 1, Read("vars", counter))

"""What every part of a document is drawn with: choices, names, and what can be read in a place."""

from collections.abc import Sequence
from random import Random
from typing import Final, Protocol, TypeVar

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from treadle.model.json import Json

T = TypeVar("T")
DEPTH_MAX: Final = 3
NODES_MAX: Final = 24
SHORT: Final = ("1ms", "250ms", "2s")
LONG: Final = ("10s", "15m", "2h")
ALWAYS: Final = ("input.order", "input.lines[0].sku", "vars.region", "execution.id", "execution.run")
OF_A_NODE: Final = ("output", "output.id", "status", "attempts", "idempotency_key")


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the document. `before` are nodes that may have run, `roots` what only this place has.

    `is_undone`: a node here may be compensated, which none on a cycle may.
    """

    before: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    depth: int = 0
    is_undone: bool = True

    def below(self, *roots: str) -> "Spot":
        """A place in a body one level deeper, where there are these roots besides."""
        return msgspec.structs.replace(self, depth=self.depth + 1, roots=(*self.roots, *roots))


class Choices(Protocol):
    """Who chooses."""

    def chance(self) -> bool: ...
    def choose(self, options: Sequence[T]) -> T: ...
    def number(self, low: int, high: int) -> int: ...


class Drawn:
    """Hypothesis chooses, and so finds the simplest that fails."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def chance(self) -> bool:
        return self._draw(st.booleans())

    def choose(self, options: Sequence[T]) -> T:
        return self._draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


class Seeded:
    """A seed chooses: the same in every run."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def chance(self) -> bool:
        return self._random.random() < 0.5

    def choose(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


class Pen:
    """One document in the making."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._names = 0
        self._left = NODES_MAX
        self.flags: list[str] = []

    @property
    def is_worn(self) -> bool:
        """Whether the document has nodes enough."""
        return self._left <= 0

    def chance(self) -> bool:
        """One of two."""
        return self._choices.chance()

    def choose(self, options: Sequence[T]) -> T:
        """One of the options; the first is the simplest."""
        return self._choices.choose(options)

    def number(self, low: int, high: int) -> int:
        """A number between the two."""
        return self._choices.number(low, high)

    def name(self) -> str:
        """The id of a node, which no other has."""
        self._names += 1
        self._left -= 1
        return f"{self.choose(('n', 'pay-', 'Step_'))}{self._names}"

    def flag(self) -> str:
        """A variable that is true until a node on a cycle has said otherwise."""
        self.flags.append(f"again{len(self.flags)}")
        return self.flags[-1]

    def path(self, spot: Spot) -> str:
        """A path that can be read there."""
        if spot.before and self.chance():
            return f"nodes.{self.choose(spot.before)}.{self.choose(OF_A_NODE)}"
        return self.choose((*ALWAYS, *spot.roots))

    def template(self, spot: Spot) -> Json:
        """A value with templates in it, or none."""
        read = f"{{{{ {self.path(spot)} }}}}"
        options: tuple[Json, ...] = (
            read,
            f"order {read}!",
            {"id": read, "fixed": 1},
            [read, None],
            7,
            "{{ '{{' }}" if self.chance() else None,
        )
        return self.choose(options)

    def text(self, spot: Spot) -> str:
        """A text that may have templates in it."""
        return self.choose(("plain", f"of {{{{ {self.path(spot)} }}}}"))

    def condition(self, spot: Spot) -> Json:
        """JSON Logic over what can be read there."""
        read: Json = {"var": self.path(spot)}
        options: tuple[Json, ...] = (
            {"==": [read, "eu"]},
            {"!": [read]},
            {"!!": [read]},
            {"in": ["eu", [read, "us"]]},
            {"and": [{"<": [{"var": "execution.run"}, 3]}, read]},
            {"or": [{"==": [1, 2]}, {">=": [{"var": "execution.run"}, 1]}]},
            {"if": [read, True, False]},
        )
        return self.choose(options)

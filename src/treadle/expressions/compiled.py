"""The two forms that every compiled expression has."""

from typing import Final

from msgspec import UNSET, UnsetType

from treadle.expressions.resolving import Evaluate
from treadle.model.expression import Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json

NOTHING: Final[frozenset[tuple[str, ...]]] = frozenset()


class Constant:
    """A value without any template, returned as it is."""

    __slots__ = ("reads", "value")

    def __init__(self, value: Json) -> None:
        self.value = value
        self.reads = NOTHING

    def evaluate(self, roots: Roots) -> Json:
        return self.value

    __call__ = evaluate


class Compiled:
    """A closure with the paths it reads; `is_computed` if there is CEL in it.

    What is built of others takes their `evaluate`: calling them costs one call more.
    """

    __slots__ = ("evaluate", "is_computed", "reads")

    def __init__(
        self, evaluate: Evaluate, reads: frozenset[tuple[str, ...]], *, is_computed: bool = False
    ) -> None:
        self.evaluate = evaluate
        self.reads = reads
        self.is_computed = is_computed

    def __call__(self, roots: Roots) -> Json:
        return self.evaluate(roots)


class NoRoots:
    """What an expression that reads nothing may look at."""

    def root(self, name: str) -> Json | UnsetType:
        return UNSET

    def of_execution(self, field: str) -> Json | UnsetType:
        return UNSET

    def node(self, node: NodeId, field: str) -> Json | UnsetType:
        return UNSET


NO_ROOTS: Final = NoRoots()

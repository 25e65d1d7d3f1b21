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

    def __call__(self, roots: Roots) -> Json:
        return self.value


class Compiled:
    """A closure with the paths it reads; `is_computed` if there is CEL in it."""

    __slots__ = ("_evaluate", "is_computed", "reads")

    def __init__(
        self, evaluate: Evaluate, reads: frozenset[tuple[str, ...]], *, is_computed: bool = False
    ) -> None:
        self._evaluate = evaluate
        self.reads = reads
        self.is_computed = is_computed

    def __call__(self, roots: Roots) -> Json:
        return self._evaluate(roots)


class NoRoots:
    """What an expression that reads nothing may look at."""

    def root(self, name: str) -> Json | UnsetType:
        return UNSET

    def node(self, node: NodeId, field: str) -> Json | UnsetType:
        return UNSET


NO_ROOTS: Final = NoRoots()

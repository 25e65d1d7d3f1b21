"""Expressions that the tables of several kinds need."""

from collections.abc import Callable

from treadle.model.expression import Expression, Roots
from treadle.model.json import Json


class Both:
    """The values of several expressions, as a list."""

    def __init__(self, *parts: Expression) -> None:
        self._parts = parts
        self.reads = frozenset(path for part in parts for path in part.reads)

    def __call__(self, roots: Roots) -> Json:
        return [part(roots) for part in self._parts]


class Of:
    """What `judge` makes of the value of an expression."""

    def __init__(self, part: Expression, judge: Callable[[Json], Json]) -> None:
        self._part = part
        self._judge = judge
        self.reads = part.reads

    def __call__(self, roots: Roots) -> Json:
        return self._judge(self._part(roots))

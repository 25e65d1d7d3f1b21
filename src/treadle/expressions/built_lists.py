"""How deep the lists that a rule of JSON Logic builds itself stand inside each other.

The library meters what a rule does, but not how large a value is that has others in it more than once: a
`reduce` that puts its accumulator twice into a list holds 2^n values after n items, and whoever writes that
out or walks it never comes to an end. Such rules are told apart before they are compiled.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from treadle.expressions.pointers import escaped
from treadle.model.errors import Fault
from treadle.model.json import Json

TEXT_DEPTH_MAX: Final[Mapping[str, int]] = {"cat": 1, "substr": 0}
"""Operators that write values out as text, and how deep a list that was built may be to be written out.

`cat` is charged for each item once it is written, `substr` when all is written. What stands in the data is
written out once at most before it is charged for.
"""
CHOOSING: Final = frozenset({"if", "?:", "and", "or", "max", "min"})
"""Operators that give one of their arguments."""
ITERATING: Final = frozenset({"map", "filter", "reduce", "all", "some", "none"})
READING: Final = frozenset({"var", "val"})
LISTING: Final = frozenset({"missing", "missing_some"})


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What may be read inside an iteration, in its depth: an item, or for `reduce` the accumulator too."""

    item: int
    accumulator: int | None = None
    outer: "Scope | None" = None

    def read(self, path: Json) -> int:
        """How deep the value at a path may be."""
        if isinstance(path, list):
            return self.deepest
        if self.accumulator is None:
            return self.item
        root = str(path).partition(".")[0]
        if root == "current":
            return self.item
        return self.accumulator if root == "accumulator" else self.deepest

    @property
    def deepest(self) -> int:
        """Of all that can be read; the two of a `reduce` stand in an object, which is one deeper."""
        own = self.item if self.accumulator is None else 1 + max(self.item, self.accumulator)
        return own if self.outer is None else max(own, self.outer.deepest)


class BuiltLists:
    """What a rule builds: `depth` of its value (0 for what stands in the data), and what is wrong with it."""

    def __init__(self, rule: Json) -> None:
        self.faults: list[Fault] = []
        self.is_iterating = False
        self.depth = self._depth(rule, "", None)

    def _depth(self, rule: Json, pointer: str, scope: Scope | None) -> int:
        if isinstance(rule, list):
            return self._list(rule, pointer, scope)
        if not isinstance(rule, dict) or len(rule) != 1:
            return 0
        ((operator, given),) = rule.items()
        pointer = f"{pointer}/{escaped(operator)}"
        if operator in READING:
            return self._read(given, pointer, scope)
        if operator in ITERATING:
            self.is_iterating = True
            return self._iterate(operator, given, pointer, scope)
        depths = [self._depth(part, at, scope) for part, at in _arguments(given, pointer)]
        if operator in TEXT_DEPTH_MAX:
            self._check_text(operator, depths, pointer)
        if operator == "merge":
            return max(1, *depths) if depths else 0
        if operator in LISTING:
            return 1
        return max(depths, default=0) if operator in CHOOSING else 0

    def _list(self, items: list[Json], pointer: str, scope: Scope | None) -> int:
        """A list without any operator in it is as good as data: it is as long as it is written."""
        if not _has_operator(items):
            return 0
        return 1 + max(self._depth(item, f"{pointer}/{at}", scope) for at, item in enumerate(items))

    def _read(self, given: Json, pointer: str, scope: Scope | None) -> int:
        """A value of the data or of the iteration, or the default after its path."""
        parts = list(_arguments(given, pointer))
        depths = [self._depth(part, at, scope) for part, at in parts]
        path = parts[0][0] if parts else ""
        return max(scope.read(path) if scope is not None else 0, *depths, 0)

    def _iterate(self, operator: str, given: Json, pointer: str, scope: Scope | None) -> int:
        parts = list(_arguments(given, pointer))
        if len(parts) < 2:
            return 0
        source = self._depth(*parts[0], scope)
        item = max(source - 1, 0)
        if operator == "reduce":
            start = self._depth(*parts[2], scope) if len(parts) > 2 else 0
            return self._fold(parts[1], Scope(item=item, accumulator=start, outer=scope), pointer)
        body = self._depth(*parts[1], Scope(item=item, outer=scope))
        if operator == "map":
            return 1 + body
        return source if operator == "filter" else 0

    def _fold(self, body: tuple[Json, str], scope: Scope, pointer: str) -> int:
        """The depth that the accumulator comes to: beyond a plain list it must not grow with an item."""
        start = scope.accumulator or 0
        most = max(start, 1)
        after = self._depth(*body, msgspec.structs.replace(scope, accumulator=most))
        if after > most:
            message = "this puts a list into a list at each item, which grows beyond bounds: use `merge`"
            self._refuse(pointer, message)
        return max(start, after)

    def _check_text(self, operator: str, depths: list[int], pointer: str) -> None:
        written = depths if operator == "cat" else depths[:1]
        if max(written, default=0) > TEXT_DEPTH_MAX[operator]:
            message = f"`{operator}` would write a list out as text that the condition builds: take its items"
            self._refuse(pointer, message)

    def _refuse(self, pointer: str, message: str) -> None:
        self.faults.append(Fault(pointer=pointer, code="unbounded_condition", message=message))


def _arguments(given: Json, pointer: str) -> Iterator[tuple[Json, str]]:
    """Each argument with its pointer: a value that is no list is the only one."""
    if isinstance(given, list):
        for at, argument in enumerate(given):
            yield argument, f"{pointer}/{at}"
    else:
        yield given, pointer


def _has_operator(value: Json) -> bool:
    if isinstance(value, list):
        return any(_has_operator(item) for item in value)
    return isinstance(value, dict) and bool(value)

"""What may have run before a node, and what must have, unless the run has left this path.

Sets of ids are bit masks: a document has a thousand nodes, and a graph asks for every node what comes before.
First each body is measured by itself, from the inside out; then what comes before it is put to that.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from treadle.definition.reading import Outline, OutlineBody
from treadle.definition.rules.document import ITERATING, standings
from treadle.definition.rules.ways import GraphWays, ends_all


class Before(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`may` have run by then; of these `must` have. Masks of ids."""

    may: int = 0
    must: int = 0

    def then(self, more: "Before") -> "Before":
        return Before(may=self.may | more.may, must=self.must | more.must)

    def perhaps(self, may: int) -> "Before":
        """The same, and what may have run besides."""
        return Before(may=self.may | may, must=self.must)


NOTHING: Final = Before()


class Order:
    """The order of a document: `before` by the pointer of a node, `bits` by id, `at_end` of its root body.

    What is asked after each turn of a loop stands in `before` by its own pointer.
    """

    def __init__(self, root: OutlineBody) -> None:
        ids = dict.fromkeys(standing.node.id for standing in standings(root) if standing.node.id is not None)
        self.bits: Mapping[str, int] = {name: 1 << number for number, name in enumerate(ids)}
        self.before: dict[str, Before] = {}
        self._inside: dict[str, Before] = {}
        self._ends: dict[str, list[Before]] = {}
        self.at_end = self._measure(root)
        self._place(root, NOTHING)

    def _measure(self, body: OutlineBody) -> Before:
        """What the whole body adds; for each node, what runs before it in the body."""
        adds = [self._measure_node(node) for node in body.nodes]
        if body.is_graph:
            return self._measure_graph(body, adds)
        so_far = NOTHING
        for node, added in zip(body.nodes, adds, strict=True):
            self._inside[node.pointer] = so_far
            so_far = so_far.then(added)
        return so_far

    def _measure_node(self, node: Outline) -> Before:
        """What a node adds once it is left, itself included."""
        ends = self._ends[node.pointer] = [self._measure(body) for body in node.bodies]
        inner = MEASURES.get(node.kind or "", _one_of)(node, ends)
        own = 0 if node.id is None else self.bits[node.id]
        return Before(may=own | inner.may, must=own | (0 if node.has_when else inner.must))

    def _measure_graph(self, body: OutlineBody, adds: Sequence[Before]) -> Before:
        """Go over the nodes again and again, until a round changes nothing: two or three for most graphs."""
        ways = GraphWays(body)
        everything = (1 << len(self.bits)) - 1
        before = [Before(must=everything) for _ in body.nodes]
        if ways.start is not None:
            before[ways.start] = NOTHING
        has_changed = True
        while has_changed:
            has_changed = False
            for index in ways.forward:
                after = before[index].then(adds[index])
                for target in ways.targets[index]:
                    has_changed = _meet(before, target, after) or has_changed
        return self._end_of_graph(body, ways, before, adds)

    def _end_of_graph(
        self, body: OutlineBody, ways: GraphWays, before: Sequence[Before], adds: Sequence[Before]
    ) -> Before:
        everything = (1 << len(self.bits)) - 1
        reached = set(ways.forward)
        end = Before(may=everything if ways.start is None else 0, must=everything)
        for index, node in enumerate(body.nodes):
            is_reached = index in reached
            # A node that is never entered has a fault of its own: what it reads needs no second one.
            self._inside[node.pointer] = (
                before[index] if is_reached else Before(may=everything, must=everything)
            )
            after = before[index].then(adds[index])
            is_exit = is_reached and not node.has_next and not ends_all(node)
            must = end.must & after.must if is_exit else end.must
            end = Before(may=end.may | (after.may if is_reached else 0), must=must)
        return Before(may=end.may, must=end.must & end.may)

    def _place(self, body: OutlineBody, before: Before) -> None:
        for node in body.nodes:
            found = self.before[node.pointer] = before.then(self._inside[node.pointer])
            ends = self._ends[node.pointer]
            for index, nested in enumerate(node.bodies):
                self._place(nested, found.perhaps(_beside(node, index, ends)))
            if node.kind == "loop" and ends:
                self.before[f"{node.pointer}/until"] = found.then(ends[0])


def _meet(before: list[Before], target: int, after: Before) -> bool:
    """Let one more way lead to a node; whether that changes what comes before it."""
    old = before[target]
    may, must = old.may | after.may, old.must & after.must
    if may == old.may and must == old.must:
        return False
    before[target] = Before(may=may, must=must)
    return True


def _one_of(node: Outline, ends: Sequence[Before]) -> Before:
    """At most one of the bodies has run to its end, or nobody knows which."""
    return Before(may=_any(ends))


def _all_of(node: Outline, ends: Sequence[Before]) -> Before:
    must = 0
    for end in ends:
        must |= end.must
    return Before(may=_any(ends), must=must)


def _none_of(node: Outline, ends: Sequence[Before]) -> Before:
    """What an iteration leaves is gone when it ends."""
    return NOTHING


def _tried(node: Outline, ends: Sequence[Before]) -> Before:
    """`finally` always runs; the body has completed if nothing could catch its failure."""
    is_caught = any(body.name.startswith("catch.") for body in node.bodies)
    must = 0
    for body, end in zip(node.bodies, ends, strict=True):
        if body.name == "finally" or (body.name == "try" and not is_caught):
            must |= end.must
    return Before(may=_any(ends), must=must)


MEASURES: Final[Mapping[str, Callable[[Outline, Sequence[Before]], Before]]] = {
    "parallel": _all_of,
    "shield": _all_of,
    "try": _tried,
    **dict.fromkeys(ITERATING, _none_of),
}


def _beside(node: Outline, index: int, ends: Sequence[Before]) -> int:
    """What of the other bodies of a node may have run when one of its bodies begins, or while it runs."""
    name = node.bodies[index].name
    if node.kind in {"parallel", "race"}:
        return _any([end for other, end in enumerate(ends) if other != index])
    if node.kind == "try" and name == "finally":
        return _any(ends[:index])
    if node.kind == "try" and name != "try":
        return ends[0].may
    return 0


def _any(ends: Sequence[Before]) -> int:
    may = 0
    for end in ends:
        may |= end.may
    return may

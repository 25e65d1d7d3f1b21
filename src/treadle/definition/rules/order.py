"""What may have run before a node, and what must have, unless the run has left this path.

Sets are bit masks, one bit for each node and one for each variable: a document has a thousand nodes, and a
graph asks for every node what comes before. First each body is measured by itself, from the inside out; then
what comes before it is put to that. Each way of a graph is looked at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from treadle.definition.reading import Outline, OutlineBody
from treadle.definition.rules.document import ITERATING, ReadDocument
from treadle.definition.rules.dominators import dominators
from treadle.definition.rules.ways import GraphWays, goes_past


class Before(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`may` have run by then; of these `must` have. Masks."""

    may: int = 0
    must: int = 0

    def then(self, more: "Before") -> "Before":
        return Before(may=self.may | more.may, must=self.must | more.must)

    def perhaps(self, may: int) -> "Before":
        """The same, and what may have run besides."""
        return Before(may=self.may | may, must=self.must)


NOTHING: Final = Before()


class Order:
    """The order of a document: `before` by the pointer of a node, and what has run when the run ends.

    What is asked after each turn of a loop stands in `before` by its own pointer. `bits` are by id of a node,
    `var_bits` by name of a variable that some `set` gives a value.
    """

    def __init__(self, document: ReadDocument) -> None:
        nodes = self._nodes = document.nodes
        ids = dict.fromkeys(node.id for node in nodes if node.id is not None)
        names = dict.fromkeys(name for node in nodes for name in set_names(node))
        self.bits: Mapping[str, int] = {name: 1 << number for number, name in enumerate(ids)}
        self.var_bits: Mapping[str, int] = {
            name: 1 << number for number, name in enumerate(names, start=len(ids))
        }
        self.everything = (1 << (len(ids) + len(names))) - 1
        self._of_vars = self.everything & ~((1 << len(ids)) - 1)
        self.before: dict[str, Before] = {}
        self._inside: dict[str, Before] = {}
        self._ends: dict[str, list[Before]] = {}
        self.at_end = self._measure(document.outline)
        self._place(document.outline, NOTHING)

    def at_success(self, *, with_output: bool) -> Before:
        """What has run when the run completes, by its last node or by an `end`.

        `with_output`: those ends count too that have an output of their own in place of the document's.
        """
        must = self.at_end.must
        for node in self._nodes:
            is_good = node.kind == "end" and node.written.get("status") == "completed"
            if is_good and (with_output or "output" not in node.written):
                must &= self.before[node.pointer].must | self._own(node)
        return Before(may=self.everything, must=must)

    def _own(self, node: Outline) -> int:
        return 0 if node.id is None else self.bits[node.id]

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
        inner = MEASURES.get(node.kind or "", self._one_of)(node, ends)
        if node.kind in ITERATING:
            # What an iteration leaves is gone when it ends, but for the variables.
            inner = Before(may=inner.may & self._of_vars, must=inner.must & self._of_vars)
        given = sum(self.var_bits[name] for name in set_names(node))
        must = 0 if node.has_when else inner.must | given
        return Before(may=self._own(node) | inner.may | given, must=self._own(node) | must)

    def _one_of(self, node: Outline, ends: Sequence[Before]) -> Before:
        """One of the bodies has run to its end; of a switch without a default perhaps none."""
        is_sure = node.kind in {"race", "split"} or (node.kind == "switch" and "default" in node.written)
        # Several bodies can give the same variable a value, while a node stands in one of them.
        return Before(may=_any(ends), must=_every(ends, 0) & self._of_vars if is_sure else 0)

    def _measure_graph(self, body: OutlineBody, adds: Sequence[Before]) -> Before:
        ways = GraphWays(body)
        # A node that is never entered has a fault of its own: what it reads needs no second one.
        unknown = Before(may=self.everything, must=self.everything)
        before = [unknown for _ in body.nodes]
        for index, found in self._before_in_graph(ways, adds):
            before[index] = found
        for node, found in zip(body.nodes, before, strict=True):
            self._inside[node.pointer] = found
        exits = [before[index].then(adds[index]) for index in ways.forward if goes_past(body.nodes[index])]
        may = _any([before[index].then(adds[index]) for index in ways.forward])
        may = self.everything if ways.start is None else may
        return Before(may=may, must=_every(exits, self.everything) & may)

    def _before_in_graph(self, ways: GraphWays, adds: Sequence[Before]) -> Iterator[tuple[int, Before]]:
        """What comes before each reached node: perhaps all of its cycle, certainly its dominators."""
        if ways.start is None:
            return
        must = {ways.start: 0}
        for index, above in dominators(ways.targets, ways.start).items():
            if index != ways.start:
                must[index] = must[above] | adds[above].must
        sources, may = ways.sources(), dict[int, int]()
        for ring in ways.rings:
            coming = 0
            for index in ring:
                # What comes from the ring itself is added below.
                coming |= _any(
                    [Before(may=may[source] | adds[source].may) for source in sources[index] if source in may]
                )
            if ring[0] in ways.on_cycle:
                coming |= _any([adds[index] for index in ring])
            may.update(dict.fromkeys(ring, coming))
        surely_set = self._surely_set(ways, adds)
        for index in ways.forward:
            yield index, Before(may=may[index], must=must[index] | surely_set.get(index, 0))

    def _surely_set(self, ways: GraphWays, adds: Sequence[Before]) -> Mapping[int, int]:
        """The variables that have a value however a node is come to: each way may set them anew."""
        given = _any(adds) & self._of_vars
        if not given or ways.start is None:
            return {}
        found = {**dict.fromkeys(ways.forward, given), ways.start: 0}
        waiting = dict.fromkeys(ways.forward)
        while waiting:
            index = next(iter(waiting))
            del waiting[index]
            after = found[index] | adds[index].must & given
            for target in ways.targets[index]:
                if found[target] & ~after:
                    found[target] &= after
                    waiting[target] = None
        return found

    def _place(self, body: OutlineBody, before: Before) -> None:
        for node in body.nodes:
            ends = self._ends[node.pointer]
            found = before.then(self._inside[node.pointer])
            if node.kind in ITERATING:
                # The iteration before may have set them.
                found = found.perhaps(_any(ends) & self._of_vars)
            self.before[node.pointer] = found
            for index, nested in enumerate(node.bodies):
                self._place(nested, found.perhaps(_beside(node, index, ends)))
            if node.kind == "loop" and ends:
                self.before[f"{node.pointer}/until"] = found.then(ends[0])


def set_names(node: Outline) -> list[str]:
    """The variables that a node gives a value."""
    given = node.written.get("vars") if node.kind == "set" else None
    return list(given) if isinstance(given, dict) else []


def _all_of(node: Outline, ends: Sequence[Before]) -> Before:
    must = 0
    for end in ends:
        must |= end.must
    return Before(may=_any(ends), must=must)


def _iterated(node: Outline, ends: Sequence[Before]) -> Before:
    """A loop that asks after each turn has had one; else there may have been none."""
    is_sure = node.kind == "loop" and "until" in node.written
    return Before(may=_any(ends), must=_every(ends, 0) if is_sure else 0)


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
    **dict.fromkeys(ITERATING, _iterated),
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


def _every(ends: Sequence[Before], otherwise: int) -> int:
    """What must have run at each of the ends; `otherwise` where there are none."""
    if not ends:
        return otherwise
    must = ends[0].must
    for end in ends[1:]:
        must &= end.must
    return must

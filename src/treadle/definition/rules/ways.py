"""The ways between the nodes of one graph."""

from collections.abc import Iterator

from treadle.definition.reading import Outline, OutlineBody


def ends_all(node: Outline) -> bool:
    """Whether nothing ever comes after the node: it ends the execution, whatever is so."""
    return node.kind == "end" and not node.has_when


def goes_past(node: Outline) -> bool:
    """Whether a run may leave the body with the node: nothing names what comes next."""
    if node.has_next or ends_all(node):
        return False
    cases = node.written.get("cases") if node.kind == "switch" else None
    is_sure = isinstance(cases, list) and all(isinstance(case, dict) and "next" in case for case in cases)
    return not (is_sure and isinstance(node.written.get("default"), str))


class GraphWays:
    """Nodes by their index in the body: where each leads to, and where it begins.

    `forward` are those that are reached at all, each before those it leads to, cycles apart. `rings` are the
    same in groups, in the same order: the nodes of a group lead to each other.
    """

    def __init__(self, body: OutlineBody) -> None:
        self.by_id: dict[str, int] = {}
        for index, node in enumerate(body.nodes):
            if node.id is not None:
                self.by_id.setdefault(node.id, index)
        self.targets = [self._targets(node) for node in body.nodes]
        self.start = None if body.start is None else self.by_id.get(body.start.target)
        self.forward = [] if self.start is None else list(self._forward(self.start))[::-1]
        self.rings = list(self._rings())
        self.on_cycle = {index for ring in self.rings if self._is_cycle(ring) for index in ring}

    def sources(self) -> dict[int, list[int]]:
        """The nodes from which each reached node is come to."""
        found: dict[int, list[int]] = {index: [] for index in self.forward}
        for index in self.forward:
            for target in self.targets[index]:
                found[target].append(index)
        return found

    def _forward(self, start: int) -> Iterator[int]:
        """Depth first, each node after those it leads to."""
        entered = {start}
        path = [(start, iter(self.targets[start]))]
        while path:
            index, targets = path[-1]
            target = next((target for target in targets if target not in entered), None)
            if target is None:
                path.pop()
                yield index
            else:
                entered.add(target)
                path.append((target, iter(self.targets[target])))

    def _rings(self) -> Iterator[list[int]]:
        """The strong components, by Kosaraju: backwards from each node, in the order of `forward`."""
        sources = self.sources()
        grouped: set[int] = set()
        for first in self.forward:
            if first in grouped:
                continue
            grouped.add(first)
            ring = [first]
            for index in ring:
                new = [source for source in sources[index] if source not in grouped]
                grouped.update(new)
                ring.extend(new)
            yield ring

    def _is_cycle(self, ring: list[int]) -> bool:
        return len(ring) > 1 or ring[0] in self.targets[ring[0]]

    def _targets(self, node: Outline) -> list[int]:
        if ends_all(node):
            return []
        known = (self.by_id.get(way.target) for way in node.ways)
        return list(dict.fromkeys(index for index in known if index is not None))

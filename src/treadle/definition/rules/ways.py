"""The ways between the nodes of one graph."""

from treadle.definition.reading import Outline, OutlineBody


def ends_all(node: Outline) -> bool:
    """Whether nothing ever comes after the node: it ends the execution, whatever is so."""
    return node.kind == "end" and not node.has_when


class GraphWays:
    """Nodes by their index in the body: where each leads to, and where it begins.

    `forward` are those that are reached at all, each before those it leads to, cycles apart.
    """

    def __init__(self, body: OutlineBody) -> None:
        self.by_id: dict[str, int] = {}
        for index, node in enumerate(body.nodes):
            if node.id is not None:
                self.by_id.setdefault(node.id, index)
        self.targets = [self._targets(node) for node in body.nodes]
        self.start = None if body.start is None else self.by_id.get(body.start.target)
        self.forward = [] if self.start is None else self._forward(self.start)

    def after(self, index: int) -> set[int]:
        """The nodes that a run may come to from a node; itself only if there is a way back."""
        found: set[int] = set()
        waiting = [index]
        while waiting:
            for target in self.targets[waiting.pop()]:
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return found

    def _forward(self, start: int) -> list[int]:
        left: list[int] = []
        entered = {start}
        path = [(start, iter(self.targets[start]))]
        while path:
            index, targets = path[-1]
            target = next((target for target in targets if target not in entered), None)
            if target is None:
                left.append(index)
                path.pop()
            else:
                entered.add(target)
                path.append((target, iter(self.targets[target])))
        return left[::-1]

    def _targets(self, node: Outline) -> list[int]:
        if ends_all(node):
            return []
        known = (self.by_id.get(way.target) for way in node.ways)
        return list(dict.fromkeys(index for index in known if index is not None))

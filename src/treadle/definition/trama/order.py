"""What may have run before a node of a Trama document, and which step was the last one then.

Sets of nodes are bit masks: a document has a thousand nodes, and every template may ask.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from treadle.model.definition import Body, Node, Switch, Task
from treadle.model.ids import NodeId

NO_NODES: Final[tuple[NodeId, ...]] = ()


class Order:
    """The ways of a body of tasks, switches and sleeps.

    `reached` are the nodes that there is a way to, each before those that it leads to, cycles apart.
    """

    def __init__(self, body: Body) -> None:
        self.nodes = {node.id: node for node in body.nodes}
        self.successors = dict(_successors(body))
        start = body.start if body.start is not None else next(iter(self.nodes), None)
        self.reached = tuple(self._reached(start)) if start in self.nodes else NO_NODES
        self._rank = {node: rank for rank, node in enumerate(self.reached)}
        self._bit = {node: 1 << rank for rank, node in enumerate(self.reached)}
        self._predecessors: dict[NodeId, list[NodeId]] = {node: [] for node in self.reached}
        for node in self.reached:
            for successor in self.successors[node]:
                self._predecessors[successor].append(node)
        self._before = self._masks()

    def may_precede(self, first: NodeId, second: NodeId) -> bool:
        """Whether there is a way from the one to the other."""
        return bool(self._before.get(second, 0) & self._bit.get(first, 0))

    def cycle(self) -> NodeId | None:
        """A node that there is a way back to, None without one."""
        return next((node for node in self.reached if self.may_precede(node, node)), None)

    def last_before(self, node: NodeId) -> tuple[NodeId, ...]:
        """The tasks of which one was the last to run before the node, later ones first."""
        return self._tasks_back_from(self._predecessors.get(node, []))

    def last_of_all(self) -> tuple[NodeId, ...]:
        """The tasks of which one is the last to run when the end is reached, later ones first."""
        return self._tasks_back_from([node for node in self.reached if not self.successors[node]])

    def tasks(self) -> tuple[NodeId, ...]:
        """All tasks that there is a way to, later ones first."""
        return self._later_first(node for node in self.reached if isinstance(self.nodes[node], Task))

    def _tasks_back_from(self, nodes: Iterable[NodeId]) -> tuple[NodeId, ...]:
        """These nodes, with what stands before them in place of those that are no tasks."""
        waiting = list(nodes)
        seen = set(waiting)
        found: list[NodeId] = []
        while waiting:
            node = waiting.pop()
            if isinstance(self.nodes[node], Task):
                found.append(node)
                continue
            for before in self._predecessors[node]:
                if before not in seen:
                    seen.add(before)
                    waiting.append(before)
        return self._later_first(found)

    def _later_first(self, nodes: Iterable[NodeId]) -> tuple[NodeId, ...]:
        return tuple(sorted(nodes, key=self._rank.__getitem__, reverse=True))

    def _masks(self) -> dict[NodeId, int]:
        """Go over the nodes again and again until nothing changes: twice without cycles."""
        before = dict.fromkeys(self.reached, 0)
        has_changed = True
        while has_changed:
            has_changed = False
            for node in self.reached:
                mask = before[node]
                for predecessor in self._predecessors[node]:
                    mask |= before[predecessor] | self._bit[predecessor]
                if mask != before[node]:
                    before[node], has_changed = mask, True
        return before

    def _reached(self, start: NodeId) -> Sequence[NodeId]:
        left: list[NodeId] = []
        entered = {start}
        path = [(start, iter(self.successors[start]))]
        while path:
            node, targets = path[-1]
            target = next((target for target in targets if target not in entered), None)
            if target is None:
                left.append(node)
                path.pop()
            else:
                entered.add(target)
                path.append((target, iter(self.successors[target])))
        return left[::-1]


def _successors(body: Body) -> Iterator[tuple[NodeId, tuple[NodeId, ...]]]:
    """Where each node leads to; in a sequence, to the one after it."""
    known = {node.id for node in body.nodes}
    for index, node in enumerate(body.nodes):
        if body.start is None:
            following = body.nodes[index + 1 : index + 2]
            yield node.id, tuple(one.id for one in following)
        else:
            yield node.id, tuple(dict.fromkeys(target for target in _targets(node) if target in known))


def _targets(node: Node) -> Iterator[NodeId]:
    if isinstance(node, Switch):
        for case in node.cases:
            if case.next is not None:
                yield case.next
        if node.default_next is not None:
            yield node.default_next
    elif node.next is not None:
        yield node.next

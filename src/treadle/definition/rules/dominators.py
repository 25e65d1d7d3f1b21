"""What a run must have come through to be at a node: the dominators of a graph, in nearly linear time.

The algorithm is Semi-NCA (Georgiadis, 2005): semidominators by Lengauer and Tarjan, and from them the
immediate dominators by walking up the tree made so far. Nodes are numbered as a walk first meets them.
"""

from collections.abc import Sequence
from typing import Final

ROOT: Final = -1
"""Stands above what nothing stands above."""


def dominators(targets: Sequence[Sequence[int]], start: int) -> dict[int, int]:
    """The immediate dominator of each node that is reached from `start`, in preorder; `start` is its own."""
    nodes, parents, numbers = _walk(targets, start)
    semis = _semidominators(targets, nodes, parents, numbers)
    found = [0] * len(nodes)
    for number in range(1, len(nodes)):
        above = parents[number]
        while above > semis[number]:
            above = found[above]
        found[number] = above
    return {node: nodes[found[number]] for number, node in enumerate(nodes)}


def _walk(targets: Sequence[Sequence[int]], start: int) -> tuple[list[int], list[int], dict[int, int]]:
    """Depth first: the nodes in preorder, the number of each one's parent, and the number of each node."""
    nodes, parents, numbers = [start], [0], {start: 0}
    path = [(0, iter(targets[start]))]
    while path:
        number, left = path[-1]
        target = next((target for target in left if target not in numbers), None)
        if target is None:
            path.pop()
        else:
            numbers[target] = len(nodes)
            path.append((len(nodes), iter(targets[target])))
            nodes.append(target)
            parents.append(number)
    return nodes, parents, numbers


def _semidominators(
    targets: Sequence[Sequence[int]], nodes: Sequence[int], parents: Sequence[int], numbers: dict[int, int]
) -> list[int]:
    sources: list[list[int]] = [[] for _ in nodes]
    for number, node in enumerate(nodes):
        for target in targets[node]:
            sources[numbers[target]].append(number)
    semis = list(range(len(nodes)))
    forest = Forest(semis)
    for number in range(len(nodes) - 1, 0, -1):
        for source in sources[number]:
            semis[number] = min(semis[number], semis[forest.least(source)])
        forest.link(number, parents[number])
    return semis


class Forest:
    """Trees that grow together; it knows the node of least `semis` on the way up, paths compressed."""

    def __init__(self, semis: Sequence[int]) -> None:
        self._semis = semis
        self._above = [ROOT] * len(semis)
        self._least = list(range(len(semis)))

    def link(self, number: int, above: int) -> None:
        self._above[number] = above

    def least(self, number: int) -> int:
        """The node with the least semidominator from `number` up to, but without, the root of its tree."""
        path = []
        at = number
        while self._above[at] != ROOT and self._above[self._above[at]] != ROOT:
            path.append(at)
            at = self._above[at]
        for lower in reversed(path):
            above = self._above[lower]
            if self._semis[self._least[above]] < self._semis[self._least[lower]]:
                self._least[lower] = self._least[above]
            self._above[lower] = self._above[above]
        return self._least[number]

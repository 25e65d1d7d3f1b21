"""The conditions that hold where an expression stands, told by the way to it through the document."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from msgspec import UNSET

from treadle.expressions.needs import proven
from treadle.expressions.pointers import segments
from treadle.expressions.proofs import NO_FACTS, Facts
from treadle.model.json import Json

CASES_MAX: Final = 64
"""Cases before another that are looked at: what they tell by not matching is little."""
BODIES: Final = frozenset({"steps", "nodes"})


class Asked(NamedTuple):
    """A condition, and whether it holds or does not."""

    condition: Json
    truth: bool


class Surroundings:
    """What holds around the expressions of a document; a condition is read once."""

    def __init__(self, tree: Json) -> None:
        self._tree = tree
        self._proven: dict[tuple[int, bool], Facts] = {}
        self._ways: dict[int, dict[str, list[Asked]]] = {}

    def asked(self, pointer: str) -> Iterator[Asked]:
        """The conditions that hold, or do not, where an expression is evaluated."""
        value, parent_key, start = self._tree, "", UNSET
        keys = segments(pointer)
        for key in keys:
            if isinstance(value, dict):
                yield from _asked_in_object(value, key, is_case=parent_key == "cases")
                start = value.get("start", UNSET)
                value, parent_key = value[key], key
            else:
                index = int(key)
                if parent_key == "cases":
                    yield from _refused(value[:index])
                elif parent_key == "nodes":
                    yield from self._asked_on_the_way(value, index, start)
                value = value[index]

    def facts(self, asked: Iterable[Asked]) -> Facts:
        """What all of these prove."""
        return NO_FACTS.union(*[self._proves(one) for one in asked])

    def _proves(self, asked: Asked) -> Facts:
        # A document is not changed while it is looked at: an object of it is its place.
        key = (id(asked.condition), asked.truth)
        if key not in self._proven:
            self._proven[key] = proven(asked.condition, asked.truth)
        return self._proven[key]

    def _asked_on_the_way(self, nodes: list[Json], index: int, start: Json) -> Iterator[Asked]:
        """In a graph: what the only way that leads to a node asks, if it is that of a switch."""
        if id(nodes) not in self._ways:
            self._ways[id(nodes)] = _ways(nodes)
        node = nodes[index]
        node_id = node.get("id") if isinstance(node, dict) else None
        if isinstance(node_id, str) and node_id != start:
            yield from self._ways[id(nodes)].get(node_id, [])


def _asked_in_object(value: dict[str, Json], key: str, *, is_case: bool) -> Iterator[Asked]:
    if key != "when" and "when" in value and (is_case or "kind" in value):
        yield Asked(value["when"], True)
    if key == "default" and isinstance(value.get("cases"), list):
        yield from _refused(value["cases"])
    if key in BODIES and "while" in value:
        yield Asked(value["while"], True)


def _refused(cases: list[Json]) -> Iterator[Asked]:
    for case in cases[:CASES_MAX]:
        if isinstance(case, dict) and "when" in case:
            yield Asked(case["when"], False)


def _ways(nodes: list[Json]) -> dict[str, list[Asked]]:
    """What is asked on the way to each node that only one way leads to."""
    found: dict[str, list[Asked]] = {}
    several: set[str] = set()
    for target, asked in _targets(nodes):
        if target in found:
            several.add(target)
        found[target] = asked
    return {target: asked for target, asked in found.items() if target not in several}


def _targets(nodes: list[Json]) -> Iterator[tuple[str, list[Asked]]]:
    for node in nodes:
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("next"), str):
            yield node["next"], []
        cases = node.get("cases")
        if not isinstance(cases, list):
            continue
        for index, case in enumerate(cases):
            if isinstance(case, dict) and isinstance(case.get("next"), str):
                yield case["next"], [*_refused(cases[:index]), Asked(case.get("when"), True)]
        if isinstance(node.get("default"), str):
            yield node["default"], list(_refused(cases))

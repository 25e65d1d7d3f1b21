"""Graphs are measured as a naive walk would measure them, and in time that grows with their ways."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.definition.documents import case, document, flow, node, reading, switch, task
from treadle.definition.read import check
from treadle.definition.reading import Outline, OutlineBody, Way
from treadle.definition.rules.dominators import dominators
from treadle.definition.rules.ways import GraphWays
from treadle.model.json import Json

NODES_MAX = 1_000
GRAPHS = st.integers(1, 9).flatmap(
    lambda count: st.lists(
        st.lists(st.integers(0, count - 1), max_size=3, unique=True), min_size=count, max_size=count
    )
)


def reached(targets: Sequence[Sequence[int]], start: int, without: int | None = None) -> set[int]:
    found = set() if start == without else {start}
    waiting = list(found)
    while waiting:
        for target in targets[waiting.pop()]:
            if target not in found and target != without:
                found.add(target)
                waiting.append(target)
    return found


@given(GRAPHS)
def test_a_dominator_is_a_node_without_which_another_is_not_reached(targets: list[list[int]]) -> None:
    above = dominators(targets, 0)
    assert above.keys() == reached(targets, 0)
    for index in above:
        chain, at = {index}, index
        while at != 0:
            at = above[at]
            chain.add(at)
        assert chain == {one for one in above if index not in reached(targets, 0, without=one)}


def body(targets: list[list[int]]) -> OutlineBody:
    """A graph whose nodes are named by their numbers."""
    found = OutlineBody("")
    found.is_graph, found.start = True, Way(target="0", pointer="/start")
    for index, following in enumerate(targets):
        found.nodes.append(
            Outline(
                id=str(index),
                kind="task",
                pointer=f"/nodes/{index}",
                has_when=False,
                has_next=bool(following),
                is_compensated=False,
                bodies=[],
                ways=[Way(target=str(target), pointer="") for target in following],
            )
        )
    return found


@given(GRAPHS)
def test_a_ring_is_what_leads_to_each_other_and_stands_before_what_it_leads_to(
    targets: list[list[int]],
) -> None:
    ways = GraphWays(body(targets))
    assert {index for ring in ways.rings for index in ring} == reached(targets, 0) == set(ways.forward)
    number = {index: number for number, ring in enumerate(ways.rings) for index in ring}
    for index in number:
        for target in reached(targets, index):
            together = index in reached(targets, target)
            assert (number[index] == number[target]) is together
            assert number[index] <= number[target]
        is_on_cycle = any(index in reached(targets, target) for target in targets[index])
        assert (index in ways.on_cycle) is is_on_cycle


def numbered(count: int, ways: dict[int, list[int]]) -> Json:
    """A graph of switches, each with a case for each way but the last, which is its default."""
    nodes: list[Json] = []
    for index in range(count):
        *cases, last = ways.get(index) or [index + 1]
        arms = [{"when": {"==": [{"var": "input"}, arm]}, "next": f"n{arm}"} for arm in cases]
        if last < count:
            nodes.append(switch(f"n{index}", *arms, default=f"n{last}"))
        else:
            nodes.append(reading("nodes.n0.output.value", f"n{index}"))
    return flow(*nodes, start="n0")


COUNT = NODES_MAX - 1
LARGE: dict[str, Json] = {
    "a chain": document(
        task("n0"), *(reading(f"nodes.n{index - 1}.output", f"n{index}") for index in range(1, NODES_MAX))
    ),
    "many joins": numbered(
        COUNT,
        {
            index: [min(index + 7, COUNT - 1), min(index + 3, COUNT - 1), index + 1]
            for index in range(COUNT - 1)
        },
    ),
    "ways back": numbered(
        COUNT, {index: [max(index - 1, 0), index // 2, index + 1] for index in range(COUNT - 1)}
    ),
    "two ladders": numbered(
        COUNT,
        {0: [1, 2]}
        | {
            index: [index + 1, index + 2] if index % 2 else [max(index - 3, 1), index + 2]
            for index in range(1, COUNT - 2)
        },
    ),
    "a ring of compensated nodes": flow(
        *(task(f"n{i}", next=f"n{(i + 1) % COUNT}", compensate={"handler": "u"}) for i in range(COUNT)),
        start="n0",
    ),
    "a thousand cases": document(
        *(
            switch(f"n{i}", *(case(when={"==": [{"var": "input"}, arm]}) for arm in range(30)))
            for i in range(33)
        )
    ),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("tree", LARGE.values(), ids=LARGE)
def test_a_thousand_nodes_are_looked_at_in_a_moment(tree: Json) -> None:
    report = check(tree)
    assert {fault.code for fault in report.errors} <= {"compensated_cycle", "unreachable_node"}


def test_bodies_sixteen_deep_are_looked_at_once_each() -> None:
    inner: list[Json] = [reading("nodes.t0.output", "last")]
    for level in range(15):
        before = [task(f"{level}".translate(LETTERS) + f"{index}") for index in range(60)]
        inner = [*before, node("shield", f"s{level}", steps=inner)]
    assert [fault.code for fault in check(document(task("t0"), *inner)).errors] == []


LETTERS = str.maketrans("0123456789", "abcdefghij")

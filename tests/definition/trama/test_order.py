"""What may have run before a node, and which step was the last: held against every way through the graph."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.definition.trama.documents import case, flow, read, saga, sleep, step, switch, task
from treadle.definition.trama.order import Order
from treadle.definition.trama.standpoints import Standpoints
from treadle.model.definition import Switch, Task
from treadle.model.ids import NodeId
from treadle.model.json import Json

DIAMOND: Json = flow(
    task("a", next="s"),
    switch("s", case("b"), case("z"), default="c"),
    task("b", next="z"),
    sleep("z", next="c"),
    task("c", next="d"),
    task("d"),
)


def order_of(tree: Json) -> Order:
    return Order(read(tree).body)


def test_in_a_sequence_the_step_before_is_known() -> None:
    order = order_of(saga(step("a"), step("b"), step("c")))
    assert [order.last_before(NodeId(name)) for name in "abc"] == [(), ("a",), ("b",)]
    assert order.last_of_all() == ("c",)
    assert order.tasks() == ("c", "b", "a")
    assert order.may_precede(NodeId("a"), NodeId("c"))
    assert not order.may_precede(NodeId("c"), NodeId("a"))
    assert not order.may_precede(NodeId("c"), NodeId("c"))
    assert order.cycle() is None


def test_behind_a_choice_the_step_before_is_one_of_several_later_ones_first() -> None:
    order = order_of(DIAMOND)
    assert order.last_before(NodeId("s")) == ("a",)
    assert order.last_before(NodeId("z")) == ("b", "a")
    assert order.last_before(NodeId("c")) == ("b", "a")
    assert order.last_before(NodeId("d")) == ("c",)
    assert order.last_of_all() == ("d",)
    assert not order.may_precede(NodeId("z"), NodeId("b"))


def test_a_graph_that_goes_round_is_known() -> None:
    order = order_of(flow(task("a", next="s"), switch("s", case("a"), default="b"), task("b")))
    assert order.cycle() in {"a", "s"}
    assert order.may_precede(NodeId("a"), NodeId("a"))
    assert order.last_before(NodeId("a")) == ("a",)
    assert order_of(flow(sleep("z", next="z"))).last_of_all() == ()


def test_what_nothing_leads_to_has_nothing_before_it() -> None:
    definition = read(DIAMOND)
    order = Order(type(definition.body)(nodes=definition.body.nodes, start=NodeId("c")))
    assert order.reached == ("c", "d")
    assert order.last_before(NodeId("b")) == ()
    assert not order.may_precede(NodeId("a"), NodeId("b"))
    assert Order(type(definition.body)(nodes=definition.body.nodes, start=NodeId("q"))).reached == ()
    assert Order(type(definition.body)()).reached == ()


@st.composite
def graphs(draw: st.DrawFn) -> Json:
    """Graphs without a way back."""
    count = draw(st.integers(1, 7))
    nodes: list[Json] = []
    for index in range(count):
        name, later = f"n{index}", [f"n{other}" for other in range(index + 1, count)]
        kind = draw(st.sampled_from(["task", "sleep", "switch"] if later else ["task", "sleep"]))
        next_ = later[0] if later else None
        if kind == "switch":
            nodes.append(switch(name, case(draw(st.sampled_from(later))), default=next_))
        else:
            nodes.append(task(name, next=next_) if kind == "task" else sleep(name, next=next_))
    return flow(*nodes)


def walks(order: Order, node: NodeId) -> Iterator[tuple[NodeId, ...]]:
    """Every way from a node on."""
    yield (node,)
    for target in order.successors[node]:
        for walk in walks(order, target):
            yield (node, *walk)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_way_through_a_graph_is_thought_of(tree: Json) -> None:
    order = order_of(tree)
    last: dict[NodeId, set[NodeId]] = {node: set() for node in order.reached}
    before: dict[NodeId, set[NodeId]] = {node: set() for node in order.reached}
    for *passed, end in walks(order, order.reached[0]):
        tasks = [node for node in passed if isinstance(order.nodes[node], Task)]
        last[end].update(tasks[-1:])
        before[end].update(passed)
    for node in order.reached:
        assert set(order.last_before(node)) == last[node]
        assert {one for one in order.reached if order.may_precede(one, node)} == before[node]
        ranks = [order.reached.index(one) for one in order.last_before(node)]
        assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize(("name", "phase", "own"), [("request", "UP", None), ("undo", "DOWN", "a b")])
def test_an_expression_knows_of_which_step_it_is(name: str, phase: str, own: str | None) -> None:
    definition = read(saga(step("a b"), step("c")))
    stands = Standpoints(definition)
    first = definition.body.nodes[0]
    assert isinstance(first, Task)
    stand = stands.request(first) if name == "request" else stands.undo(first)
    assert (stand.step_name, stand.phase, stand.has_callback) == ("a b", phase, False)
    assert (stand.undone.name if stand.undone else None) == own


def test_at_the_end_every_step_may_have_run() -> None:
    stands = Standpoints(read(DIAMOND))
    success, failure = stands.on_success(), stands.on_failure()
    assert (success.step_name, success.phase) == ("onSuccessCallback", "UP")
    assert (failure.step_name, failure.phase) == ("onFailureCallback", "DOWN")
    assert [one.name for one in success.last] == ["d"]
    assert [one.name for one in failure.last] == ["d", "c", "b", "a"]
    assert failure.may_have_run(NodeId("a"))
    chosen = read(DIAMOND).body.nodes[1]
    assert isinstance(chosen, Switch)
    assert "sagaId" not in stands.case(chosen).roots
    assert stands.callback().roots == ("payload", "input", "callback")

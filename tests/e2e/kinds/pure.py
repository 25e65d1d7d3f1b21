"""Nodes that call nobody (`emit`, `set`, `end`), and graphs."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work, equal, node
from tests.e2e.kinds.scenario import End, Scenario
from tests.e2e.kinds.services import Plan, Reply
from tests.e2e.kinds.steps import arrived, let_go, signal, stands

Documents = tuple[dict[str, Any], ...]
HELD: Final = Plan(is_held=True)


def _emit(work: Work) -> Documents:
    placed = node("emit", "tell", topic="orders", type="placed", data={"order": "{{ input.order }}"})
    shipped = node("emit", "tell_more", topic="orders", type="shipped", data={}, key="{{ input.order }}")
    output = ["{{ nodes.tell.output.message_id }}", "{{ nodes.tell_more.output.message_id }}"]
    return (work.document(placed, work.task("ship"), shipped, output=output),)


EMIT: Final = Scenario(
    name="emit",
    documents=_emit,
    input={"order": "o-1"},
    plans={"ship": HELD},
    middle=(arrived("ship"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("ship"),),
    end=End(
        output=["<id>/tell", "<id>/tell_more"],
        nodes=dict.fromkeys(("tell", "ship", "tell_more"), "completed"),
        calls={"ship": "broken 200"},
        events={"MessageEmitted": 2},
    ),
)


def _set(work: Work) -> Documents:
    return (
        work.document(
            node("set", "before", vars={"color": "red", "from": "{{ vars.color }}"}),
            work.task("paint"),
            work.task("dry", when=equal("vars.color", "blue")),
            node("set", "after", vars={"by": "{{ nodes.paint.output.did }}"}),
            vars={"color": "white"},
            output=["{{ vars.color }}", "{{ vars.from }}", "{{ vars.by }}"],
        ),
    )


SET: Final = Scenario(
    name="set",
    documents=_set,
    plans={"paint": HELD},
    middle=(arrived("paint"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("paint"),),
    end=End(
        output=["red", "white", "paint"],
        nodes={**dict.fromkeys(("before", "paint", "after"), "completed"), "dry": "skipped"},
        calls={"paint": "broken 200"},
        events={"VarsSet": 2, "NodeSkipped": 1},
    ),
)


def _ending(work: Work) -> Documents:
    stop = node("end", "stop", status="completed", output={"why": "{{ nodes.hold.output }}"})
    branches = {
        "left": [work.task("pay", undo=True), work.task("pack")],
        "right": [node("wait", "hold", signal="go"), stop],
    }
    return (work.document(node("parallel", "fork", branches=branches), work.task("later")),)


# What is in flight beside the end is awaited, and not undone: the execution completes.
END_COMPLETED: Final = Scenario(
    name="end-completed",
    documents=_ending,
    plans={"pay": HELD},
    middle=(arrived("pay"), stands("hold", "waiting")),
    reasons=frozenset({"in_flight", "waiting_signal"}),
    onward=(
        arrived("pay", times=2),
        signal("go", "enough"),
        stands("pay", "closing"),
        let_go("pay"),
    ),
    end=End(
        output={"why": "enough"},
        nodes={**dict.fromkeys(("pay", "hold", "stop"), "completed"), "fork": "cancelled"},
        compensations={"pay": "armed"},
        calls={"pay": "broken 200"},
    ),
)


def _ending_badly(work: Work) -> Documents:
    stop = node("end", "stop", status="failed", error={"code": "sold_out", "message": "{{ input.item }}"})
    way = {"when": equal("nodes.look.output.did", "look"), "steps": [stop]}
    steps = (work.task("reserve", undo=True), work.task("look"), node("switch", "way", cases=[way]))
    return (work.document(*steps, work.task("later")),)


END_FAILED: Final = Scenario(
    name="end-failed",
    documents=_ending_badly,
    input={"item": "shuttle"},
    plans={"look": HELD},
    middle=(arrived("look"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("look"),),
    end=End(
        status="failed",
        failure=("rejected", "sold_out", "stop"),
        nodes={**dict.fromkeys(("reserve", "look", "stop"), "completed"), "way": "cancelled"},
        compensations={"reserve": "completed"},
        calls={"reserve": "200", "look": "broken 200", "reserve/undo": "200"},
    ),
)


def _graph(work: Work) -> Documents:
    again = {"when": equal("nodes.ask.output.is_sure", False), "next": "ask"}
    nodes = [
        work.task("finish", undo=True),
        work.task("ask", next="judge"),
        node("switch", "judge", cases=[again], default="finish"),
    ]
    return (work.document(nodes=nodes, start="ask"),)


GRAPH: Final = Scenario(
    name="graph",
    documents=_graph,
    plans={
        "ask": Plan(
            is_held=True,
            replies={"ask": Reply(body={"is_sure": False}), "ask~2": Reply(body={"is_sure": True})},
        )
    },
    middle=(let_go("ask"), arrived("ask", "ask~2")),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("ask", "ask~2"),),
    end=End(
        output={"did": "finish"},
        nodes={"ask~2": "completed", "judge~2": "completed", "finish": "completed"},
        compensations={"finish": "armed"},
        calls={"ask": "200", "ask~2": "broken 200", "finish": "200"},
        events={"BranchChosen": 2},
    ),
)
SCENARIOS: Final = (EMIT, SET, END_COMPLETED, END_FAILED, GRAPH)

"""A further run after a failure, and the deadlines of a node and of an execution."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work, node
from tests.e2e.kinds.scenario import End, Scenario
from tests.e2e.kinds.services import Plan, Reply
from tests.e2e.kinds.steps import act, arrived, ended, let_go

Documents = tuple[dict[str, Any], ...]
SHORT: Final = "3s"
"""Longer than it takes until the kill, as a rule; the end is the same if it is not."""


def _retried(work: Work) -> Documents:
    tasks = (work.task("look"), work.task("pay", undo=True), work.task("ship"))
    return (work.document(*tasks, on_failure=work.http("regrets"), on_success=work.http("thanks")),)


RETRIED: Final = Scenario(
    name="retried",
    documents=_retried,
    plans={"ship": Plan(is_held=True, replies={"ship": Reply(status=409)})},
    middle=(let_go("ship"), ended("failed"), act("retry"), arrived("ship", "ship~2")),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("ship", "ship~2"),),
    end=End(
        output={"did": "ship~2"},
        nodes={"look": "completed", "pay~2": "completed", "ship~2": "completed"},
        compensations={"pay": "completed", "pay~2": "armed"},
        calls={
            "look": "200",
            "pay": "200",
            "ship": "409",
            "pay/undo": "200",
            "$on_failure/1": "200",
            "pay~2": "200",
            "ship~2": "broken 200",
            "$on_success/2": "200",
        },
        events={"ExecutionRetried": 1, "ExecutionFailed": 1},
        run=2,
    ),
)


def _late_node(work: Work) -> Documents:
    hold = node("wait", "hold", signal="go", deadline=SHORT)
    return (work.document(work.task("reserve", undo=True), hold),)


NODE_DEADLINE: Final = Scenario(
    name="node-deadline",
    documents=_late_node,
    middle=(),
    onward=(),
    end=End(
        status="failed",
        failure=("timeout", "deadline", "hold"),
        nodes={"reserve": "completed", "hold": "failed"},
        compensations={"reserve": "completed"},
        calls={"reserve": "200", "reserve/undo": "200"},
    ),
)


def _late(work: Work) -> Documents:
    hold = node("wait", "hold", signal="go")
    steps = (work.task("reserve", undo=True), hold)
    return (work.document(*steps, deadline=SHORT, on_failure=work.http("regrets")),)


DEADLINE: Final = Scenario(
    name="deadline",
    documents=_late,
    middle=(),
    onward=(),
    end=End(
        status="failed",
        failure=("timeout", "deadline", None),
        nodes={"reserve": "completed", "hold": "cancelled"},
        compensations={"reserve": "completed"},
        calls={"reserve": "200", "reserve/undo": "200", "$on_failure/1": "200"},
        events={"DeadlinePassed": 1},
    ),
)
SCENARIOS: Final = (RETRIED, NODE_DEADLINE, DEADLINE)

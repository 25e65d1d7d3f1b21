"""`child`: waited for, failing, undone, cancelled, detached."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work, node
from tests.e2e.kinds.scenario import End, Scenario
from tests.e2e.kinds.services import Plan, Reply
from tests.e2e.kinds.steps import act, arrived, ended, let_go

Documents = tuple[dict[str, Any], ...]
HELD: Final = Plan(is_held=True)
REFUSING: Final = Plan(is_held=True, replies={"pack": Reply(status=409), "ship": Reply(status=409)})


def _family(work: Work, *, is_undone: bool = False, **fields: Any) -> Documents:
    """The parent reserves, has the order done by its child, and ships."""
    name = f"{work.scenario}.order"
    undo = {"compensate": work.http("order.undo")} if is_undone else {}
    order = node("child", "order", definition=name, input={"of": "{{ execution.id }}"}, **undo, **fields)
    child = work.document(work.task("pay", undo=True), work.task("pack", undo=True), name=name)
    return (work.document(work.task("reserve", undo=True), order, work.task("ship")), child)


CHILD: Final = Scenario(
    name="child",
    documents=_family,
    plans={"pack": HELD},
    middle=(arrived("pack"),),
    reasons=frozenset({"waiting_child"}),
    onward=(let_go("pack"),),
    end=End(
        output={"did": "ship"},
        nodes=dict.fromkeys(("reserve", "order", "ship"), "completed"),
        compensations={"reserve": "armed"},
        calls={"reserve": "200", "ship": "200"},
        events={"ChildStarted": 1, "ChildEnded": 1},
    ),
    children={
        "order": End(
            output={"did": "pack"},
            nodes={"pay": "completed", "pack": "completed"},
            compensations={"pay": "armed", "pack": "armed"},
            calls={"pay": "200", "pack": "broken 200"},
        )
    },
)
CHILD_FAILING: Final = Scenario(
    name="child-failing",
    documents=_family,
    plans={"pack": REFUSING},
    middle=(arrived("pack"),),
    reasons=frozenset({"waiting_child"}),
    onward=(let_go("pack"),),
    end=End(
        status="failed",
        failure=("error", "child_failed", "order"),
        nodes={"reserve": "completed", "order": "failed"},
        compensations={"reserve": "completed"},
        calls={"reserve": "200", "reserve/undo": "200"},
    ),
    children={
        "order": End(
            status="failed",
            failure=("error", "http_409", "pack"),
            nodes={"pay": "completed", "pack": "failed"},
            compensations={"pay": "completed", "pack": "completed"},
            calls={"pay": "200", "pack": "broken 409", "pack/undo": "200", "pay/undo": "200"},
        )
    },
)
CHILD_DONE: Final = End(
    output={"did": "pack"},
    nodes={"pay": "completed", "pack": "completed"},
    compensations={"pay": "armed", "pack": "armed"},
    calls={"pay": "200", "pack": "200"},
)
CHILD_UNDONE: Final = Scenario(
    name="child-undone",
    documents=lambda work: _family(work, is_undone=True),
    plans={"ship": REFUSING, "order.undo": HELD},
    middle=(let_go("ship"), arrived("order.undo", "order")),
    reasons=frozenset({"compensating"}),
    onward=(let_go("order.undo", "order"),),
    end=End(
        status="failed",
        failure=("error", "http_409", "ship"),
        nodes={"reserve": "completed", "order": "completed", "ship": "failed"},
        compensations={"reserve": "completed", "order": "completed"},
        calls={"reserve": "200", "ship": "409", "order/undo": "broken 200", "reserve/undo": "200"},
    ),
    children={"order": CHILD_DONE},
)
# The cancel reaches the child, whose end is awaited.
CHILD_CANCELLED: Final = Scenario(
    name="child-cancelled",
    documents=_family,
    plans={"pack": HELD},
    middle=(arrived("pack"), act("cancel")),
    reasons=frozenset({"draining"}),
    onward=(let_go("pack"),),
    end=End(
        status="cancelled",
        nodes={"reserve": "completed", "order": "cancelled"},
        compensations={"reserve": "completed"},
        calls={"reserve": "200", "reserve/undo": "200"},
    ),
    children={
        "order": End(
            status="cancelled",
            nodes={"pay": "completed", "pack": "cancelled"},
            compensations={"pay": "completed", "pack": "completed"},
            calls={"pay": "200", "pack": "broken", "pack/undo": "200", "pay/undo": "200"},
        )
    },
)
CHILD_DETACHED: Final = Scenario(
    name="child-detached",
    documents=lambda work: _family(work, mode="detach"),
    plans={"pack": HELD},
    middle=(arrived("pack"), ended("completed")),
    reasons=frozenset({"ended"}),
    onward=(let_go("pack"),),
    end=End(
        output={"did": "ship"},
        nodes=dict.fromkeys(("reserve", "order", "ship"), "completed"),
        compensations={"reserve": "armed"},
        calls={"reserve": "200", "ship": "200"},
        events={"ChildStarted": 1, "ChildEnded": 0},
    ),
    children={
        "order": End(
            output={"did": "pack"},
            nodes={"pay": "completed", "pack": "completed"},
            compensations={"pay": "armed", "pack": "armed"},
            calls={"pay": "200", "pack": "broken 200"},
        )
    },
)
SCENARIOS: Final = (CHILD, CHILD_FAILING, CHILD_UNDONE, CHILD_CANCELLED, CHILD_DETACHED)

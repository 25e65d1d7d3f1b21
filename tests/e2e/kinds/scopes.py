"""`try` and `shield`, and what a cancel does."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work, node
from tests.e2e.kinds.scenario import End, Scenario
from tests.e2e.kinds.services import Plan, Reply
from tests.e2e.kinds.steps import act, arrived, let_go

Documents = tuple[dict[str, Any], ...]
HELD: Final = Plan(is_held=True)


def _try(work: Work) -> Documents:
    guard = {
        **node("try", "guard", steps=[work.task("pay", undo=True), work.task("ship")]),
        "catch": [
            {"on": ["timeout"], "steps": [work.task("late")]},
            {"on": ["error"], "steps": [work.task("note")]},
        ],
        "finally": [work.task("clean")],
    }
    return (work.document(work.task("reserve", undo=True), guard, work.task("after")),)


TRY: Final = Scenario(
    name="try",
    documents=_try,
    plans={"ship": Plan(replies={"ship": Reply(status=409)}), "pay.undo": HELD},
    middle=(arrived("pay.undo", "pay"),),
    reasons=frozenset({"compensating"}),
    onward=(let_go("pay.undo", "pay"),),
    end=End(
        output={"did": "after"},
        nodes={
            **dict.fromkeys(("reserve", "pay", "note", "clean", "guard", "after"), "completed"),
            "ship": "failed",
        },
        compensations={"reserve": "armed", "pay": "completed"},
        calls={
            "reserve": "200",
            "pay": "200",
            "ship": "409",
            "pay/undo": "broken 200",
            "note": "200",
            "clean": "200",
            "after": "200",
        },
    ),
)
TRY_CATCHING: Final = Scenario(
    name="try-catching",
    documents=_try,
    plans={"ship": Plan(replies={"ship": Reply(status=409)}), "note": HELD, "clean": HELD},
    middle=(arrived("note"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("note"), let_go("clean")),
    end=End(
        output={"did": "after"},
        nodes={
            **dict.fromkeys(("reserve", "pay", "note", "clean", "guard", "after"), "completed"),
            "ship": "failed",
        },
        compensations={"reserve": "armed", "pay": "completed"},
        calls={
            "reserve": "200",
            "pay": "200",
            "ship": "409",
            "pay/undo": "200",
            "note": "broken 200",
            "clean": "200",
            "after": "200",
        },
    ),
)


def _shield(work: Work) -> Documents:
    safe = node("shield", "safe", steps=[work.task("pay", undo=True), work.task("pack", undo=True)])
    steps = (work.task("reserve", undo=True), safe, work.task("later"))
    return (work.document(*steps, on_cancel=work.http("sorry")),)


SHIELD: Final = Scenario(
    name="shield",
    documents=_shield,
    plans={"pay": HELD},
    middle=(arrived("pay"), act("cancel")),
    onward=(let_go("pay"),),
    end=End(
        status="cancelled",
        nodes=dict.fromkeys(("reserve", "safe", "pay", "pack"), "completed"),
        compensations=dict.fromkeys(("reserve", "pay", "pack"), "completed"),
        calls={
            "reserve": "200",
            "pay": "broken 200",
            "pack": "200",
            "pack/undo": "200",
            "pay/undo": "200",
            "reserve/undo": "200",
            "$on_cancel/1": "200",
        },
    ),
)


def _cancelled(work: Work) -> Documents:
    tasks = (work.task("reserve", undo=True), work.task("pay", undo=True), work.task("later"))
    return (work.document(*tasks, on_cancel=work.http("sorry")),)


# A call that was told to stop and lost with its process is not sent again, but undone.
CANCELLED: Final = Scenario(
    name="cancelled",
    documents=_cancelled,
    plans={"pay": HELD},
    middle=(arrived("pay"), act("cancel")),
    reasons=frozenset({"draining"}),
    onward=(),
    end=End(
        status="cancelled",
        nodes={"reserve": "completed", "pay": "cancelled"},
        compensations={"reserve": "completed", "pay": "completed"},
        calls={
            "reserve": "200",
            "pay": "broken",
            "pay/undo": "200",
            "reserve/undo": "200",
            "$on_cancel/1": "200",
        },
    ),
)
SCENARIOS: Final = (TRY, TRY_CATCHING, SHIELD, CANCELLED)

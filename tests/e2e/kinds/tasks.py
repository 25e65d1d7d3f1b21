"""Tasks: answered at once, undone, by callback, in back-off; and hooks."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work
from tests.e2e.kinds.scenario import End, Scenario
from tests.e2e.kinds.services import Plan, Reply
from tests.e2e.kinds.steps import act, arrived, call_back, let_go, stands

Documents = tuple[dict[str, Any], ...]
REFUSED: Final = Reply(status=409)
ACCEPTED: Final = Reply(status=202)


def _saga(work: Work) -> Documents:
    tasks = [work.task(name, undo=True) for name in ("reserve", "charge", "ship")]
    return (work.document(*tasks, on_success=work.http("thanks"), on_failure=work.http("regrets")),)


TASK: Final = Scenario(
    name="task",
    documents=_saga,
    plans={"charge": Plan(is_held=True)},
    middle=(arrived("charge"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("charge"),),
    end=End(
        output={"did": "ship"},
        nodes={"reserve": "completed", "charge": "completed", "ship": "completed"},
        compensations={"reserve": "armed", "charge": "armed", "ship": "armed"},
        calls={"reserve": "200", "charge": "broken 200", "ship": "200", "$on_success/1": "200"},
    ),
)
# The call that was lost may have shipped: it is undone although its repetition is refused.
TASK_REFUSED: Final = Scenario(
    name="task-refused",
    documents=_saga,
    plans={"ship": Plan(is_held=True, replies={"ship": REFUSED})},
    middle=(arrived("ship"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("ship"),),
    end=End(
        status="failed",
        failure=("error", "http_409", "ship"),
        nodes={"reserve": "completed", "charge": "completed", "ship": "failed"},
        compensations={"reserve": "completed", "charge": "completed", "ship": "completed"},
        calls={
            "reserve": "200",
            "charge": "200",
            "ship": "broken 409",
            "ship/undo": "200",
            "charge/undo": "200",
            "reserve/undo": "200",
            "$on_failure/1": "200",
        },
    ),
)
TASK_UNDOING: Final = Scenario(
    name="task-undoing",
    documents=_saga,
    plans={"ship": Plan(replies={"ship": REFUSED}), "charge.undo": Plan(is_held=True)},
    middle=(arrived("charge.undo", "charge"),),
    reasons=frozenset({"compensating"}),
    onward=(let_go("charge.undo", "charge"),),
    end=End(
        status="failed",
        failure=("error", "http_409", "ship"),
        nodes={"reserve": "completed", "charge": "completed", "ship": "failed"},
        compensations={"reserve": "completed", "charge": "completed"},
        calls={
            "reserve": "200",
            "charge": "200",
            "ship": "409",
            "charge/undo": "broken 200",
            "reserve/undo": "200",
            "$on_failure/1": "200",
        },
    ),
)
HOOK: Final = Scenario(
    name="hook",
    documents=lambda work: (work.document(work.task("look"), on_success=work.http("thanks")),),
    plans={"thanks": Plan(is_held=True)},
    middle=(arrived("thanks", "$on_success"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("thanks", "$on_success"),),
    end=End(
        output={"did": "look"},
        nodes={"look": "completed"},
        calls={"look": "200", "$on_success/1": "broken 200"},
    ),
)
BACKOFF: Final = Scenario(
    name="backoff",
    documents=lambda work: (work.document(work.task("charge", retry={"initial": "1h", "max": "1h"})),),
    plans={"charge": Plan(replies={"charge#1": Reply(status=500)})},
    middle=(stands("charge", "backoff"),),
    reasons=frozenset({"backoff"}),
    onward=(stands("charge", "backoff"), act("wake", path="charge")),
    end=End(
        output={"did": "charge"},
        nodes={"charge": "completed"},
        calls={"charge": "500 200"},
        events={"ExecutionWoken": 1, "RetryScheduled": 1},
    ),
)
ASYNC: Final = Scenario(
    name="async",
    documents=lambda work: (work.document(work.async_task("pay", undo=True)),),
    plans={"pay": Plan(replies={"pay": ACCEPTED})},
    middle=(stands("pay", "waiting"),),
    reasons=frozenset({"waiting_callback"}),
    onward=(
        call_back("pay", {"paid": 5}),
        call_back("pay", {"paid": 6}, answer=409, code="callback_already_used"),
    ),
    end=End(
        output={"paid": 5},
        nodes={"pay": "completed"},
        compensations={"pay": "armed"},
        calls={"pay": "202"},
        events={"CallbackReceived": 1},
    ),
)
# The token of the lost call is the missing answer; the call in flight then has nothing more to say.
ASYNC_LOST: Final = Scenario(
    name="async-lost",
    documents=lambda work: (work.document(work.async_task("pay", undo=True), work.task("ship")),),
    plans={"pay": Plan(is_held=True, replies={"pay": ACCEPTED}), "ship": Plan(is_held=True)},
    middle=(arrived("pay"),),
    reasons=frozenset({"in_flight"}),
    onward=(
        arrived("pay", times=2),
        call_back("pay", {"paid": 5}, call=0),
        arrived("ship"),
        call_back("pay", {"paid": 6}, call=0, answer=409, code="callback_already_used"),
        call_back("pay", {"paid": 7}, call=1, answer=410, code="not_waiting"),
        let_go("pay"),
        let_go("ship"),
    ),
    end=End(
        output={"did": "ship"},
        nodes={"pay": "completed", "ship": "completed"},
        compensations={"pay": "armed"},
        calls={"pay": "broken 202", "ship": "200"},
        events={"CallbackReceived": 1, "CallTrailed": 1, "ActivityAccepted": 1},
    ),
)
PAUSED: Final = Scenario(
    name="paused",
    documents=lambda work: (work.document(work.task("charge")),),
    plans={"charge": Plan(is_held=True)},
    middle=(arrived("charge"), act("pause")),
    onward=(let_go("charge"), act("resume")),
    end=End(
        output={"did": "charge"},
        nodes={"charge": "completed"},
        calls={"charge": "broken 200"},
        events={"ExecutionPaused": 1, "ExecutionResumed": 1},
    ),
)
SCENARIOS: Final = (TASK, TASK_REFUSED, TASK_UNDOING, HOOK, BACKOFF, ASYNC, ASYNC_LOST, PAUSED)

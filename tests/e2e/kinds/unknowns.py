"""Outcomes that nobody knows: a probe, a person, and giving up; and an undo that is stuck."""

from typing import Any, Final

from tests.e2e.kinds.documents import Work
from tests.e2e.kinds.scenario import End, Scenario
from tests.e2e.kinds.services import Plan, Reply
from tests.e2e.kinds.steps import act, arrived, has_status, let_go, stands

Documents = tuple[dict[str, Any], ...]
HELD: Final = Plan(is_held=True)


def _charged(work: Work, **fields: Any) -> Documents:
    charge = work.task("charge", undo=True, **fields)
    return (work.document(work.task("reserve", undo=True), charge, work.task("ship")),)


def _probed(work: Work) -> Documents:
    return _charged(work, probe=work.http("charge.probe"))


def _end(charge: str, probe: str | None = None, **fields: Any) -> End:
    asked = {} if probe is None else {"charge/probe": probe}
    return End(
        output={"did": "ship"},
        nodes=dict.fromkeys(("reserve", "charge", "ship"), "completed"),
        compensations={"reserve": "armed", "charge": "armed"},
        calls={"reserve": "200", "charge": charge, **asked, "ship": "200"},
        **fields,
    )


PROBE_DONE: Final = Scenario(
    name="probe-done",
    documents=_probed,
    plans={
        "charge": HELD,
        "charge.probe": Plan(replies={"charge": Reply(body={"outcome": "done", "output": {"seen": 1}})}),
    },
    middle=(arrived("charge"),),
    reasons=frozenset({"in_flight"}),
    onward=(),
    end=_end("broken", "200", events={"ProbeEnded": 1, "OutcomeResolved": 1}),
)
PROBE_NOT_DONE: Final = Scenario(
    name="probe-not-done",
    documents=_probed,
    plans={"charge": HELD, "charge.probe": Plan(replies={"charge": Reply(body={"outcome": "not_done"})})},
    middle=(arrived("charge"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("charge"),),
    end=_end("broken 200", "200", events={"ProbeEnded": 1, "OutcomeResolved": 1}),
)
PROBE_LOST: Final = Scenario(
    name="probe-lost",
    documents=_probed,
    plans={
        "charge": Plan(replies={"charge#1": Reply(status=504)}),
        "charge.probe": Plan(is_held=True, replies={"charge": Reply(body={"outcome": "not_done"})}),
    },
    middle=(arrived("charge.probe", "charge"),),
    reasons=frozenset({"in_flight"}),
    onward=(let_go("charge.probe", "charge"),),
    end=_end("504 200", "broken 200", events={"ProbeEnded": 1, "OutcomeResolved": 1}),
)
PAUSE_DONE: Final = Scenario(
    name="pause-done",
    documents=lambda work: _charged(work, on_unknown="pause"),
    plans={"charge": HELD},
    middle=(arrived("charge"),),
    reasons=frozenset({"in_flight"}),
    onward=(
        has_status("paused"),
        stands("charge", "unknown"),
        act("resolve", outcome="done", output={"charged": 1}),
    ),
    end=_end("broken", events={"OutcomeResolved": 1, "ExecutionPaused": 1, "ExecutionResumed": 1}),
)
PAUSE_NOT_DONE: Final = Scenario(
    name="pause-not-done",
    documents=lambda work: _charged(work, on_unknown="pause"),
    plans={"charge": Plan(replies={"charge#1": Reply(status=504)})},
    middle=(has_status("paused"),),
    reasons=frozenset({"paused", "unknown_outcome"}),
    onward=(stands("charge", "unknown"), act("resolve", path="charge", outcome="not_done")),
    end=_end("504 200", events={"OutcomeResolved": 1, "ExecutionPaused": 1, "ExecutionResumed": 1}),
)
COMPENSATE: Final = Scenario(
    name="unknown-compensate",
    documents=lambda work: _charged(work, on_unknown="compensate"),
    plans={"charge": HELD},
    middle=(arrived("charge"),),
    reasons=frozenset({"in_flight"}),
    onward=(),
    end=End(
        status="failed",
        failure=("error", "outcome_unknown", "charge"),
        nodes={"reserve": "completed", "charge": "failed"},
        compensations={"reserve": "completed", "charge": "completed"},
        calls={"reserve": "200", "charge": "broken", "charge/undo": "200", "reserve/undo": "200"},
    ),
)
FAIL: Final = Scenario(
    name="unknown-fail",
    documents=lambda work: _charged(work, on_unknown="fail"),
    plans={"charge": HELD},
    middle=(arrived("charge"),),
    reasons=frozenset({"in_flight"}),
    onward=(),
    end=End(
        status="failed",
        failure=("error", "outcome_unknown", "charge"),
        nodes={"reserve": "completed", "charge": "failed"},
        compensations={"reserve": "completed", "charge": "skipped"},
        calls={"reserve": "200", "charge": "broken", "reserve/undo": "200"},
    ),
)


def _stuck(name: str, act_name: str, **fields: Any) -> Scenario:
    return Scenario(
        name=name,
        documents=_charged,
        plans={
            "ship": Plan(replies={"ship": Reply(status=409)}),
            "charge.undo": Plan(replies={"charge#1": Reply(status=409)}),
        },
        middle=(has_status("stuck"),),
        reasons=frozenset({"stuck"}),
        onward=(has_status("stuck"), act(f"compensations/charge/{act_name}")),
        end=End(
            status="failed",
            failure=("error", "http_409", "ship"),
            nodes={"reserve": "completed", "charge": "completed", "ship": "failed"},
            **fields,
        ),
    )


def _undone(charge: str) -> dict[str, str]:
    return {"reserve": "200", "charge": "200", "ship": "409", "charge/undo": charge, "reserve/undo": "200"}


STUCK_RETRIED: Final = _stuck(
    "stuck-retried",
    "retry",
    compensations={"reserve": "completed", "charge": "completed"},
    calls=_undone("409 200"),
    events={"ExecutionStuck": 1, "CompensationRetried": 1},
)
STUCK_ACCEPTED: Final = _stuck(
    "stuck-accepted",
    "accept",
    compensations={"reserve": "completed", "charge": "accepted"},
    calls=_undone("409"),
    events={"ExecutionStuck": 1, "CompensationAccepted": 1},
)
SCENARIOS: Final = (
    *(PROBE_DONE, PROBE_NOT_DONE, PROBE_LOST, PAUSE_DONE, PAUSE_NOT_DONE, COMPENSATE, FAIL),
    *(STUCK_RETRIED, STUCK_ACCEPTED),
)

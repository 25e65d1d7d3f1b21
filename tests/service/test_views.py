"""An execution as it is shown, state by state."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.service.states import (
    FAILED,
    T0,
    activity,
    at,
    compensations,
    execution,
    frames,
    undo,
    visit,
    visits,
)
from treadle.core.evolve import evolve
from treadle.model.execution import (
    Attempt,
    AttemptError,
    AttemptOutcome,
    Compensation,
    CompensationStatus,
    Ending,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Frame,
    Pause,
    Phase,
    Response,
    RunWarning,
    VisitStatus,
)
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant, NodeId, Path
from treadle.model.json import Json
from treadle.model.waiting import AwaitedChild, Taken, Wait, WaitMode
from treadle.service.node_views import NODES_SHOWN_MAX, OPEN_STATUS, NodeStatus, UndoStatus
from treadle.service.views import execution_view
from treadle.testing.world import simulate

T0_TEXT = "2027-01-15T08:00:00.000Z"
WAKE_AT = Instant(T0 + 250)
RUNNING = Attempt(number=2, started_at=WAKE_AT)
FAILURE = Failure(kind=FailureKind.ERROR, code="no", message="refused", path=Path("b"), attempt=2)


def shown(state: Execution) -> Json:
    return msgspec.json.decode(msgspec.json.encode(execution_view(state)))


def node(state: Execution) -> Json:
    return shown(state)["nodes"]["a"]


@pytest.mark.parametrize(
    ("phase", "status"),
    [
        (Phase.READY, "running"),
        (Phase.BUSY, "running"),
        (Phase.JOINING, "running"),
        (Phase.UNDOING, "running"),
        (Phase.BACKOFF, "backoff"),
        (Phase.SLEEPING, "sleeping"),
        (Phase.WAITING, "waiting"),
        (Phase.CLOSING, "closing"),
    ],
)
def test_an_open_visit_has_the_status_of_its_frame(phase: Phase, status: str) -> None:
    state = execution(frames=frames(at("a", phase)), visits=visits(visit("a")))
    assert node(state)["status"] == status


def test_every_phase_has_a_status() -> None:
    assert set(OPEN_STATUS) == set(Phase)


@pytest.mark.parametrize("status", [status for status in VisitStatus if status is not VisitStatus.RUNNING])
def test_a_visit_that_is_over_has_its_own_status(status: VisitStatus) -> None:
    over = visit("a", status=status, ended_at=WAKE_AT, attempts=(FAILED,), output={"n": 1})
    state = execution(frames=frames(at("b", Phase.BUSY)), visits=visits(over))
    expected = {
        "status": status.value,
        "attempt": 1,
        "output": {"n": 1},
        "ended_at": "2027-01-15T08:00:00.250Z",
    }
    assert expected.items() <= node(state).items()


def test_an_open_visit_takes_its_attempts_from_its_frame() -> None:
    frame = at("a", Phase.BUSY, activity=activity(FAILED, RUNNING))
    state = execution(frames=frames(frame), visits=visits(visit("a")))
    assert node(state) == {
        "kind": "task",
        "status": "running",
        "attempt": 2,
        "attempts": [
            {
                "number": 1,
                "started_at": T0_TEXT,
                "ended_at": "2027-01-15T08:00:00.005Z",
                "outcome": "failed",
                "error": {"code": "http_503", "message": "busy"},
                "http_status": 503,
            },
            {
                "number": 2,
                "started_at": "2027-01-15T08:00:00.250Z",
                "ended_at": None,
                "outcome": None,
                "error": None,
                "http_status": None,
            },
        ],
        "started_at": T0_TEXT,
        "ended_at": None,
        "output": None,
        "waiting_for": None,
        "wake_at": None,
    }


def test_a_visit_that_sleeps_says_when_it_wakes() -> None:
    frame = at("a", Phase.BACKOFF, wake_at=WAKE_AT, activity=activity(FAILED))
    state = execution(frames=frames(frame), visits=visits(visit("a")))
    assert (node(state)["wake_at"], node(state)["attempt"]) == ("2027-01-15T08:00:00.250Z", 1)


def test_earlier_visits_are_shown_beside_the_newest_and_newest_first() -> None:
    newest = visit("a", path=Path("a~2"), number=2, started_at=WAKE_AT)
    state = execution(
        frames=frames(Frame(id=FrameId(1), path=Path("a~2"), phase=Phase.BUSY)),
        visits=visits(newest),
        earlier={Path("a"): visit("a", status=VisitStatus.COMPLETED)},
    )
    nodes = shown(state)["nodes"]
    assert [(path, one["status"]) for path, one in nodes.items()] == [("a~2", "running"), ("a", "completed")]


def test_more_visits_than_are_shown_are_said_to_be_there() -> None:
    many = [visit(f"n{i}", started_at=Instant(T0 + i), status=VisitStatus.COMPLETED) for i in range(501)]
    few, more = (shown(execution(visits=visits(*many[:count]))) for count in (500, 501))
    assert (len(few["nodes"]), few["nodes_truncated"]) == (NODES_SHOWN_MAX, False)
    assert (len(more["nodes"]), more["nodes_truncated"]) == (NODES_SHOWN_MAX, True)
    assert "n0" not in more["nodes"]
    assert next(iter(more["nodes"])) == "n500"


def waiting(**fields: Any) -> Json:
    """The visit `a`, at which a frame stands that waits."""
    status = fields.pop("status", VisitStatus.RUNNING)
    frame = at("a", fields.pop("phase", Phase.WAITING), **fields)
    return node(execution(frames=frames(frame), visits=visits(visit("a", status=status))))


def test_a_visit_that_waits_for_signals_names_those_that_it_would_still_take() -> None:
    wait = Wait(
        id=ActivityId(4),
        signals=("a", "b", "a"),
        mode=WaitMode.ALL,
        taken=(Taken(index=0, payload=1),),
    )
    shown_now = waiting(wait=wait, wake_at=WAKE_AT)
    assert shown_now["status"] == "waiting"
    assert shown_now["waiting_for"] == {"signals": ["b", "a"]}
    assert shown_now["wake_at"] == "2027-01-15T08:00:00.250Z"


def test_a_visit_that_waits_for_its_callback_says_until_when() -> None:
    trigger = replace(activity(RUNNING), callback_until=WAKE_AT, accepted=Response(status=202))
    shown_now = waiting(activity=trigger, wake_at=WAKE_AT)
    assert shown_now["waiting_for"] == {"callback": True, "until": "2027-01-15T08:00:00.250Z"}
    assert (shown_now["status"], shown_now["attempt"]) == ("waiting", 2)
    in_flight = waiting(phase=Phase.BUSY, activity=replace(trigger, accepted=None))
    assert (in_flight["status"], in_flight["waiting_for"]) == ("running", None)


def test_a_visit_that_waits_for_a_child_names_it_also_while_it_closes() -> None:
    child = AwaitedChild(id=ExecutionId("c"), activity=ActivityId(5))
    assert waiting(child=child)["waiting_for"] == {"child": "c"}
    closing = waiting(child=child, phase=Phase.CLOSING, ending=Ending())
    assert (closing["status"], closing["waiting_for"]) == ("closing", {"child": "c"})


def test_a_visit_whose_outcome_is_unknown_waits_for_a_persons_word() -> None:
    lost = Attempt(number=1, started_at=T0, ended_at=T0, outcome=AttemptOutcome.UNKNOWN)
    shown_now = waiting(status=VisitStatus.UNKNOWN, activity=activity(lost))
    assert (shown_now["status"], shown_now["waiting_for"]) == ("unknown", {"resolution": True})
    assert [one["outcome"] for one in shown_now["attempts"]] == ["unknown"]


def test_of_visits_of_one_instant_the_one_entered_last_comes_first() -> None:
    state = execution(visits=visits(visit("b", seq=3), visit("a", seq=9), visit("c", seq=6)))
    assert list(shown(state)["nodes"]) == ["a", "c", "b"]


def test_compensations_stand_in_their_order_with_the_state_of_their_undo() -> None:
    armed = Compensation(path=Path("a"), node=NodeId("a"), seq=8, status=CompensationStatus.ARMED)
    running = Compensation(path=Path("b"), node=NodeId("b"), seq=5, status=CompensationStatus.RUNNING)
    root = Frame(id=FrameId(1), phase=Phase.UNDOING, ending=Ending(failure=FAILURE), children=1)
    state = execution(
        frames=frames(root, undo("b", Phase.BACKOFF, activity=activity(FAILED), wake_at=WAKE_AT)),
        compensations=compensations(armed, running),
    )
    assert shown(state)["compensations"] == [
        {"path": "b", "status": "backoff", "attempt": 1, "error": None, "reason": None},
        {"path": "a", "status": "armed", "attempt": 0, "error": None, "reason": None},
    ]
    assert shown(state)["status"] == "compensating"


def test_a_compensation_that_failed_says_why() -> None:
    error = AttemptError(code="down", message="not now")
    failed = Compensation(
        path=Path("a"),
        node=NodeId("a"),
        seq=5,
        status=CompensationStatus.FAILED,
        attempts=(FAILED,),
        error=error,
    )
    state = execution(
        frames=frames(
            Frame(id=FrameId(1), phase=Phase.UNDOING, ending=Ending(failure=FAILURE), children=1),
            undo("a", Phase.STUCK, activity=activity(FAILED)),
        ),
        compensations=compensations(failed),
        reason="compensation_exhausted",
        is_stuck=True,
    )
    view = shown(state)
    assert view["compensations"][0]["error"] == {"code": "down", "message": "not now"}
    assert (view["status"], view["reason"]) == ("stuck", "compensation_exhausted")


def test_every_status_of_a_compensation_can_be_shown() -> None:
    assert {*UndoStatus} == {*CompensationStatus, "backoff"}
    assert {*VisitStatus} <= {*NodeStatus}


def test_the_failure_is_shown_as_soon_as_it_is_being_undone() -> None:
    root = Frame(id=FrameId(1), phase=Phase.UNDOING, ending=Ending(failure=FAILURE))
    expected = {"kind": "error", "path": "b", "attempt": 2, "message": "refused", "code": "no"}
    assert shown(execution(frames=frames(root)))["failure"] == expected
    ended = execution(ended=ExecutionStatus.FAILED, failure=FAILURE, ended_at=WAKE_AT)
    assert shown(ended)["failure"] == expected
    terminated = execution(frames=frames(root), ended=ExecutionStatus.TERMINATED)
    assert shown(terminated)["failure"] is None


def test_the_whole_has_every_field_in_its_form() -> None:
    state = execution(
        business_key="order-7",
        priority=3,
        labels={"team": "red"},
        input={"n": 1},
        vars={"b": 2, "a": [1]},
        paused=Pause(reason="operator", actor="dev"),
        reason="operator",
        warnings=(RunWarning(code="hook_failed", message="no"),),
    )
    assert shown(state) == {
        "id": "x",
        "namespace": "default",
        "definition": {"name": "saga", "version": "1", "digest": "sha256:saga"},
        "business_key": "order-7",
        "status": "paused",
        "reason": "operator",
        "run": 1,
        "priority": 3,
        "labels": {"team": "red"},
        "input": {"n": 1},
        "vars": {"a": [1], "b": 2},
        "output": None,
        "failure": None,
        "warnings": [{"code": "hook_failed", "message": "no", "path": None}],
        "nodes": {},
        "nodes_truncated": False,
        "compensations": [],
        "created_at": T0_TEXT,
        "started_at": T0_TEXT,
        "updated_at": T0_TEXT,
        "ended_at": None,
        "version": 2,
    }


@pytest.mark.parametrize("seed", range(6))
def test_what_has_happened_so_far_can_be_shown_after_each_event(seed: int) -> None:
    state: Execution | None = None
    for event in simulate(seed).history:
        state = evolve(state, event)
        assert shown(state)["version"] == state.version


def test_an_attempt_that_is_lost_is_told_so() -> None:
    lost = Attempt(number=1, started_at=T0, ended_at=T0, outcome=AttemptOutcome.LOST)
    frame = at("a", Phase.BUSY, activity=activity(lost, RUNNING))
    attempts = node(execution(frames=frames(frame), visits=visits(visit("a"))))["attempts"]
    assert [one["outcome"] for one in attempts] == ["lost", None]

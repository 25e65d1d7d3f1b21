"""An example of every body that is sent and answered: one small order, from its definition to its end."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from treadle.model.json import Json
from treadle.rest.callbacks import Accepted
from treadle.rest.edge import Info
from treadle.rest.operations import Liveness, Readiness
from treadle.rest.problems import Problem
from treadle.rest.routing import DOCUMENT_TYPES, Route
from treadle.service.act_orders import ReasonOrder, ResolveOrder, WakeOrder
from treadle.service.bulk import BulkPage, BulkPreview, BulkView
from treadle.service.bulk_orders import BulkOrder
from treadle.service.definitions import DefinitionPage, DefinitionView, Validation
from treadle.service.engines import EngineList, RoleList
from treadle.service.executions import HistoryPage
from treadle.service.explanations import Explanation
from treadle.service.history import HistoryItem
from treadle.service.lists import Counts, FailurePage, SummaryPage
from treadle.service.node_pages import NodePage
from treadle.service.orders import StartOrder
from treadle.service.views import ExecutionView

ID: Final = "019a9f3c-5d00-7000-8000-00000000002a"
ENGINE: Final = "019a9f3c-0000-7000-8000-000000000001"
BEGAN: Final = "2026-03-01T09:30:00.000Z"
WAITED: Final = "2026-03-01T09:30:00.042Z"
DIGEST: Final = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
NAMED: Final = {"name": "order", "version": "1", "digest": DIGEST}
DOCUMENT: Final = {
    "name": "order",
    "version": "1",
    "steps": [
        {"id": "charge", "kind": "task", "handler": "charge", "compensate": {"handler": "refund"}},
        {"id": "approval", "kind": "wait", "signal": "approved", "timeout": "2d"},
    ],
}
GRAPH: Final = {
    "nodes": [
        {"id": "charge", "kind": "task", "label": None, "parent": None},
        {"id": "approval", "kind": "wait", "label": None, "parent": None},
    ],
    "edges": [{"from": "charge", "to": "approval", "label": None, "kind": "next"}],
}
KEPT: Final = {**NAMED, "created_at": BEGAN}
SUMMARY: Final = {
    "id": ID,
    "namespace": "default",
    "definition": NAMED,
    "business_key": "order-42",
    "status": "waiting",
    "reason": None,
    "run": 1,
    "priority": 0,
    "labels": {"region": "eu"},
    "failure": None,
    "created_at": BEGAN,
    "started_at": BEGAN,
    "updated_at": WAITED,
    "ended_at": None,
    "version": 7,
}
CHARGED: Final = {
    "kind": "task",
    "status": "completed",
    "attempt": 1,
    "attempts": [
        {
            "number": 1,
            "started_at": BEGAN,
            "ended_at": WAITED,
            "outcome": "ok",
            "error": None,
            "http_status": None,
        }
    ],
    "started_at": BEGAN,
    "ended_at": WAITED,
    "output": {"receipt": "r-1"},
    "waiting_for": None,
    "wake_at": None,
}
AWAITED: Final = {
    "kind": "wait",
    "status": "waiting",
    "attempt": 0,
    "attempts": [],
    "started_at": WAITED,
    "ended_at": None,
    "output": None,
    "waiting_for": {"signals": ["approved"]},
    "wake_at": None,
}
EVENT: Final = {
    "seq": 6,
    "at": WAITED,
    "type": "NodeEntered",
    "path": "approval",
    "attempt": None,
    "data": {"kind": "wait"},
    "actor": "engine",
    "reason": None,
}
BULK: Final = {
    "action": "pause",
    "filter": {"definition": "order", "label": ["region:eu"]},
    "reason": "the warehouse is closed",
}
BULK_ACT: Final = {
    "bulk_id": "019a9f3c-6400-7000-8000-00000000002b",
    "status": "running",
    **BULK,
    "actor": "ops",
    "total": 42,
    "done": 30,
    "refused": 1,
    "refusals": [
        {
            "code": "invalid_transition",
            "count": 1,
            "last": [{"execution_id": ID, "message": "cannot pause an execution that is completed"}],
        }
    ],
    "created_at": BEGAN,
    "ended_at": None,
}
OF_STRUCTS: Final[Mapping[type, Json]] = MappingProxyType(
    {
        StartOrder: {
            "definition": "order@1",
            "input": {"amount": 4200},
            "business_key": "order-42",
            "business_key_policy": "return",
            "labels": {"region": "eu"},
            "deadline": "2h",
        },
        ReasonOrder: {"reason": "agreed with the customer"},
        WakeOrder: {"reason": "no need to wait", "path": "nap"},
        ResolveOrder: {"outcome": "done", "output": {"receipt": "r-1"}, "reason": "seen in the ledger"},
        DefinitionView: {**KEPT, "document": DOCUMENT, "graph": GRAPH},
        DefinitionPage: {"items": [KEPT], "next": None},
        Validation: {"valid": True, "errors": [], "warnings": [], "graph": GRAPH},
        ExecutionView: {
            **SUMMARY,
            "input": {"amount": 4200},
            "vars": {},
            "output": None,
            "warnings": [],
            "nodes": {"approval": AWAITED, "charge": CHARGED},
            "nodes_truncated": False,
            "compensations": [
                {"path": "charge", "status": "armed", "attempt": 0, "error": None, "reason": None}
            ],
        },
        SummaryPage: {"items": [SUMMARY], "next": None},
        Counts: {"by_status": {"completed": 40, "waiting": 2}, "total": 42, "at_least": []},
        FailurePage: {
            "items": [
                {
                    "definition": "order",
                    "node": "charge",
                    "kind": "error",
                    "code": "no_funds",
                    "count": 3,
                    "sample_id": ID,
                    "last_at": WAITED,
                }
            ],
            "next": None,
            "truncated": False,
        },
        NodePage: {"items": [{**AWAITED, "path": "approval"}, {**CHARGED, "path": "charge"}], "next": None},
        HistoryItem: EVENT,
        HistoryPage: {"items": [EVENT], "next": None},
        Explanation: {
            "status": "waiting",
            "reasons": [
                {
                    "code": "waiting_signal",
                    "message": "`approval` waits: send the signal `approved`",
                    "path": "approval",
                    "detail": {"signals": ["approved"], "mode": "one", "taken": 0},
                }
            ],
        },
        BulkOrder: BULK,
        BulkPreview: {"count": 42, "by_status": {"paused": 2, "waiting": 40}, "at_least": []},
        BulkView: BULK_ACT,
        BulkPage: {"items": [BULK_ACT], "next": None},
        Accepted: {"status": "accepted"},
        Liveness: {"status": "live"},
        Readiness: {"status": "ready", "faults": []},
        Info: {
            "version": "0.1.0",
            "engine": ENGINE,
            "store": {"kind": "sqlite", "durable": True},
            "features": ["callbacks", "signals"],
        },
        EngineList: {
            "items": [
                {
                    "id": ENGINE,
                    "started": BEGAN,
                    "lease": {"kind": "exclusive", "until": None},
                    "live_executions": 42,
                    "live_executions_max": 10_000,
                    "lag": 0.0,
                }
            ]
        },
        RoleList: {"items": [{"name": "treadle-timers", "holder": ENGINE, "since": BEGAN}]},
        Problem: {
            "type": "urn:treadle:execution_not_found",
            "title": "There is no such execution",
            "status": 404,
            "detail": f"there is no execution {ID}",
            "code": "execution_not_found",
            "retryable": False,
            "errors": [],
        },
    }
)
ANY: Final = {"status": "paid"}
"""What stands where any JSON may."""


def example_body(route: Route) -> Json:
    """What may be sent to the route, None if no example is kept."""
    if route.types is DOCUMENT_TYPES:
        return DOCUMENT
    return ANY if route.request is None else OF_STRUCTS.get(route.request)

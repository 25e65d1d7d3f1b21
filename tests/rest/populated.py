"""A server with something of everything in it, and a request to each operation that is granted."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tests.rest.serving import Server, document, sleep, task
from treadle.model.json import Json

ECHO = document(task("a"), name="echo")
SPARE = document(task("a"), name="spare")
APPROVAL = document({"id": "approval", "kind": "wait", "signal": "approved"}, name="approval")
NAP = document(sleep("nap", "1h"), name="nap")
FAILING = document(task("a", "refuse"), name="failing")
UNSURE = document(task("pay", "held", timeout="50ms", on_unknown="pause"), name="unsure")
STUCK = document(
    task("a", compensate={"handler": "broken", "retry": {"max_attempts": 1}}),
    task("b", "refuse"),
    name="stuck",
)
ASKED = document(
    task(
        "pix",
        {"name": "note", "input": "{{ callback.token }}"},
        mode="async",
        callback={"timeout": "15m"},
    ),
    name="asked",
)
NOBODY = {"action": "pause", "filter": {"definition": "absent"}, "reason": "seen to"}
"""A bulk act that comes to no execution."""
ABSENT_ID = "0190a000-0000-7000-8000-000000000001"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of executions by what they are, tokens that nobody has used, and the id of a bulk act."""

    completed: str
    failed: str
    waiting: str
    unknown: str
    sleeping: tuple[str, ...]
    stuck: tuple[str, ...]
    asked: tuple[str, ...]
    tokens: tuple[str, ...]
    bulk: str

    @property
    def ids(self) -> tuple[str, ...]:
        single = (self.completed, self.failed, self.waiting, self.unknown)
        return (*single, *self.sleeping, *self.stuck, *self.asked, ABSENT_ID)


async def populate(server: Server) -> Known:
    """Begin some of each kind, and wait until each stands where it is meant to."""
    for definition in (ECHO, SPARE, APPROVAL, NAP):
        assert (await server.post("/v1/definitions", json=definition)).status == 201
    completed, failed = await server.start("echo"), await server.start(FAILING)
    assert (completed.body["status"], failed.body["status"]) == ("completed", "failed")
    stuck = [await server.start(STUCK) for _ in range(3)]
    assert {execution.body["status"] for execution in stuck} == {"stuck"}
    asked = [await _at(server, ASKED, "pix", "waiting") for _ in range(2)]
    return Known(
        completed=completed.body["id"],
        failed=failed.body["id"],
        waiting=await _at(server, "approval", "approval", "waiting"),
        unknown=await _at(server, UNSURE, "pay", "unknown"),
        sleeping=tuple([await _at(server, "nap", "nap", "sleeping") for _ in range(3)]),
        stuck=tuple(execution.body["id"] for execution in stuck),
        asked=tuple(asked),
        tokens=tuple([await server.handlers.noted() for _ in asked]),
        bulk=(await server.post("/v1/executions/bulk", json=NOBODY)).body["bulk_id"],
    )


async def _at(server: Server, definition: Json, path: str, status: str) -> str:
    execution = await server.start(definition, wait=False)
    await server.reached(execution, path, status)
    execution_id: str = execution.body["id"]
    return execution_id


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is answered with `status`; `body` UNSET is none."""

    status: int = 200
    path: Mapping[str, str] = {}
    query: Mapping[str, str | int] = {}
    headers: Mapping[str, str] = {}
    body: Any = msgspec.UNSET


def granted(known: Known) -> Mapping[str, Granted]:
    """By operation, in an order in which none takes away what a later one needs."""

    def of(execution_id: str, **fields: Any) -> Granted:
        return Granted(path={"id": execution_id, **fields.pop("path", {})}, **fields)

    why, undo = {"reason": "seen to"}, {"path": "a"}
    nap, unwanted, doomed = known.sleeping
    first, second, third = known.stuck
    in_path, in_header = known.tokens
    return {
        "post_definitions": Granted(status=201, body=document(task("b"), name="new")),
        "get_definitions": Granted(query={"name": "echo", "limit": 1}),
        "post_definitions_validate": Granted(body=ECHO),
        "get_definitions_name": Granted(path={"name": "echo"}),
        "get_definitions_name_version": Granted(path={"name": "echo", "version": "1"}),
        "delete_definitions_name_version": Granted(status=204, path={"name": "spare", "version": "1"}),
        "get_schemas_definition": Granted(),
        "post_executions": Granted(
            body={"definition": "echo@1"}, headers={"Prefer": "wait=20", "Idempotency-Key": "k"}
        ),
        "get_executions": Granted(query={"definition": "echo", "limit": 1}),
        "get_executions_counts": Granted(query={"definition": "echo"}),
        "get_executions_failures": Granted(query={"limit": 1}),
        "post_executions_bulk": Granted(status=202, body=NOBODY),
        "get_bulk": Granted(query={"limit": 1}),
        "get_bulk_id": of(known.bulk),
        "post_bulk_id_stop": of(known.bulk, status=202),
        "get_executions_id": of(known.completed, query={"at": 2}),
        "get_executions_id_nodes": of(known.completed),
        "get_executions_id_history": of(known.completed, query={"after": 1}),
        "get_executions_id_events": of(known.completed),
        "get_executions_id_explanation": of(nap),
        "post_executions_id_signals_name": of(
            known.waiting, status=202, path={"name": "approved"}, body={"by": "kim"}
        ),
        "post_executions_id_pause": of(nap, status=202, body=why),
        "post_executions_id_resume": of(nap, status=202, body=why),
        "post_executions_id_wake": of(nap, status=202, body={"path": "nap"}),
        "post_executions_id_cancel": of(unwanted, status=202, body=why),
        "post_executions_id_terminate": of(doomed, status=202, body=why),
        "post_executions_id_retry": of(known.failed, status=202),
        "post_executions_id_resolve": of(known.unknown, status=202, body={"outcome": "done", "output": 1}),
        "post_executions_id_compensations_path_retry": of(first, status=202, path=undo),
        "post_executions_id_compensations_path_skip": of(second, status=202, path=undo, body=why),
        "post_executions_id_compensations_path_accept": of(third, status=202, path=undo, body=why),
        "post_callbacks_token": Granted(status=202, path={"token": in_path}, body={"paid": True}),
        "post_callbacks": Granted(status=202, headers={"X-Callback-Token": in_header}, body={"paid": True}),
        "get_livez": Granted(),
        "get_readyz": Granted(),
        "get_metrics": Granted(),
        "get_info": Granted(),
        "get_engines": Granted(),
        "get_roles": Granted(),
        "get_openapi_json": Granted(),
        "get_docs": Granted(),
    }

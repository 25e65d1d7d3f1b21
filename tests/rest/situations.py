"""For each code that one operation alone may end with: how it comes to that."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from tests.rest.documented import address
from tests.rest.populated import ABSENT_ID, ECHO, NAP, NOBODY
from tests.rest.serving import Reply, Server, document, task
from tests.rest.test_acts import NAPS
from tests.rest.test_callbacks import PIX, asked, forged
from tests.rest.test_signals import LATER
from tests.rest.test_stopping import over
from tests.runtime.world import FallibleStore
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.json import Json
from treadle.model.views import StoredKey
from treadle.rest.bounds import CALLBACK_HEADERS_BYTES_MAX
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.bulk_acts import RUNNING_MAX
from treadle.security.tokens import SECRET_BYTES, CallbackToken, KeyRing
from treadle.service.following import FOLLOWERS_MAX

Situation = Callable[[Server], Awaitable[Reply]]
SITUATIONS: Final[dict[tuple[str, str], Situation]] = {}
"""(operation, code) -> the request that is answered so, on a server of its own."""
OPTIONS: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("post_executions_bulk", "bulk_acts_full"): {"live_max": 1},
    ("post_executions_id_signals_name", "signals_full"): {"kept_signals_max": 1},
}
"""What that server is run with, if not with the defaults."""
EXECUTIONS: Final = "/v1/executions"
CHOOSY: Final = document(task("a"), name="choosy", input_schema={"type": "object", "required": ["n"]})
SCHEMA_WAIT: Final = document(
    {"id": "w", "kind": "wait", "signal": "approved", "schema": {"type": "object", "required": ["by"]}}
)
UNSURES: Final = document(
    {
        "id": "both",
        "kind": "parallel",
        "branches": {
            name: {"steps": [task(name, "held", timeout="50ms", on_unknown="pause")]}
            for name in ("left", "right")
        },
    }
)
STUCK: Final = document(
    task("a", compensate={"handler": "broken", "retry": {"max_attempts": 1}}), task("b", "refuse")
)
SETTLED: Final = document(task("a", compensate={"handler": "echo"}), task("b", "refuse"))


def leads(operation: str, code: str) -> Callable[[Situation], Situation]:
    """Enter what follows into the table."""

    def enter(situation: Situation) -> Situation:
        assert (operation, code) not in SITUATIONS
        SITUATIONS[operation, code] = situation
        return situation

    return enter


async def ask(server: Server, operation: str, given: Json = None, **named: str) -> Reply:
    """The operation, with that body."""
    method = operation.partition("_")[0].upper()
    body = {} if given is None else {"json": given}
    return await server.call(method, address(operation, **named), **body)


async def begun(server: Server, definition: Json, wait: bool = False) -> str:
    """The id of a new execution; with `wait` it has ended or is stuck."""
    execution_id: str = (await server.start(definition, wait=wait)).body["id"]
    return execution_id


@leads("post_definitions", "definition_exists")
async def _(server: Server) -> Reply:
    await server.post("/v1/definitions", json=ECHO)
    return await server.post("/v1/definitions", json=document(task("b"), name="echo"))


@leads("post_definitions", "invalid_definition")
async def _(server: Server) -> Reply:
    return await server.post("/v1/definitions", json={"name": "a"})


def _unknown_definition(operation: str) -> None:
    @leads(operation, "definition_not_found")
    async def _(server: Server) -> Reply:
        return await ask(server, operation, name="absent", version="1")


for each in ("get_definitions_name", "get_definitions_name_version", "delete_definitions_name_version"):
    _unknown_definition(each)


@leads("post_executions", "definition_not_found")
async def _(server: Server) -> Reply:
    return await server.post(EXECUTIONS, json={"definition": "absent"})


@leads("post_executions", "execution_exists")
async def _(server: Server) -> Reply:
    await server.start(ECHO, id=ABSENT_ID)
    return await server.start(ECHO, id=ABSENT_ID)


@leads("post_executions", "business_key_running")
async def _(server: Server) -> Reply:
    taken = {"business_key": "order-7", "business_key_policy": "reject"}
    await server.start(NAP, wait=False, **taken)
    return await server.start(NAP, wait=False, **taken)


@leads("post_executions", "invalid_definition")
async def _(server: Server) -> Reply:
    return await server.start({"name": "a"})


@leads("post_executions", "invalid_input")
async def _(server: Server) -> Reply:
    return await server.start(CHOOSY, input={})


@leads("post_executions", "idempotency_mismatch")
async def _(server: Server) -> Reply:
    keyed = {"headers": {"Idempotency-Key": "k"}}
    await server.post(EXECUTIONS, json={"definition": {"document": ECHO}}, **keyed)
    return await server.post(EXECUTIONS, json={"definition": {"document": ECHO}, "input": 1}, **keyed)


@leads("post_executions_bulk", "empty_filter")
async def _(server: Server) -> Reply:
    return await server.post(f"{EXECUTIONS}/bulk", json=NOBODY | {"filter": {}})


@leads("post_executions_bulk", "bulk_acts_full")
async def _(server: Server) -> Reply:
    """The one place of the engine is taken, so none of them ends."""
    for _ in range(2):
        await server.start(document(task("a", "held"), name="held"), wait=False)
    await server.handlers.until_held()
    order = {"action": "wake", "filter": {"definition": "held"}}
    for _ in range(RUNNING_MAX):
        await server.post(f"{EXECUTIONS}/bulk", json=order)
    refused = await server.post(f"{EXECUTIONS}/bulk", json=order)
    server.handlers.release()
    return refused


def _unknown_bulk_act(operation: str) -> None:
    @leads(operation, "bulk_act_not_found")
    async def _(server: Server) -> Reply:
        return await ask(server, operation)


for each in ("get_bulk_id", "post_bulk_id_stop"):
    _unknown_bulk_act(each)


@leads("get_executions_id_events", "overloaded")
async def _(server: Server) -> Reply:
    server.application.use_cases.following.places = FOLLOWERS_MAX
    return await ask(server, "get_executions_id_events", id=await begun(server, NAP))


SIGNAL: Final = "post_executions_id_signals_name"


@leads(SIGNAL, "unknown_signal")
async def _(server: Server) -> Reply:
    return await ask(server, SIGNAL, id=await begun(server, LATER), name="other")


@leads(SIGNAL, "execution_ended")
async def _(server: Server) -> Reply:
    execution_id = await begun(server, LATER)
    await server.post(f"{EXECUTIONS}/{execution_id}/terminate")
    return await ask(server, SIGNAL, id=execution_id, name="approved")


@leads(SIGNAL, "signals_full")
async def _(server: Server) -> Reply:
    execution_id = await begun(server, LATER)
    await ask(server, SIGNAL, 1, id=execution_id, name="approved")
    return await ask(server, SIGNAL, 2, id=execution_id, name="approved")


@leads(SIGNAL, "invalid_signal")
async def _(server: Server) -> Reply:
    return await ask(server, SIGNAL, {}, id=await begun(server, SCHEMA_WAIT), name="approved")


@leads(SIGNAL, "idempotency_mismatch")
async def _(server: Server) -> Reply:
    path = address(SIGNAL, id=await begun(server, LATER), name="approved")
    keyed = {"headers": {"Idempotency-Key": "k"}}
    await server.post(path, json=1, **keyed)
    return await server.post(path, json=2, **keyed)


def _ended(operation: str, given: Json) -> None:
    @leads(operation, "invalid_transition")
    async def _(server: Server) -> Reply:
        return await ask(server, operation, given, id=await begun(server, ECHO, wait=True))


for each in ("pause", "resume", "cancel", "terminate", "retry", "wake"):
    _ended(f"post_executions_id_{each}", None)
_ended("post_executions_id_resolve", {"outcome": "not_done"})


@leads("post_executions_id_retry", "parent_moved_on")
async def _(server: Server) -> Reply:
    await server.post("/v1/definitions", json=document(task("a", "refuse"), name="child"))
    await server.start(document({"id": "c", "kind": "child", "definition": "child"}))
    (item,) = (await server.get(EXECUTIONS, params={"definition": "child"})).body["items"]
    return await ask(server, "post_executions_id_retry", id=item["id"])


@leads("post_executions_id_wake", "nothing_to_wake")
async def _(server: Server) -> Reply:
    execution_id = await begun(server, document(task("a", "held")))
    await server.handlers.until_held()
    refused = await ask(server, "post_executions_id_wake", id=execution_id)
    server.handlers.release()
    return refused


@leads("post_executions_id_wake", "ambiguous_path")
async def _(server: Server) -> Reply:
    return await ask(server, "post_executions_id_wake", id=await begun(server, NAPS))


@leads("post_executions_id_resolve", "ambiguous_path")
async def _(server: Server) -> Reply:
    execution = await server.start(UNSURES, wait=False)
    for path in ("left", "right"):
        await server.reached(execution, path, "unknown")
    return await ask(server, "post_executions_id_resolve", {"outcome": "not_done"}, id=execution.body["id"])


def _compensations(act: str) -> None:
    operation = f"post_executions_id_compensations_path_{act}"
    why = {"reason": "seen to"}

    @leads(operation, "compensation_not_found")
    async def _(server: Server) -> Reply:
        return await ask(server, operation, why, id=await begun(server, STUCK, wait=True), path="absent")

    @leads(operation, "invalid_transition")
    async def _(server: Server) -> Reply:
        return await ask(server, operation, why, id=await begun(server, SETTLED, wait=True), path="a")

    if act != "retry":

        @leads(operation, "reason_required")
        async def _(server: Server) -> Reply:
            return await ask(server, operation, id=await begun(server, STUCK, wait=True), path="a")


for each in ("retry", "skip", "accept"):
    _compensations(each)


def _callbacks(operation: str) -> None:
    is_in_path = operation == "post_callbacks_token"

    async def answer(server: Server, token: str, **headers: str) -> Reply:
        """The token in the path, or in its header."""
        if is_in_path:
            return await server.post(f"/v1/callbacks/{token}", json=1, headers=headers)
        return await server.post("/v1/callbacks", json=1, headers={"X-Callback-Token": token, **headers})

    @leads(operation, "malformed_token")
    async def _(server: Server) -> Reply:
        return await answer(server, "x")

    @leads(operation, "bad_signature")
    async def _(server: Server) -> Reply:
        _, given = await asked(server)
        return await answer(server, forged(given["token"]))

    @leads(operation, "callback_already_used")
    async def _(server: Server) -> Reply:
        _, given = await asked(server)
        await answer(server, given["token"])
        return await answer(server, given["token"])

    @leads(operation, "attempt_mismatch")
    async def _(server: Server) -> Reply:
        silent = {**PIX["steps"][0], "callback": {"timeout": "50ms"}, "on_unknown": "pause"}
        execution = await server.start(document(silent), wait=False)
        given = await server.handlers.noted()
        await server.reached(execution, "pix", "unknown")
        await server.act(execution, "resolve", outcome="not_done")
        return await answer(server, given["token"])

    @leads(operation, "not_waiting")
    async def _(server: Server) -> Reply:
        execution, given = await asked(server)
        await server.act(execution, "terminate")
        return await answer(server, given["token"])

    @leads(operation, "headers_too_large")
    async def _(server: Server) -> Reply:
        _, given = await asked(server)
        many = {f"X-{number}": "x" * 4_096 for number in range(1 + CALLBACK_HEADERS_BYTES_MAX // 4_096)}
        return await answer(server, given["token"], **many)

    @leads(operation, "callback_expired")
    async def _(server: Server) -> Reply:
        """Of a server whose keys the test has: this one does not give tokens that have expired."""
        keys = KeyRing([StoredKey(id="k", secret=bytes(SECRET_BYTES), created_at=Instant(0))])
        expired = CallbackToken(execution_id=ExecutionId("x"), activity=ActivityId(1), expires_at=Instant(1))
        async with over(FallibleStore(), RuntimeBounds(stop_grace_ms=0)) as (session, _):
            known = Server(server.application, session, server.handlers)
            return await answer(known, keys.sign(expired))


for each in ("post_callbacks_token", "post_callbacks"):
    _callbacks(each)

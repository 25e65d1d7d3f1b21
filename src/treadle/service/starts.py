"""Starting an execution: of a kept definition, or of a document that comes with the start."""

from typing import Final

import msgspec

from treadle.model.commands import StartExecution
from treadle.model.errors import Fault, Rejected
from treadle.model.execution import TERMINAL, DefinitionRef, Execution, ExecutionStatus
from treadle.model.ids import Instant, Namespace
from treadle.model.json import Json
from treadle.model.program import Program
from treadle.model.views import ExecutionFilter, StoredDefinition
from treadle.ports.commit import IdempotencyKey
from treadle.service.caller import Caller
from treadle.service.definitions import not_found, stored_definition
from treadle.service.documents import read_tree, tree_digest
from treadle.service.executions import Executions
from treadle.service.idempotency import KEPT_MS, KeyLocks, keyed_digest
from treadle.service.orders import (
    BusinessKeyPolicy,
    InlineDefinition,
    StartOrder,
    read_business_key,
    read_business_key_policy,
    read_deadline,
    read_execution_id,
    read_labels,
    read_start_at,
)
from treadle.service.parts import ServiceParts
from treadle.service.shared_reads import SharedReads
from treadle.service.workload import worked

TAKEN: Final = frozenset({"execution_exists", "idempotency_exists"})
LIVE: Final = tuple(status for status in ExecutionStatus if status not in TERMINAL)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request to start: the order, and the body it was read from."""

    caller: Caller
    order: StartOrder
    body: Json
    body_bytes: int
    idempotency_key: str | None = None
    traceparent: str | None = None


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """`is_new` False: an earlier start made it, under the same Idempotency-Key or business key."""

    execution: Execution
    is_new: bool


class Starts:
    """What returns is durable. Policies of business keys hold among the starts that this engine takes."""

    def __init__(self, parts: ServiceParts, executions: Executions) -> None:
        self._parts = parts
        self._executions = executions
        self._locks = KeyLocks()
        self._business_locks = KeyLocks()
        self._definitions = SharedReads(self._definition)

    async def start(self, asked: Asked) -> Started:
        """Start, once for each Idempotency-Key, which is remembered for KEPT_MS.

        Raises:
            Rejected: `malformed_request`, `idempotency_mismatch`, `definition_not_found`,
                `invalid_definition`, `invalid_input`, `execution_exists` or `business_key_running`.
            Unavailable: nothing was accepted.
        """
        if asked.idempotency_key is None:
            return await self._begin(asked, None)
        key = await self._key(asked.idempotency_key, asked)
        async with self._locks.held(asked.caller.namespace, key.key):
            earlier = await self._earlier(asked.caller.namespace, key)
            if earlier is not None:
                return Started(execution=earlier, is_new=False)
            try:
                return await self._begin(asked, key)
            except Rejected as rejected:
                # Another engine may have taken the key since it was looked for.
                earlier = None
                if rejected.code in TAKEN:
                    earlier = await self._earlier(asked.caller.namespace, key)
                if earlier is None:
                    raise
                return Started(execution=earlier, is_new=False)

    async def _key(self, key: str, asked: Asked) -> IdempotencyKey:
        digest = await keyed_digest(key, asked.body, asked.body_bytes)
        expires_at = Instant(self._parts.clock.now() + KEPT_MS)
        return IdempotencyKey(key=key, body_digest=digest, expires_at=expires_at)

    async def _earlier(self, namespace: Namespace, key: IdempotencyKey) -> Execution | None:
        record = await self._parts.views.idempotency(namespace, key.key)
        if record is None or record.key.expires_at <= self._parts.clock.now():
            return None
        if record.key.body_digest != key.body_digest:
            message = "the Idempotency-Key was used for a start with another body"
            raise Rejected("idempotency_mismatch", message)
        return await self._executions.get(namespace, record.execution_id)

    async def _begin(self, asked: Asked, key: IdempotencyKey | None) -> Started:
        policy = read_business_key_policy(asked.order)
        command, program = await self._command(asked)
        if policy is BusinessKeyPolicy.ALLOW or command.business_key is None:
            return await self._start(command, program, key)
        # One at a time, so that none begins between the look and the start of another.
        locked = f"{program.name}/{command.business_key}"
        wanted = self._unless_running(command, program, command.business_key, key)
        started = await self._business_locks.to_its_end(command.namespace, locked, wanted)
        if started.is_new or policy is BusinessKeyPolicy.RETURN:
            return started
        message = f"the execution {started.execution.id} of {program.name} lives under this business key"
        raise Rejected("business_key_running", message)

    async def _unless_running(
        self, command: StartExecution, program: Program, business_key: str, key: IdempotencyKey | None
    ) -> Started:
        """Start, or tell of what lives under the business key."""
        running = await self._running(command.namespace, program.name, business_key)
        if running is None:
            return await self._start(command, program, key)
        return Started(execution=running, is_new=False)

    async def _start(self, command: StartExecution, program: Program, key: IdempotencyKey | None) -> Started:
        return Started(execution=await self._parts.engine.start_execution(command, program, key), is_new=True)

    async def _running(self, namespace: Namespace, name: str, business_key: str) -> Execution | None:
        """The newest live execution of the definition's name under that key."""
        where = ExecutionFilter(
            namespace=namespace, statuses=LIVE, definition=name, business_key=business_key
        )
        found = await self._parts.views.executions(where, None, 1)
        return await self._executions.get(namespace, found[0].id) if found else None

    async def _command(self, asked: Asked) -> tuple[StartExecution, Program]:
        """What is asked for, every field read and the input checked."""
        order, randomness = asked.order, self._parts.randomness
        execution_id = read_execution_id(order.id) or randomness.execution_id()
        labels, start_at = read_labels(order.labels), read_start_at(order.start_at)
        business_key = read_business_key(order.business_key)
        deadline_at, deadline_ms = read_deadline(order.deadline)
        program = await self._program(asked)
        await _check_input(program, order.input, asked.body_bytes)
        command = StartExecution(
            id=execution_id,
            namespace=asked.caller.namespace,
            definition=DefinitionRef(name=program.name, version=program.version, digest=program.digest),
            input=order.input,
            business_key=business_key,
            priority=program.priority if order.priority is None else order.priority,
            labels=labels,
            start_at=start_at,
            traceparent=asked.traceparent or randomness.traceparent(),
            deadline_at=deadline_at,
            deadline_ms=deadline_ms,
            actor=asked.caller.actor,
        )
        return command, program

    async def _program(self, asked: Asked) -> Program:
        if isinstance(asked.order.definition, InlineDefinition):
            return await self._inline(asked, asked.order.definition)
        name, at, after = asked.order.definition.partition("@")
        version = after if at else None
        found = await self._definitions.get((asked.caller.namespace, name, version))
        if found is None or found.deleted_at is not None:
            raise not_found(name, version)
        return await self._parts.programs.get(asked.caller.namespace, found.digest)

    async def _definition(self, asked: tuple[Namespace, str, str | None]) -> StoredDefinition | None:
        return await self._parts.views.definition(*asked)

    async def _inline(self, asked: Asked, inline: InlineDefinition) -> Program:
        """Keep the document before the start: whoever drives the execution next has to find it.

        One that is kept already is not read again.
        """
        namespace = asked.caller.namespace
        digest = await tree_digest(inline.document, asked.body_bytes)
        if digest is not None and await self._parts.views.document(namespace, digest) is not None:
            return await self._parts.programs.get(namespace, digest)
        document = await read_tree(
            inline.document, asked.body_bytes, "/definition/document", self._parts.document_bounds
        )
        now = self._parts.clock.now()
        await self._parts.store.put_definition(stored_definition(namespace, document, now, is_inline=True))
        return document.program


async def _check_input(program: Program, value: Json, size_bytes: int) -> None:
    check = program.check_input
    if check is None:
        return
    faults = await worked(size_bytes, lambda: check(value))
    if faults:
        errors = tuple(
            Fault(pointer=f"/input{pointer}", code="invalid_input", message=message)
            for pointer, message in faults
        )
        raise Rejected("invalid_input", "the input does not fit the definition's input_schema", errors)

"""Named messages to an execution."""

import msgspec

from treadle.model.commands import SendSignal
from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId
from treadle.model.json import Json
from treadle.model.waiting import SignalKey
from treadle.service.caller import Caller
from treadle.service.idempotency import keyed_digest
from treadle.service.parts import ServiceParts


class Signals:
    """Durable when they return: taken by a wait, or kept for one to come."""

    def __init__(self, parts: ServiceParts) -> None:
        self._engine = parts.engine

    async def send(
        self,
        caller: Caller,
        execution_id: ExecutionId,
        name: str,
        payload: Json,
        idempotency_key: str | None = None,
    ) -> Execution:
        """Give the execution a signal; the state after it.

        With a key that an earlier signal came under it is that signal again, and changes nothing.

        Raises:
            Rejected: `execution_not_found`, `execution_ended`, `unknown_signal`, `invalid_signal`,
                `signals_full`, or `idempotency_mismatch` when the key was used for another signal.
            Unavailable: nothing was accepted.
        """
        key = None if idempotency_key is None else await _keyed(idempotency_key, name, payload)
        command = SendSignal(name=name, payload=payload, actor=caller.actor, key=key)
        return await self._engine.submit(caller.namespace, execution_id, command)


async def _keyed(key: str, name: str, payload: Json) -> SignalKey:
    size = len(msgspec.json.encode(payload))
    digest = await keyed_digest(key, [name, payload], size)
    return SignalKey(key=key, digest=digest.hex())

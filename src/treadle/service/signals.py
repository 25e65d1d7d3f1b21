"""Named messages to an execution."""

from treadle.model.commands import SendSignal
from treadle.model.errors import Rejected
from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId
from treadle.model.json import Json
from treadle.service.caller import Caller
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

        Nothing durable tells a signal that comes again from another one, so a key, which asks for that, is
        refused: the sender is not told that a repeat is harmless where it is not.

        Raises:
            Rejected: `execution_not_found`, `execution_ended`, `unknown_signal`, `invalid_signal`,
                `signals_full` or `idempotency_unsupported`.
            Unavailable: nothing was accepted.
        """
        if idempotency_key is not None:
            message = (
                "a signal that is sent again is another signal: it is not known again by an Idempotency-Key. "
                "Send it without one, and let the payload say what it is about"
            )
            raise Rejected("idempotency_unsupported", message)
        command = SendSignal(name=name, payload=payload, actor=caller.actor)
        return await self._engine.submit(caller.namespace, execution_id, command)

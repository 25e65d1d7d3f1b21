"""The answers of async activities: who has the token may answer, and no one else is asked who he is."""

from collections.abc import Mapping

from treadle.model.commands import DeliverCallback
from treadle.model.errors import Rejected
from treadle.model.json import Json
from treadle.model.outcomes import Ok
from treadle.service.executions import Executions
from treadle.service.parts import ServiceParts


class Callbacks:
    """Durable when they return."""

    def __init__(self, parts: ServiceParts, executions: Executions) -> None:
        self._engine = parts.engine
        self._tokens = parts.tokens
        self._without_secrets = parts.without_secrets
        self._executions = executions

    async def deliver(self, token: str, body: Json, headers: Mapping[str, str]) -> None:
        """Answer the attempt that the token is for; names of `headers` are in lower case.

        The token names the execution, and that its namespace: nobody without a token learns of either.

        Raises:
            Rejected: `malformed_token`, `bad_signature`, `callback_expired`, `callback_already_used`,
                `attempt_mismatch`, or `not_waiting` for all else.
            Unavailable: nothing was accepted.
        """
        proved = await self._tokens.verify(token)
        namespace = await self._executions.namespace_of(proved.execution_id)
        if namespace is None:
            raise _not_waiting()
        seen = self._without_secrets(namespace, Ok(body=body, headers=dict(headers)))
        command = DeliverCallback(activity=proved.activity, body=seen.body, headers=seen.headers)
        try:
            await self._engine.submit(namespace, proved.execution_id, command)
        except Rejected as rejected:
            if rejected.code == "execution_not_found":
                raise _not_waiting() from rejected
            raise


def _not_waiting() -> Rejected:
    return Rejected("not_waiting", "nobody waits for this callback any more")

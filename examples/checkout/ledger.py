"""What the services remember: every call they received, and what they answered under which key."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

Answer = tuple[int, dict[str, Any]]
WAIT_S_MAX: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class CallReceived:
    """One call as it came in; `is_repeat` says that its key had been answered before."""

    number: int
    service: str
    path: str
    key: str
    execution_id: str
    node: str
    attempt: int
    compensates: str | None
    order_id: str
    is_repeat: bool
    status: int
    answer: dict[str, Any]


class Ledger:
    """The same key on the same path gets the same answer, and the work is done once."""

    def __init__(self) -> None:
        self._calls: list[CallReceived] = []
        self._answers: dict[tuple[str, str], Answer] = {}
        self._held: defaultdict[tuple[str, str], asyncio.Event] = defaultdict(_open_gate)
        self._arrival = asyncio.Condition()

    async def receive(
        self,
        service: str,
        path: str,
        headers: dict[str, str],
        body: dict[str, Any],
        work: Callable[[], Answer],
    ) -> Answer:
        """Do the work unless this key has been answered; note the call; answer when nothing holds it."""
        key = headers["idempotency-key"]
        answered = self._answers.get((path, key))
        status, answer = answered or work()
        self._answers[path, key] = (status, answer)
        order_id = str(body.get("order_id", ""))
        self._calls.append(
            CallReceived(
                number=len(self._calls) + 1,
                service=service,
                path=path,
                key=key,
                execution_id=headers.get("treadle-execution-id", ""),
                node=headers.get("treadle-node", ""),
                attempt=int(headers.get("treadle-attempt", "0")),
                compensates=headers.get("treadle-compensates"),
                order_id=order_id,
                is_repeat=answered is not None,
                status=status,
                answer=answer,
            )
        )
        async with self._arrival:
            self._arrival.notify_all()
        await self._held[path, order_id].wait()
        return status, answer

    def hold(self, path: str, order_id: str) -> None:
        """Answer no call to `path` for that order until `let_go`; the work is done nevertheless."""
        self._held[path, order_id].clear()

    def let_go(self, path: str, order_id: str) -> None:
        self._held[path, order_id].set()

    async def calls(
        self, path: str | None, order_id: str | None, count: int, wait_s: float
    ) -> list[dict[str, Any]]:
        """The calls that fit, in order of arrival, as soon as there are `count` or after `wait_s`."""

        def fitting() -> list[CallReceived]:
            return [
                call
                for call in self._calls
                if (path is None or call.path == path) and (order_id is None or call.order_id == order_id)
            ]

        async with self._arrival:
            try:
                async with asyncio.timeout(min(wait_s, WAIT_S_MAX)):
                    await self._arrival.wait_for(lambda: len(fitting()) >= count)
            except TimeoutError:
                pass
            return [asdict(call) for call in fitting()]


def _open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate

"""Three orders: one that ships, one whose card is refused, and one whose server is killed under it."""

from dataclasses import dataclass
from typing import Any

from examples.checkout.clients import WAIT_S, Api, LedgerClient
from examples.checkout.processes import ServerProcess
from examples.checkout.shop import CARD_WITHOUT_MONEY

GOOD_CARD = "4242-4242-4242-4242"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the API says of one order, and what the services say of it."""

    execution: dict[str, Any]
    history: list[dict[str, Any]]
    calls: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Killed:
    """An order that outlived its server."""

    in_flight: dict[str, Any]
    """The execution as the API told it just before the kill."""
    pid_killed: int
    exit_code: int
    pid_after: int
    told: Told


class Scenarios:
    """Each returns what the API and the ledger say afterwards, and decides nothing itself."""

    def __init__(self, server: ServerProcess, api: Api, ledger: LedgerClient, ports: dict[str, int]) -> None:
        self._server = server
        self._api = api
        self._ledger = ledger
        self._ports = {name: port for name, port in ports.items() if name != "ledger"}

    async def order_ships(self) -> Told:
        order = self._order("order-1", GOOD_CARD, "express", {"treadle": 1, "shuttle": 2})
        return await self._tell(await self._api.start(order, wait_s=WAIT_S))

    async def card_is_refused(self) -> Told:
        order = self._order("order-2", CARD_WITHOUT_MONEY, "standard", {"heddle": 4})
        return await self._tell(await self._api.start(order, wait_s=WAIT_S))

    async def server_is_killed(self) -> Killed:
        """Kill the server while the payment service has charged and has not answered yet."""
        order = self._order("order-3", GOOD_CARD, "pickup", {"shuttle": 1, "heddle": 2})
        await self._ledger.hold("order-3", "/charges")
        started = await self._api.start(order, wait_s=0)
        await self._ledger.calls("order-3", "/charges", count=1)
        in_flight = await self._api.execution(started["id"])
        pid_killed = self._server.pid
        exit_code = await self._server.kill()
        await self._ledger.let_go("order-3", "/charges")
        await self._server.start()
        told = await self._tell(await self._api.ended(started["id"]))
        return Killed(
            in_flight=in_flight,
            pid_killed=pid_killed,
            exit_code=exit_code,
            pid_after=self._server.pid,
            told=told,
        )

    def _order(self, order_id: str, card: str, method: str, pieces: dict[str, int]) -> dict[str, Any]:
        return {
            "order_id": order_id,
            "items": [{"sku": sku, "quantity": quantity} for sku, quantity in pieces.items()],
            "card": card,
            "method": method,
            "services": self._ports,
        }

    async def _tell(self, execution: dict[str, Any]) -> Told:
        return Told(
            execution=execution,
            history=await self._api.history(execution["id"]),
            calls=await self._ledger.calls(execution["business_key"]),
        )

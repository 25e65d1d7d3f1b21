"""The shop's services as real HTTP servers in one process: `python -m examples.checkout.services --port 0`.

They print their ports as one line of JSON. `ledger` tells what the others received:
`GET /calls?path=&order_id=&count=&wait=`, `GET /totals`; and `PUT` or `DELETE /holds/{order_id}{path}` makes
the service of that path keep its answers back, or let them go.
"""

import argparse
import asyncio
import json
import signal
from typing import Any, Final

from aiohttp import web

from examples.checkout.ledger import Ledger
from examples.checkout.shop import CENTS_EACH, Shop

SERVICES: Final = {
    "inventory": ("/reservations", "/releases"),
    "payment": ("/charges", "/refunds"),
    "shipping": ("/couriers", "/lockers", "/post", "/shipments"),
    "notify": ("/messages",),
}


class Services:
    """The routes of all services over one ledger and one shop."""

    def __init__(self, cents_each: dict[str, int]) -> None:
        self._ledger = Ledger()
        self._shop = Shop(cents_each)

    def apps(self) -> dict[str, web.Application]:
        """One application for each service, and one for the ledger."""
        apps = {name: self._app(name, paths) for name, paths in SERVICES.items()}
        apps["ledger"] = web.Application()
        apps["ledger"].router.add_get("/calls", self._tell_calls)
        apps["ledger"].router.add_get("/totals", self._tell_totals)
        apps["ledger"].router.add_put("/holds/{order_id}{path:/.+}", self._hold)
        apps["ledger"].router.add_delete("/holds/{order_id}{path:/.+}", self._let_go)
        return apps

    def _app(self, service: str, paths: tuple[str, ...]) -> web.Application:
        async def answer(request: web.Request) -> web.Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            work = self._shop.work(request.path)
            if "idempotency-key" not in headers or work is None:
                return web.json_response({"error": "no_idempotency_key"}, status=400)
            body: dict[str, Any] = await request.json()
            key = headers["idempotency-key"]
            status, answered = await self._ledger.receive(
                service, request.path, headers, body, lambda: work(key, body)
            )
            return web.json_response(answered, status=status)

        app = web.Application()
        for path in paths:
            app.router.add_post(path, answer)
        return app

    async def _tell_calls(self, request: web.Request) -> web.Response:
        query = request.query
        calls = await self._ledger.calls(
            query.get("path"),
            query.get("order_id"),
            int(query.get("count", "0")),
            float(query.get("wait", "0")),
        )
        return web.json_response(calls)

    async def _tell_totals(self, request: web.Request) -> web.Response:
        return web.json_response(self._shop.totals())

    async def _hold(self, request: web.Request) -> web.Response:
        self._ledger.hold(request.match_info["path"], request.match_info["order_id"])
        return web.Response(status=204)

    async def _let_go(self, request: web.Request) -> web.Response:
        self._ledger.let_go(request.match_info["path"], request.match_info["order_id"])
        return web.Response(status=204)


async def serve(first_port: int, cents_each: dict[str, int]) -> None:
    """Serve until SIGTERM or SIGINT; port 0 gives each service a free one, else they follow one another."""
    stopping = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    ports: dict[str, int] = {}
    runners: list[web.AppRunner] = []
    for index, (name, app) in enumerate(Services(cents_each).apps().items()):
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", first_port and first_port + index).start()
        ports[name] = runner.addresses[0][1]
    print(json.dumps(ports), flush=True)
    await stopping.wait()
    for runner in runners:
        await runner.cleanup()


def _read_price(text: str) -> tuple[str, int]:
    sku, _, cents = text.partition("=")
    return sku, int(cents)


def main() -> None:
    parser = argparse.ArgumentParser(description="The services of the checkout example.")
    parser.add_argument("--port", type=int, default=0, help="the first port; 0 takes free ones")
    parser.add_argument("--price", type=_read_price, action="append", default=[], metavar="SKU=CENTS")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, CENTS_EACH | dict(arguments.price)))


if __name__ == "__main__":
    main()

"""The checkout example does what its README says, by the word of the API and of the services' ledger."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from rich.console import Console

from examples.checkout.clients import Api, LedgerClient, Refused
from examples.checkout.processes import ROOT, ServerProcess, ServicesProcess, free_port
from examples.checkout.report import Report
from examples.checkout.scenarios import Scenarios, Told

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

PRICES = ("--price", "treadle=10000", "--price", "shuttle=101", "--price", "heddle=7")


class Shop:
    """Services and a server that run, and the means to ask them."""

    def __init__(
        self, services: ServicesProcess, server: ServerProcess, session: aiohttp.ClientSession
    ) -> None:
        self.api = Api(session, server)
        self.ledger = LedgerClient(session, services.ledger_url)
        self.ports = services.ports
        self.server = server

    @property
    def scenarios(self) -> Scenarios:
        return Scenarios(self.server, self.api, self.ledger, self.ports)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    services, server = ServicesProcess(*PRICES), ServerProcess(tmp_path)
    try:
        await services.start()
        await server.start()
        async with aiohttp.ClientSession() as session:
            shop = Shop(services, server, session)
            await shop.api.put_definition()
            yield shop
    finally:
        await server.stop()
        await services.stop()


def printed(told: Told) -> str:
    """What the report makes of an order."""
    console = Console(file=io.StringIO(), width=300)
    Report(console).order(told)
    Report(console).calls(told)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def paths(told: Told) -> list[str]:
    return [call["path"] for call in told.calls]


def outcomes(execution: dict[str, Any], path: str) -> list[str]:
    return [attempt["outcome"] for attempt in execution["nodes"][path]["attempts"]]


async def test_an_order_ships(shop: Shop) -> None:
    told = await shop.scenarios.order_ships()
    execution = told.execution
    assert execution["status"] == "completed"
    assert execution["failure"] is None
    assert execution["output"]["charge"]["amount"] == 10_000 + 2 * 101
    assert execution["output"]["shipment"]["carrier"] == "City Couriers"
    statuses = {path: visit["status"] for path, visit in execution["nodes"].items()}
    assert statuses == dict.fromkeys(("reserve", "charge", "delivery", "book_courier", "ship"), "completed")
    assert paths(told) == ["/reservations", "/charges", "/couriers", "/shipments"]
    assert {call["key"] for call in told.calls} == {
        f"{execution['id']}/{path}" for path in ("reserve", "charge", "book_courier", "ship")
    }
    # Nothing was undone: what could have been stays listed as armed.
    assert {each["path"]: each["status"] for each in execution["compensations"]} == {
        "reserve": "armed",
        "charge": "armed",
    }
    assert [event["seq"] for event in told.history] == list(range(1, execution["version"] + 1))
    assert told.history[0]["type"] == "ExecutionStarted"
    assert told.history[-1]["type"] == "ExecutionCompleted"
    assert "102.02 EUR" in printed(told)
    assert await shop.ledger.totals() == {"reserved_pieces": 3, "charged_cents": 10_202, "messages": []}


async def test_an_order_whose_card_is_refused_is_undone(shop: Shop) -> None:
    told = await shop.scenarios.card_is_refused()
    execution = told.execution
    assert execution["status"] == "failed"
    assert (execution["failure"]["path"], execution["failure"]["code"]) == ("charge", "http_402")
    assert outcomes(execution, "charge") == ["failed"]
    assert [
        (each["path"], each["status"])
        for each in execution["compensations"]
        if each["status"] != "registered"
    ] == [("reserve", "completed")]
    assert paths(told) == ["/reservations", "/charges", "/releases", "/messages"]
    release, message = told.calls[2:]
    assert release["key"] == f"{execution['id']}/reserve/undo"
    assert release["compensates"] == f"{execution['id']}/reserve"
    assert release["answer"] == {"released": 4}
    assert (message["key"], message["node"]) == (f"{execution['id']}/$on_failure/1", "$on_failure")
    totals = await shop.ledger.totals()
    assert (totals["reserved_pieces"], totals["charged_cents"]) == (0, 0)
    assert totals["messages"] == ["Order order-2 is cancelled: charge failed with http_402"]
    assert "insufficient funds" in printed(told)


async def test_an_order_outlives_the_server_and_is_charged_once(shop: Shop) -> None:
    killed = await shop.scenarios.server_is_killed()
    execution = killed.told.execution
    assert killed.exit_code == -9
    assert killed.pid_after != killed.pid_killed
    assert killed.in_flight["id"] == execution["id"]
    assert killed.in_flight["nodes"]["charge"]["status"] == "running"
    assert execution["status"] == "completed"
    assert outcomes(execution, "charge") == ["lost", "ok"]
    first, second = (call for call in killed.told.calls if call["path"] == "/charges")
    assert first["key"] == second["key"] == f"{execution['id']}/charge"
    assert (first["attempt"], second["attempt"]) == (1, 2)
    assert (first["is_repeat"], second["is_repeat"]) == (False, True)
    assert first["answer"] == second["answer"] == execution["nodes"]["charge"]["output"]
    assert paths(killed.told).count("/reservations") == 1
    assert (await shop.ledger.totals())["charged_cents"] == 101 + 2 * 7
    assert "201, as before" in printed(killed.told)


async def test_an_order_without_a_payment_service_is_undone_after_every_attempt(shop: Shop) -> None:
    shop.ports["payment"] = free_port()
    told = await shop.scenarios.order_ships()
    assert told.execution["status"] == "failed"
    assert told.execution["failure"]["code"] == "connection"
    assert outcomes(told.execution, "charge") == ["failed"] * 5
    assert paths(told) == ["/reservations", "/releases", "/messages"]
    assert "connection" in printed(told)
    assert (await shop.ledger.totals())["reserved_pieces"] == 0


async def test_what_the_api_refuses_is_said(shop: Shop) -> None:
    with pytest.raises(Refused, match="invalid_input"):
        await shop.api.start({"order_id": "order-0"}, wait_s=0)


async def test_the_demo_runs_as_make_demo_runs_it() -> None:
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "examples.checkout.demo",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    stdout, stderr = (said.decode() for said in await demo.communicate())
    assert demo.returncode == 0, stdout + stderr
    assert stderr == ""
    for words in ("completed", "failed", "lost", "killed process", "201, as before"):
        assert words in stdout

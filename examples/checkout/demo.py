"""The checkout example, run: `python -m examples.checkout.demo`.

Starts the services and `treadle dev` as processes of their own and runs three orders. All that it prints it
has read from the REST API and from the services' ledger.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import aiohttp
from rich.console import Console

from examples.checkout.clients import Api, LedgerClient, Refused
from examples.checkout.processes import NotRunning, ServerProcess, ServicesProcess
from examples.checkout.report import Report
from examples.checkout.scenarios import Scenarios


async def run(folder: Path, report: Report) -> None:
    """All three orders, one after the other, on a new store in `folder`."""
    services, server = ServicesProcess(), ServerProcess(folder)
    try:
        await services.start()
        await server.start()
        async with aiohttp.ClientSession() as session:
            api = Api(session, server)
            ledger = LedgerClient(session, services.ledger_url)
            await _tell(report, api, ledger, Scenarios(server, api, ledger, services.ports))
    finally:
        await server.stop()
        await services.stop()


async def _tell(report: Report, api: Api, ledger: LedgerClient, scenarios: Scenarios) -> None:
    definition = await api.put_definition()
    report.line(f"definition {definition['name']}@{definition['version']} {definition['digest']}")

    report.heading("1. An order that ships")
    report.order(await scenarios.order_ships())

    report.heading("2. An order whose card is refused: what was done is undone")
    refused = await scenarios.card_is_refused()
    report.order(refused)
    report.calls(refused)

    report.heading("3. The server is killed while the payment is in flight")
    killed = await scenarios.server_is_killed()
    report.kill(killed)
    report.order(killed.told)
    report.calls(killed.told)

    report.heading("In the end")
    report.totals(await ledger.totals())


def main() -> int:
    console = Console()
    try:
        with tempfile.TemporaryDirectory(prefix="treadle-demo-") as folder:
            asyncio.run(run(Path(folder), Report(console)))
    except (NotRunning, Refused, TimeoutError, aiohttp.ClientError) as error:
        console.print(f"The demo stopped: {str(error) or type(error).__name__}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

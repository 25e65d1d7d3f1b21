"""The egress guard stands before every connection, and what it let through is what is dialled."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.invokers.http.servers import answering, serving
from tests.invokers.invocations import FixedClock, get, post
from treadle.config.networks import parse_networks
from treadle.invokers.http.invoker import HttpInvoker
from treadle.model.outcomes import Cause, Failed, Ok
from treadle.security.egress import EgressMode, EgressPolicy

pytestmark = pytest.mark.anyio

SERVER = EgressPolicy(mode=EgressMode.SERVER)
DEV = EgressPolicy(mode=EgressMode.DEV)


class ScriptedResolver(AbstractResolver):
    """Answers each look-up with the next list of addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self._answers.pop(0)
        return [
            ResolveResult(hostname=host, host=each, port=port, family=socket.AF_INET, proto=0, flags=0)
            for each in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "2130706433",
     "0177.0.0.1", "[fe80::1%25eth0]", "169.254.169.254", "[64:ff9b::7f00:1]", "127.0.0.1.", "１２７.0.0.1"],
)  # fmt: skip
async def test_a_server_does_not_call_inward(host: str) -> None:
    invoker = HttpInvoker(clock=FixedClock(), egress=SERVER)
    outcome = await invoker.invoke(post(f"http://{host}:1/", {"a": 1}))
    await invoker.close()
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.cause, outcome.is_final) == ("egress_refused", Cause.CONNECTION, True)


async def test_what_is_allowed_is_called() -> None:
    policy = EgressPolicy(mode=EgressMode.SERVER, allow=parse_networks("127.0.0.0/8"))
    invoker = HttpInvoker(clock=FixedClock(), egress=policy)
    async with serving(answering(b"ok")) as service:
        assert isinstance(await invoker.invoke(get(service.url)), Ok)
    await invoker.close()


async def test_a_name_goes_only_to_the_address_that_was_checked() -> None:
    # A second look-up would lead elsewhere: there is none.
    resolver = ScriptedResolver(["127.0.0.1"])
    invoker = HttpInvoker(clock=FixedClock(), egress=DEV, resolver=resolver)
    async with serving(answering(b"ok")) as service:
        port = service.url.rpartition(":")[2]
        outcome = await invoker.invoke(get(f"http://shop.test:{port}/"))
        assert service.headers["host"] == f"shop.test:{port}"
    await invoker.close()
    assert isinstance(outcome, Ok)
    assert resolver.asked == ["shop.test"]


async def test_a_name_that_resolves_inward_is_refused() -> None:
    resolver = ScriptedResolver(["169.254.169.254", "fe80::1%eth0"])
    invoker = HttpInvoker(clock=FixedClock(), egress=DEV, resolver=resolver)
    outcome = await invoker.invoke(get("http://shop.test/"))
    await invoker.close()
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("egress_refused", True)
    assert "shop.test" in outcome.message


@pytest.mark.parametrize("addresses", [["127.0.0.1", "10.9.8.7"], ["10.9.8.7", "127.0.0.1"]])
async def test_a_server_does_not_call_a_name_that_leads_inward_by_one_of_its_addresses(
    addresses: list[str],
) -> None:
    policy = EgressPolicy(mode=EgressMode.SERVER, allow=parse_networks("127.0.0.1/32"))
    invoker = HttpInvoker(clock=FixedClock(), egress=policy, resolver=ScriptedResolver(addresses))
    async with serving(answering(b"ok")) as service:
        outcome = await invoker.invoke(get(f"http://shop.test:{service.url.rpartition(':')[2]}/"))
    await invoker.close()
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("egress_refused", True)
    assert service.received == []
    assert "10.9.8.7" not in outcome.message


async def test_in_dev_only_the_open_addresses_of_a_name_are_dialled() -> None:
    invoker = HttpInvoker(
        clock=FixedClock(), egress=DEV, resolver=ScriptedResolver(["fe80::1%eth0", "127.0.0.1"])
    )
    async with serving(answering(b"ok")) as service:
        outcome = await invoker.invoke(get(f"http://shop.test:{service.url.rpartition(':')[2]}/"))
    await invoker.close()
    assert isinstance(outcome, Ok)


async def test_a_name_without_an_address_may_be_retried() -> None:
    invoker = HttpInvoker(clock=FixedClock(), egress=DEV, resolver=ScriptedResolver([]))
    outcome = await invoker.invoke(get("http://shop.test/"))
    await invoker.close()
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("connection", False)

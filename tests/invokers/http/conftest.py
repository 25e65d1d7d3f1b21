"""The invoker as `treadle dev` uses it: loopback is open."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.invokers.invocations import FixedClock
from treadle.invokers.http.invoker import HttpInvoker
from treadle.security.egress import EgressMode, EgressPolicy


@pytest.fixture
async def invoker() -> AsyncIterator[HttpInvoker]:
    made = HttpInvoker(clock=FixedClock(), egress=EgressPolicy(mode=EgressMode.DEV))
    yield made
    await made.close()


@pytest.fixture
def server_tls() -> ssl.SSLContext:
    """A server's side of TLS with a certificate that it signed itself, so that nobody trusts it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("untrusted.pem"))
    return context

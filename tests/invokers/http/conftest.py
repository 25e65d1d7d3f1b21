"""The invoker as `treadle dev` uses it: loopback is open."""

import shutil
import ssl
import subprocess
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
def server_tls(tmp_path: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that it signed itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

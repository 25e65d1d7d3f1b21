"""A real `treadle server` does not call inward, however an address is written, whatever names resolve to."""

import json
import socket
import socketserver
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final
from urllib.parse import unquote

import pytest

from tests.cli.processes import Dev, dev
from tests.e2e.naming import Names, naming
from treadle.model.json import Json

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

KEY: Final = "a-key-of-the-test"
SECRET: Final = "sent-with-every-call"
OUTER: Final = "127.0.0.2"
"""The one address that a server is let call, in the place of a public one."""
ANSWERED: Final = "said by the service"
TURNING: Final = (OUTER,), ("127.0.0.1",)
"""The first look-up, and those after it."""
KNOWN: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "inner.test": [("127.0.0.1",)],
    "private.test": [("10.9.8.7",)],
    "metadata.test": [("169.254.169.254",)],
    "mapped.test": [("::ffff:127.0.0.1",)],
    "nat64.test": [("64:ff9b::7f00:1",)],
    "mixed.test": [(OUTER, "127.0.0.1")],
    "mixed-too.test": [("127.0.0.1", OUTER)],
    "outer.test": [(OUTER,)],
    "turning.test": TURNING,
    "led-to.test": [("127.0.0.1",)],
}
DOCUMENT: Final = {
    "name": "caller",
    "version": "1",
    "defaults": {"retry": {"max_attempts": 3, "initial": "1ms"}},
    "steps": [
        {
            "id": "call",
            "kind": "task",
            "http": {
                "method": "POST",
                "url": "{{ input.url }}",
                "headers": {"X-Secret": SECRET},
                "body": {"secret": SECRET},
                "follow_redirects": True,
            },
        }
    ],
}
WRITTEN: Final = [
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "127.0.0.1.",
    "[::ffff:127.0.0.1]",
    "[::1]",
    "[::ffff:7f00:1]",
    "[::]",
    "[::7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "0.0.0.0",
    "0",
    "169.254.169.254",
    "[fe80::1%25lo]",
    "10.0.0.1",
    "[fd00::1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::1]",
    "[2002:a00:1::]",
    "[2001:0:7f00:1::]",
    "１２７.０.０.１",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "localhost",
    "LOCALHOST",
    "inner.test",
    "INNER.test.",
    "private.test",
    "metadata.test",
    "mapped.test",
    "nat64.test",
    "mixed.test",
    "mixed-too.test",
]
"""Hosts that lead inward, all of which are told as what they are."""
MALFORMED: Final = [
    "http://public@127.0.0.1:{port}/",
    "http://outer.test:80@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}@outer.test:{port}/",
    "http://user:sent-with-every-call@127.0.0.1:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://127%2e0.0.1:{port}/",
    "http://127.0.0.1%00.outer.test:{port}/",
    "http://127.0.0.1\\@outer.test:{port}/",
    "http:///127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/",
    "file:///etc/passwd",
]
"""What is not called, whatever its host is."""


class Service(socketserver.ThreadingTCPServer):
    """Everything of this machine at one port; `came_to` says at which addresses it was called."""

    daemon_threads = True
    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET

    def __init__(self) -> None:
        super().__init__(("", 0), _Called, bind_and_activate=False)
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.server_bind()
        self.server_activate()
        self.came_to: list[str] = []
        self.port: int = self.server_address[1]


class _Called(socketserver.StreamRequestHandler):
    """Answers, or redirects to what the path names: a host of this service, percent-encoded."""

    server: Service

    def handle(self) -> None:
        self.server.came_to.append(self.connection.getsockname()[0].removeprefix("::ffff:"))
        line = self.rfile.readline().decode()
        length = 0
        while (header := self.rfile.readline().decode().strip().lower()) != "":
            if header.startswith("content-length:"):
                length = int(header.partition(":")[2])
        self.rfile.read(length)
        _, path, _ = line.split()
        body = ANSWERED.encode()
        if path.startswith("/to/"):
            to = f"http://{unquote(path.removeprefix('/to/'))}:{self.server.port}/"
            head = f"HTTP/1.1 307 Elsewhere\r\nLocation: {to}\r\n"
        else:
            head = "HTTP/1.1 200 OK\r\n"
        head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.wfile.write(head.encode() + body)


@contextmanager
def service() -> Iterator[Service]:
    with Service() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()


class World:
    """A server, what it may call, and what was called."""

    def __init__(self, server: Dev, service: Service, names: Names) -> None:
        self._server = server
        self.service = service
        self.names = names

    def called(self, url: str) -> Mapping[str, Json]:
        """An execution that calls this URL, once it has ended."""
        self.service.came_to.clear()
        self.names.asked.clear()
        order = {"definition": {"document": DOCUMENT}, "input": {"url": url}}
        headers = {
            "Content-Type": "application/json",
            "Prefer": "wait=60",
            "Authorization": f"Bearer {KEY}",
        }
        request = urllib.request.Request(
            f"{self._server.url}/v1/executions", json.dumps(order).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=90) as answer:
            told: dict[str, Json] = json.loads(answer.read())
        return told


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server that may call OUTER, and nothing else of this machine."""
    folder = tmp_path_factory.mktemp("egress")
    with (
        service() as called,
        naming(folder, KNOWN) as (names, environment),
        dev(
            folder,
            "--egress-allow",
            f"{OUTER}/32",
            command="server",
            TREADLE_API_KEYS=f"test:default:admin:{KEY}",
            **environment,
        ) as server,
    ):
        yield World(server, called, names)


def assert_refused(world: World, told: Mapping[str, Json], code: str) -> str:
    """It failed at its first attempt, with that code, and says nothing that it should not; what it says."""
    assert told["status"] == "failed", told
    failure = told["failure"]
    assert isinstance(failure, dict)
    assert (failure["code"], failure["kind"], failure["path"]) == (code, "error", "call")
    nodes = told["nodes"]
    assert isinstance(nodes, dict)
    (attempt,) = nodes["call"]["attempts"]
    assert (attempt["outcome"], attempt["http_status"]) == ("failed", None)
    assert set(world.service.came_to) <= {OUTER}
    said: str = failure["message"]
    assert attempt["error"] == {"code": code, "message": said}
    for kept in (SECRET, ANSWERED):
        assert kept not in said
    return said


@pytest.mark.parametrize("host", WRITTEN)
def test_what_leads_inward_is_refused_and_not_dialled(world: World, host: str) -> None:
    told = world.called(f"http://{host}:{world.service.port}/")
    said = assert_refused(world, told, "egress_refused")
    assert world.service.came_to == []
    if host.lower().rstrip(".").endswith(".test"):
        resolved = {each for answer in KNOWN[host.lower().rstrip(".")] for each in answer}
        assert [each for each in resolved if each in said] == [], "what a name resolves to is not told"
        assert host.lower().rstrip(".") in said.lower()


@pytest.mark.parametrize("url", MALFORMED)
def test_what_is_no_plain_url_is_refused_and_not_dialled(world: World, url: str) -> None:
    told = world.called(url.format(port=world.service.port))
    assert_refused(world, told, "invalid_request")
    assert (world.service.came_to, world.names.asked) == ([], [])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "[::1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "led-to.test",
        "localhost",
    ],
)
def test_a_redirect_inward_is_refused_and_not_dialled(world: World, host: str) -> None:
    told = world.called(f"http://{OUTER}:{world.service.port}/to/{host}")
    assert_refused(world, told, "egress_refused")
    assert world.service.came_to == [OUTER]


@pytest.mark.parametrize("host", [OUTER, "0x7f000002", "outer.test", f"[::ffff:{OUTER}]"])
def test_what_is_allowed_is_called(world: World, host: str) -> None:
    told = world.called(f"http://{host}:{world.service.port}/")
    assert told["status"] == "completed", told
    assert world.service.came_to == [OUTER]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.3", "127.0.2.1", "10.0.0.1"])
def test_what_stands_beside_the_allowed_stays_closed(world: World, host: str) -> None:
    assert_refused(world, world.called(f"http://{host}:{world.service.port}/"), "egress_refused")


def test_a_name_that_resolves_otherwise_after_the_check_is_called_where_it_was_checked(world: World) -> None:
    told = world.called(f"http://turning.test:{world.service.port}/")
    assert told["status"] == "completed", told
    assert (world.service.came_to, world.names.asked) == ([OUTER], ["turning.test"])

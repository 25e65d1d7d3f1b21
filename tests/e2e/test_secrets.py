"""A secret is planted, and every byte that is stored, logged, shown or sent elsewhere is searched for it."""

import json
import signal
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.processes import Dev, dev
from treadle.model.json import Json

pytestmark = pytest.mark.slow
SECRET = "pl4nted/&-s3cret value"
ROTATED = "r0tated-s3cret-value"
SPELLED = (SECRET, ROTATED, quote(SECRET, safe=""), quote(SECRET), json.dumps(SECRET)[1:-1])


class Service(ThreadingHTTPServer):
    """Echoes what it was sent, in its body and a header; says no at `/no`, and hangs up at `/break`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Echo)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Echo(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.path, headers, body))
        if self.path.startswith("/break"):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + SECRET.encode())
            self.close_connection = True
            return
        answer = json.dumps(
            {
                "path": self.path,
                "body": body.decode(),
                "keys": {headers.get("authorization", ""): [list(headers.values())]},
            }
        ).encode()
        self.send_response(400 if self.path.startswith("/no") else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("X-Echo", self.headers.get("Authorization", ""))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Not on stderr."""


@contextmanager
def service() -> Iterator[Service]:
    made = Service()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def call(url: str, path: str, **body: Json) -> dict[str, Json]:
    http = {
        "method": "POST",
        "url": f"{url}{path}?k={{{{ secrets.planted }}}}",
        "auth": "planted",
        "body": {"signed": "{{ secrets.planted }}", **body},
    }
    return {"http": http, "retry": {"max_attempts": 1}}


def document(url: str, other: str) -> Json:
    """Echoed, passed on to a service that gets no secret, undone, and refused in the end."""
    passed_on = {"method": "POST", "url": f"{other}/elsewhere", "body": "{{ nodes.echo.output }}"}
    return {
        "name": "secretive",
        "version": "1",
        "steps": [
            {
                "id": "echo",
                "kind": "task",
                **call(url, "/echo"),
                "compensate": {"http": call(url, "/undo")["http"]},
            },
            {"id": "pass", "kind": "task", "http": passed_on},
            {"id": "break", "kind": "task", "on_unknown": "compensate", **call(url, "/break")},
            {"id": "no", "kind": "task", **call(url, "/no")},
        ],
        "on_failure": {
            "http": call(other, "/hook", why="{{ failure.message }}")["http"] | {"auth": "planted"}
        },
        "output": "{{ nodes.echo.output }}",
    }


def asked(server: Dev, path: str, body: Json = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Prefer": "wait=60"}
    with urllib.request.urlopen(
        urllib.request.Request(server.url + path, data, headers), timeout=90
    ) as answer:
        return bytes(answer.read())


def found_in(data: bytes) -> list[str]:
    return [spelled for spelled in SPELLED if spelled.encode() in data]


def test_a_planted_secret_is_found_nowhere_but_where_it_was_sent(tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.mkdir()
    secrets = tmp_path / "secrets.json"
    secrets.write_text(json.dumps({"default": {"planted": SECRET}}))
    shown = b""
    with (
        service() as asked_with,
        service() as other,
        dev(held, TREADLE_SECRETS=str(secrets), TREADLE_LOG_LEVEL="debug") as server,
    ):
        tree = document(asked_with.url, other.url)
        started = asked(server, "/v1/executions", {"definition": {"document": tree}})
        execution = json.loads(started)
        assert execution["status"] == "failed"
        path = f"/v1/executions/{execution['id']}"
        for more in ("", "/history?limit=500", "/events", "/explanation", "/nodes"):
            shown += asked(server, path + more)
        shown += started + asked(server, "/v1/executions")
        secrets.write_text(json.dumps({"default": {"planted": ROTATED}}))
        server.send(signal.SIGHUP)
        only_echo = {"name": "again", "version": "1", "steps": [tree["steps"][0]]}
        while ROTATED not in asked_with.seen[-1][1]["authorization"]:
            shown += asked(server, "/v1/executions", {"definition": {"document": only_echo}})
        logs = server.stop()
    sent = {
        path.partition("?")[0] for path, headers, _ in asked_with.seen if SECRET in headers["authorization"]
    }
    assert sent == {"/echo", "/break", "/undo"}
    elsewhere = next(body for path, _, body in other.seen if path == "/elsewhere")
    assert b"***" in elsewhere
    assert found_in(elsewhere) == []
    assert found_in(shown) == []
    assert found_in((logs.out + logs.err).encode()) == []
    stored = b"".join(file.read_bytes() for file in held.rglob("*") if file.is_file())
    assert b"secretive" in stored
    assert found_in(stored) == []

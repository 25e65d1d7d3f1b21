"""Servers that answer what they are told to, whoever asks for whatever."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

import msgspec

from treadle.model.json import Json

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
EVENTS: Final = "text/event-stream"
POLL_S: Final = 0.01
"""How often a server looks whether it is to stop."""


class Scripted(msgspec.Struct, frozen=True, kw_only=True):
    """One answer; `headers` replace those that fit the body."""

    status: int = 200
    media: str = JSON
    body: bytes = b""
    headers: dict[str, str] = {}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request that came."""

    method: str
    path: str
    last_event_id: str | None


class ScriptedServer:
    """`asked` are the requests so far."""

    def __init__(self, url: str, asked: list[Asked]) -> None:
        self.url = url
        self.asked = asked


def said(value: Json, status: int = 200) -> Scripted:
    return Scripted(status=status, body=msgspec.json.encode(value))


def refused(status: int, code: str, **more: Json) -> Scripted:
    problem = {"code": code, "title": code, "detail": "not so", "retryable": status == 503} | more
    return Scripted(status=status, media=PROBLEM, body=msgspec.json.encode(problem))


def streamed(*messages: str) -> Scripted:
    return Scripted(media=EVENTS, body="".join(messages).encode())


@contextmanager
def answering(answers: Sequence[Scripted]) -> Iterator[ScriptedServer]:
    """A server that gives these answers one after the other, and the last of them for ever."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            one = answers[min(len(asked), len(answers) - 1)]
            last = self.headers.get("Last-Event-ID")
            asked.append(Asked(method=self.command, path=self.path, last_event_id=last))
            self.send_response(one.status)
            fitting = {"Content-Type": one.media, "Content-Length": str(len(one.body))}
            for name, value in (fitting | one.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(one.body)
            self.close_connection = True

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(POLL_S,))
        thread.start()
        try:
            yield ScriptedServer(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()

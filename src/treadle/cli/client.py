"""A small client of the REST contract, one request after the other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

import click
import msgspec

from treadle.cli.failures import RefusedByServer, Unreachable
from treadle.cli.printing import on_one_line
from treadle.client.event_stream import Message, MessageReader
from treadle.config.server_url import parse_server_url
from treadle.model.errors import Fault
from treadle.model.json import Json

T = TypeVar("T")
Query = Mapping[str, str | list[str] | None]

CONNECT_S: Final = 10
ANSWER_S: Final = 75
"""Longer than the longest wait that a server grants."""
QUIET_S: Final = 45
"""A server that has nothing to tell says so three times as often."""
PART_BYTES_MAX: Final = 64 * 1_024
"""Of a stream of events that is read at once; a smaller part is read as it comes."""
REACHED_BUT_NOT_ITS_STORE: Final = "store_unavailable"
EVENT_STREAM: Final = "text/event-stream"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says when it refuses."""

    code: str
    title: str = ""
    detail: str = ""
    retryable: bool = False
    errors: tuple[Fault, ...] = ()


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of `url` that is no problem; `text` is its JSON as it came."""

    url: str
    status: int
    text: str

    def read(self, shape: type[T]) -> T:
        """What it says.

        Raises:
            Unreachable: it is no answer of a Treadle server.
        """
        try:
            return msgspec.json.decode(self.text, type=shape)
        except (msgspec.DecodeError, RecursionError) as error:
            raise _stranger(self.url, self.status) from error


class Client:
    """Talks to the server at `url`.

    Every method raises Unreachable (not to be reached, or no Treadle server) or RefusedByServer.
    """

    def __init__(self, url: str, *, api_key: str | None, namespace: str | None) -> None:
        """Without `namespace` it is that of the key, or `default`.

        Raises:
            ValueError: `url` is of no server.
            UsageError: a header cannot hold the key or the namespace.
        """
        parts = parse_server_url(url)
        if "@" in parts.netloc:
            # The message does not repeat what may be a password.
            raise ValueError("the URL of a server has no credentials: a key goes into --api-key")
        self.url = url
        self._host, self._port, self._is_tls = parts.hostname or "", parts.port, parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Accept": "application/json"}
        if namespace is not None:
            self._headers["Treadle-Namespace"] = _header("--namespace", namespace)
        if api_key is not None:
            self._headers["Authorization"] = f"Bearer {_header('--api-key', api_key)}"

    def get(self, path: str, query: Query | None = None) -> Reply:
        """Ask for something; parameters that are None are not sent."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        asked = f"{path}?{urlencode(given, doseq=True, errors='replace')}" if given else path
        return self._call("GET", asked, None, {})

    def post(self, path: str, body: Json, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask for something to be done; `body` is sent as JSON."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self._call("POST", path, _encoded(body), sent)

    def delete(self, path: str) -> Reply:
        """Ask for something to be taken away."""
        return self._call("DELETE", path, None, {})

    @contextmanager
    def events(self, path: str, last_event_id: int) -> Iterator[Iterator[Message]]:
        """Messages as they come, and signs of life between them; none at all when all is over."""
        headers = {"Accept": EVENT_STREAM, "Last-Event-ID": str(last_event_id)}
        with self._asked("GET", path, None, headers) as answer:
            if answer.status == 204:
                yield iter(())
            elif answer.status == 200 and (answer.getheader("Content-Type") or "").startswith(EVENT_STREAM):
                yield self._messages(answer)
            else:
                self._reply(answer)
                raise _stranger(self.url, answer.status)

    def _call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        with self._asked(method, path, body, headers) as answer:
            return self._reply(answer)

    @contextmanager
    def _asked(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Iterator[HTTPResponse]:
        connect = HTTPSConnection if self._is_tls else HTTPConnection
        connection = connect(self._host, self._port, timeout=CONNECT_S)
        try:
            yield self._answer(connection, method, path, (body, {**self._headers, **headers}))
        finally:
            connection.close()

    def _answer(
        self, connection: HTTPConnection, method: str, path: str, sent: tuple[bytes | None, dict[str, str]]
    ) -> HTTPResponse:
        body, headers = sent
        is_sent = False
        try:
            connection.connect()
            connection.sock.settimeout(QUIET_S if headers["Accept"] == EVENT_STREAM else ANSWER_S)
            is_sent = True
            connection.request(method, self._prefix + path, body, headers)
            return connection.getresponse()
        except (OSError, HTTPException) as error:
            raise self._unreachable(error, is_sent=is_sent) from error
        except ValueError as error:
            # The name of a host that is none.
            raise click.UsageError(f"--url {self.url!r} cannot be asked: {error}") from error

    def _reply(self, answer: HTTPResponse) -> Reply:
        try:
            text = answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException) as error:
            raise self._unreachable(error, is_sent=True) from error
        if answer.status >= 400:
            raise _refusal(answer, text, self.url)
        reply = Reply(url=self.url, status=answer.status, text=text)
        if answer.status != 204:
            reply.read(msgspec.Raw)
        return reply

    def _messages(self, answer: HTTPResponse) -> Iterator[Message]:
        reader = MessageReader()
        try:
            while part := answer.read1(PART_BYTES_MAX):
                yield from reader.feed(part)
        except (OSError, HTTPException, ValueError) as error:
            raise self._unreachable(error, is_sent=True) from error

    def _unreachable(self, error: Exception, *, is_sent: bool) -> Unreachable:
        why = str(error) or type(error).__name__
        return Unreachable(f"{self.url} cannot be reached: {why}", is_sent=is_sent)


def segment(text: str) -> str:
    """The text as one segment of a path."""
    return quote(text, safe="", errors="replace")


def _header(option: str, text: str) -> str:
    """The message does not repeat what may be a key."""
    if not (text.isascii() and text.isprintable()):
        raise click.UsageError(f"{option} has characters that cannot be sent over HTTP")
    return text


def _encoded(body: Json) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError as error:
        raise click.UsageError("half of a surrogate pair is no text: it cannot be sent") from error


def _stranger(url: str, status: int) -> Unreachable:
    return Unreachable(f"{url} answers {status}, but not as a Treadle server does", is_sent=True)


def _refusal(answer: HTTPResponse, text: str, url: str) -> RefusedByServer | Unreachable:
    try:
        problem = msgspec.json.decode(text, type=Problem)
    except (msgspec.DecodeError, RecursionError):
        return _stranger(url, answer.status)
    lines = [f"{problem.detail or problem.title} ({problem.code})"]
    lines += [f"  {fault.pointer or '/'}: {fault.message}" for fault in problem.errors]
    if problem.retryable:
        later = answer.getheader("Retry-After")
        lines.append(f"  nothing was accepted: try again{f' in {later} s' if later else ' later'}")
    shown = "\n".join(map(on_one_line, lines))
    if problem.code == REACHED_BUT_NOT_ITS_STORE:
        return Unreachable(shown)
    return RefusedByServer(shown, code=problem.code, is_retryable=problem.retryable, errors=problem.errors)

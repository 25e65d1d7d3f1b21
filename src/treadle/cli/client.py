"""A small client of the REST contract, one request after the other."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from treadle.cli.failures import RefusedByServer, Unreachable
from treadle.config.server_url import parse_server_url
from treadle.model.json import Json

TIMEOUT_S: Final = 75
"""Longer than the longest wait that a server grants."""
REACHED_BUT_NOT_ITS_STORE: Final = "store_unavailable"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is no problem; `text` is its JSON as it came, `body` what that holds."""

    status: int
    text: str
    body: Json


class Client:
    """Talks to the server at `url`."""

    def __init__(self, url: str, *, api_key: str | None, namespace: str) -> None:
        """Raises ValueError for what is no URL of a server."""
        parts = parse_server_url(url)
        self._url = url
        self._host, self._port, self._is_tls = parts.hostname or "", parts.port, parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Treadle-Namespace": namespace, "Accept": "application/json"}
        if api_key is not None:
            self._headers["Authorization"] = f"Bearer {api_key}"

    def get(self, path: str, query: Mapping[str, str | list[str] | None] | None = None) -> Reply:
        """Ask for something; parameters that are None are not sent."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return self._call("GET", f"{path}?{urlencode(given, doseq=True)}" if given else path, None, {})

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask for something to be done; `body` is JSON."""
        return self._call("POST", path, body, {"Content-Type": "application/json", **(headers or {})})

    def _call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        connect = HTTPSConnection if self._is_tls else HTTPConnection
        connection = connect(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, self._prefix + path, body, {**self._headers, **headers})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException) as error:
            why = str(error) or type(error).__name__
            raise Unreachable(f"{self._url} cannot be reached: {why}") from error
        finally:
            connection.close()
        return _reply(answer.status, text, self._url)


def segment(text: str) -> str:
    """The text as one segment of a path."""
    return quote(text, safe="")


def _reply(status: int, text: str, url: str) -> Reply:
    try:
        body = msgspec.json.decode(text) if text else None
    except msgspec.DecodeError as error:
        raise Unreachable(f"{url} answers {status}, but not as a Treadle server does") from error
    if status >= 400:
        raise _refusal(status, body, url)
    return Reply(status=status, text=text, body=body)


def _refusal(status: int, problem: Json, url: str) -> RefusedByServer | Unreachable:
    if not isinstance(problem, dict) or "code" not in problem:
        return RefusedByServer(f"{url} answers {status}")
    lines = [f"{problem.get('detail') or problem.get('title')} ({problem['code']})"]
    lines += [f"  {fault['pointer'] or '/'}: {fault['message']}" for fault in problem.get("errors") or ()]
    text = "\n".join(lines)
    return Unreachable(text) if problem["code"] == REACHED_BUT_NOT_ITS_STORE else RefusedByServer(text)

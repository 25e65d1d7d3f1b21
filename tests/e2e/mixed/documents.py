"""What is run: a call with an undo, one that is called back, two waits, and a last call."""

from typing import Any, Final

ERRAND: Final = "errand"
NOTE: Final = "note"
GO: Final = "go"
PROBE: Final = "probe"
CALLBACK_FIELD: Final = "callback"


def errand(services: str, version: str = "1") -> dict[str, Any]:
    """It ends when it was called back and has been sent NOTE and GO."""
    asked = {"order": "{{ input.order }}"}
    called = {**asked, CALLBACK_FIELD: "{{ callback.url }}"}
    undo = {"compensate": _http(services, "unask", asked)}
    callback = {"mode": "async", "callback": {"timeout": "1h"}}
    return {
        "name": ERRAND,
        "version": version,
        "defaults": {"timeout": "10m", "retry": {"initial": "5ms", "max": "20ms"}},
        "steps": [
            {"id": "ask", "kind": "task", **_http(services, "ask", asked), **undo},
            {"id": "answer", "kind": "task", **_http(services, "answer", called), **callback},
            {"id": "noted", "kind": "wait", "signal": NOTE},
            {"id": "held", "kind": "wait", "signal": GO},
            {"id": "finish", "kind": "task", **_http(services, "finish", asked)},
        ],
    }


def probe(services: str) -> dict[str, Any]:
    """A call alone, to see whether a server does new work."""
    return {
        "name": PROBE,
        "version": "1",
        "steps": [{"id": "look", "kind": "task", **_http(services, "look", {})}],
    }


def _http(services: str, service: str, body: object) -> dict[str, Any]:
    return {"http": {"method": "POST", "url": f"{services}/calls/{service}", "body": body}}

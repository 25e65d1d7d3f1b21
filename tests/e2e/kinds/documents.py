"""Parts of the documents of the scenarios; each task calls a service of its own name."""

from typing import Any, Final

CALL_TIMEOUT: Final = "10m"
"""A call that a service holds is not to end by itself: what breaks it is the kill."""
QUICK: Final = {"initial": "10ms", "max": "20ms"}


class Work:
    """Makes the parts of one scenario's documents."""

    def __init__(self, services: str, scenario: str) -> None:
        self._services = services
        self.scenario = scenario

    def document(self, *steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """A sequence of these nodes, or what `nodes` and `start` say."""
        body = {} if "nodes" in fields else {"steps": list(steps)}
        return {
            "name": self.scenario,
            "version": "1",
            "defaults": {"timeout": CALL_TIMEOUT, "retry": QUICK},
            **body,
            **fields,
        }

    def task(self, node: str, *, undo: bool = False, **fields: Any) -> dict[str, Any]:
        """With `undo` it is undone by the service `<node>.undo`."""
        undone = {"compensate": self.http(f"{node}.undo")} if undo else {}
        return {"id": node, "kind": "task", **self.http(node), **undone, **fields}

    def async_task(self, node: str, **fields: Any) -> dict[str, Any]:
        """The service is given the URL at which its answer is awaited."""
        given = self.http(node, {"callback": "{{ callback.url }}"})
        return self.task(node, **{"mode": "async", "callback": {"timeout": "1h"}, **given, **fields})

    def http(self, service: str, body: Any = None) -> dict[str, Any]:
        """A call of a service."""
        url = f"{self._services}/calls/{self.scenario}/{service}"
        return {"http": {"method": "POST", "url": url, "body": {} if body is None else body}}


def node(kind: str, name: str, /, **fields: Any) -> dict[str, Any]:
    """A node that calls nobody."""
    return {"id": name, "kind": kind, **fields}


def equal(path: str, value: Any) -> dict[str, Any]:
    """The condition that what stands at the path is that value."""
    return {"==": [{"var": path}, value]}

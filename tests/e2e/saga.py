"""What is killed: a saga of tasks with compensations, a switch, a timer and hooks; a short one; and a wide
one with a child, a callback, branches and a signal.
"""

from typing import Any, Final

LONG: Final = "order"
SHORT: Final = "booking"
WIDE: Final = "tour"
PART: Final = "leg"
"""The child of WIDE."""
PROBE: Final = "probe"
OUTPUTS: Final = {
    LONG: {"reservation": "reserve", "invoice": "invoice"},
    SHORT: {"reservation": "reserve"},
    WIDE: {"reservation": "reserve", "payment": "pay", "stamp": "stamp", "invoice": "invoice"},
    PART: {"seat": "seat"},
}
"""By definition, the fields of its output and the nodes whose answers they hold."""
COMPENSATED: Final = frozenset({"reserve", "charge", "courier", "parcel", "pay", "invoice"})
"""The nodes that have an undo; none is visited twice."""
SIGNAL: Final = "go"
SIGNALLED_AT: Final = "stamp"
"""When this task is called, WIDE waits for the signal."""
CALL_TIMEOUT: Final = "10m"
"""A call that a service holds is not to end by itself: what breaks it is the kill."""


def documents(services: str) -> tuple[dict[str, Any], ...]:
    """All definitions; `services` is the base URL of the stub services."""
    sagas = (long_saga(services), short_saga(services), wide_saga(services), part(services))
    return (*sagas, probe(services))


def long_saga(services: str) -> dict[str, Any]:
    """Five or six tasks, all but two with an undo."""
    work = Work(services)
    reserved = {"reservation": "{{ nodes.reserve.output.id }}"}
    return {
        **work.frame(LONG),
        "steps": [
            work.task("reserve", {"order": "{{ input.order }}"}, undo="release"),
            work.task("charge", reserved, undo="refund"),
            {
                "id": "route",
                "kind": "switch",
                "cases": [
                    {
                        "when": {"==": [{"var": "input.express"}, True]},
                        "name": "express",
                        "steps": [
                            work.task("wrap", reserved),
                            work.task("courier", reserved, undo="recall"),
                        ],
                    }
                ],
                "default": [work.task("parcel", reserved, undo="stop")],
            },
            {"id": "cool", "kind": "sleep", "for": "5ms"},
            work.task("invoice", reserved, undo="credit"),
            work.task("notify", {"invoice": "{{ nodes.invoice.output.id }}"}),
        ],
    }


def short_saga(services: str) -> dict[str, Any]:
    """A task with an undo: starts are a good part of what it asks of the store."""
    work = Work(services)
    steps = [work.task("reserve", {"order": "{{ input.order }}"}, undo="release")]
    return {**work.frame(SHORT), "steps": steps}


def wide_saga(services: str) -> dict[str, Any]:
    """What is undone are tasks of the root body alone, so that their order is that of the calls."""
    work = Work(services)
    reserved = {"reservation": "{{ nodes.reserve.output.id }}"}
    pay = work.task("pay", {"callback": "{{ callback.url }}"}, undo="repay")
    branches = {
        "word": [{"id": "hold", "kind": "wait", "signal": SIGNAL}],
        "paper": [work.task(SIGNALLED_AT, reserved), work.task("bind", reserved)],
        "goods": [work.task("pack", reserved)],
    }
    return {
        **work.frame(WIDE),
        "steps": [
            work.task("reserve", {"order": "{{ input.order }}"}, undo="release"),
            {"id": "ride", "kind": "child", "definition": PART, "input": "{{ input }}"},
            {**pay, "mode": "async", "callback": {"timeout": "1h"}},
            {"id": "ready", "kind": "parallel", "branches": branches},
            work.task("invoice", reserved, undo="credit"),
        ],
    }


def part(services: str) -> dict[str, Any]:
    """A task whose end another execution awaits."""
    work = Work(services)
    return {**work.frame(PART), "steps": [work.task("seat", {"order": "{{ input.order }}"})]}


def probe(services: str) -> dict[str, Any]:
    """A task alone, to see whether a server does new work."""
    return {
        "name": PROBE,
        "version": "1",
        "defaults": {"timeout": CALL_TIMEOUT},
        "steps": [Work(services).task("look", {})],
    }


class Work:
    """Makes the parts of a document; each task calls the service of its name."""

    def __init__(self, services: str) -> None:
        self._services = services

    def frame(self, name: str) -> dict[str, Any]:
        """What all sagas have."""
        return {
            "name": name,
            "version": "1",
            "defaults": {
                "timeout": CALL_TIMEOUT,
                "retry": {"max_attempts": 3, "initial": "10ms", "max": "40ms"},
            },
            "output": {field: f"{{{{ nodes.{node}.output.id }}}}" for field, node in OUTPUTS[name].items()},
            "on_success": self.http("thanks", {"order": "{{ input.order }}"}),
            "on_failure": self.http("regrets", {"why": "{{ failure.message }}"}),
        }

    def task(self, node: str, body: object, *, undo: str | None = None) -> dict[str, Any]:
        """`undo` is the service that undoes it."""
        made = {"id": node, "kind": "task", **self.http(node, body)}
        if undo is not None:
            key = f"{{{{ nodes.{node}.idempotency_key }}}}"
            made["compensate"] = {
                **self.http(undo, {"key": key}),
                "retry": {"initial": "10ms", "max": "20ms"},
            }
        return made

    def http(self, service: str, body: object) -> dict[str, Any]:
        """A call of a service."""
        return {"http": {"method": "POST", "url": f"{self._services}/calls/{service}", "body": body}}

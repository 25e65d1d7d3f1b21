"""Prints what the API and the ledger said; nothing here is known beforehand."""

import json
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from examples.checkout.scenarios import Killed, Told

COLOURS = {
    "completed": "green",
    "ok": "green",
    "failed": "red",
    "skipped": "yellow",
    "running": "cyan",
    "unknown": "yellow",
    "lost": "yellow",
    "stuck": "red",
}


class Report:
    """Tables on a console; plain text where it is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def heading(self, text: str) -> None:
        self._console.print()
        self._console.rule(f"[bold]{text}", align="left")

    def line(self, text: str) -> None:
        self._console.print(text)

    def order(self, told: Told) -> None:
        """One order: its visits, what was undone, and what it came to."""
        execution = told.execution
        self._console.print(
            f"{execution['business_key']}  {_coloured(execution['status'])}"
            f"  [dim]{execution['id']}, {len(told.history)} events[/]"
        )
        self._console.print(_visits(execution))
        if execution["compensations"]:
            self._console.print(_compensations(execution))
        if execution["failure"]:
            failure = execution["failure"]
            self._console.print(
                f"failed at {failure['path']}: {failure['code']}, {failure['message']}", markup=False
            )
        if execution["output"] is not None:
            self._console.print(f"output {json.dumps(execution['output'])}", markup=False, highlight=False)

    def kill(self, killed: Killed) -> None:
        """What was going on when the server was killed."""
        running = [path for path, visit in killed.in_flight["nodes"].items() if visit["status"] == "running"]
        self._console.print(
            f"killed process {killed.pid_killed} (exit code {killed.exit_code}) while"
            f" {killed.in_flight['business_key']} was {killed.in_flight['status']} in {', '.join(running)};"
            f" process {killed.pid_after} went on"
        )

    def calls(self, told: Told) -> None:
        """What the services received for an order, in order of arrival."""
        prefix = f"{told.execution['id']}/"
        self._console.print(f"[dim]what the services received; each key begins with {prefix}[/]")
        table = Table("service", "path", "attempt", "...key", "answered")
        for call in told.calls:
            answered = f"{call['status']}, as before" if call["is_repeat"] else str(call["status"])
            key, attempt = escape(call["key"].removeprefix(prefix)), str(call["attempt"])
            table.add_row(call["service"], call["path"], attempt, key, answered)
        self._console.print(table)

    def totals(self, totals: dict[str, Any]) -> None:
        """What the services hold over all orders."""
        reserved, charged = totals["reserved_pieces"], _euros(totals["charged_cents"])
        self._console.print(f"The services hold {reserved} reserved pieces and charges of {charged}.")
        for message in totals["messages"]:
            self._console.print(f"Message sent: {message}", markup=False)


def _visits(execution: dict[str, Any]) -> Table:
    table = Table("visit", "kind", "status", "attempts", "took", "output")
    # The API gives the newest visit first.
    for path, visit in reversed(execution["nodes"].items()):
        table.add_row(
            escape(path),
            visit["kind"],
            _coloured(visit["status"]),
            ", ".join(_attempt(each) for each in visit["attempts"]) or "-",
            _took(visit),
            escape(_output(visit["output"])),
        )
    return table


def _compensations(execution: dict[str, Any]) -> Table:
    table = Table("compensation of", "status", "attempts", "reason")
    for each in execution["compensations"]:
        table.add_row(
            escape(each["path"]),
            _coloured(each["status"]),
            str(each["attempt"]),
            escape(each["reason"] or ""),
        )
    return table


def _attempt(attempt: dict[str, Any]) -> str:
    ended = _coloured(attempt["outcome"]) if attempt["outcome"] else "in flight"
    status = f" {attempt['http_status']}" if attempt["http_status"] else ""
    return f"{attempt['number']} {ended}{status}"


def _output(output: Any) -> str:
    if isinstance(output, dict):
        return ", ".join(f"{name} {_value(name, value)}" for name, value in output.items())
    return "-" if output is None else json.dumps(output)


def _value(name: str, value: Any) -> str:
    if name in ("total", "amount") and isinstance(value, int):
        return _euros(value)
    if isinstance(value, dict):
        return f"({_output(value)})"
    return value if isinstance(value, str) else json.dumps(value)


def _took(visit: dict[str, Any]) -> str:
    started, ended = visit["started_at"], visit["ended_at"]
    if not started or not ended:
        return "-"
    from_ms, to_ms = (_ms_of_day(instant) for instant in (started, ended))
    return f"{(to_ms - from_ms) % 86_400_000} ms"


def _ms_of_day(instant: str) -> int:
    hours, minutes, seconds = instant.partition("T")[2].rstrip("Z").split(":")
    return int(hours) * 3_600_000 + int(minutes) * 60_000 + round(float(seconds) * 1_000)


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d} EUR"


def _coloured(word: str) -> str:
    colour = COLOURS.get(word)
    return f"[{colour}]{word}[/]" if colour else word

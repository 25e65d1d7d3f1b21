"""What came of an execution, in the words of a scenario's end."""

from collections.abc import Iterable
from typing import Any

from tests.e2e.evidence import Item
from tests.e2e.kinds.scenario import End
from tests.e2e.ledger import Call


def assert_ended(end: End, told: dict[str, Any], calls: Iterable[Call]) -> None:
    """The execution has ended so, by the word of the API and of the services."""
    failure = told["failure"]
    assert told["status"] == end.status, failure
    assert told["output"] == _named(end.output, told["id"])
    assert (failure and (failure["kind"], failure["code"], failure["path"])) == end.failure
    assert {path: visit["status"] for path, visit in told["nodes"].items()} == end.nodes
    assert {
        undo["path"]: undo["status"] for undo in told["compensations"] if undo["status"] != "registered"
    } == end.compensations
    assert (told["run"], told["warnings"]) == (end.run, [])
    _assert_called(end, answered(told["id"], calls))


def assert_happened(end: End, history: Iterable[Item]) -> None:
    """Each of these events is in the history so many times."""
    types = [item.type for item in history]
    assert {name: types.count(name) for name in end.events} == end.events


def answered(execution: str, calls: Iterable[Call]) -> dict[str, str]:
    """By key, without the execution's id, how its calls were answered."""
    found: dict[str, list[str]] = {}
    for call in calls:
        if call.execution == execution:
            outcome = "broken" if call.is_broken else str(call.status)
            found.setdefault(call.key.removeprefix(f"{execution}/"), []).append(outcome)
    return {key: " ".join(outcomes) for key, outcomes in found.items()}


def _assert_called(end: End, found: dict[str, str]) -> None:
    assert found == end.calls
    if end.is_ordered:
        assert list(found) == list(end.calls)
    assert _undo_keys(found) == _undo_keys(end.calls)


def _undo_keys(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key.endswith("/undo")]


def _named(output: Any, execution: str) -> Any:
    if isinstance(output, list):
        return [_named(one, execution) for one in output]
    return output.replace("<id>", execution) if isinstance(output, str) else output

"""Large documents to read, made of what documents are made of."""

from functools import partial
from typing import Final

from treadle.model.json import Json

OF_A_GROUP: Final = 10
"""Nodes of one group."""


def large_document(nodes: int, mark: str = "") -> Json:
    """So many nodes, in groups of ten, each of which reads what comes before it.

    With another `mark` there is no expression in it that another document has.
    """
    groups = [group(at, mark) for at in range(nodes // OF_A_GROUP)]
    return {
        "name": "large",
        "version": "1",
        "input_schema": {"type": "object", "required": [f"order{mark}"]},
        "defaults": {"timeout": "5s", "retry": {"max_attempts": 5, "initial": "200ms"}},
        "vars": {f"region{mark}": "eu"},
        "steps": [node for nodes_of_group in groups for node in nodes_of_group],
        "output": {"last": f"{{{{ nodes.reserve{mark}0.output.id }}}}"},
    }


def group(number: int, mark: str) -> list[Json]:
    """Ten nodes: calls with and without an undo, a choice, branches side by side, a pause and a variable."""
    at = f"{mark}{number}"
    call = partial(call_of, mark)
    return [
        call(f"reserve{at}", is_undone=True),
        call(f"charge{at}", body={"reservation": f"{{{{ nodes.reserve{at}.output.id }}}}"}),
        {
            "id": f"choose{at}",
            "kind": "switch",
            "cases": [
                {
                    "name": "large",
                    "when": {">": [{"var": f"input.order{mark}.total"}, number]},
                    "steps": [call(f"review{at}")],
                },
                {"when": f'input.order{mark}.method == "express"', "steps": [call(f"express{at}")]},
            ],
        },
        {
            "id": f"both{at}",
            "kind": "parallel",
            "branches": {"mail": [call(f"mail{at}")], "print": [call(f"print{at}", is_undone=True)]},
        },
        {"id": f"pause{at}", "kind": "sleep", "for": "5m", "jitter": "10s"},
        {
            "id": f"keep{at}",
            "kind": "set",
            "vars": {"region": f"{{{{ nodes.both{at}.output.mail.region }}}}"},
        },
    ]


def call_of(mark: str, node: str, body: Json = None, *, is_undone: bool = False) -> Json:
    """An HTTP task with a rendered body."""
    made: dict[str, Json] = {
        "id": node,
        "kind": "task",
        "http": {
            "method": "POST",
            "url": f"http://services/{{{{ input.order{mark}.id }}}}/calls",
            "headers": {"X-Region": f"{{{{ vars.region{mark} }}}}"},
            "body": {
                "order": f"{{{{ input.order{mark}.id }}}}",
                "note": f"for {{{{ input.order{mark}.name }}}}",
                **(body or {}),
            },
        },
        "retry": {"max_attempts": 3, "initial": "100ms"},
    }
    if is_undone:
        key = f"{{{{ nodes.{node}.idempotency_key }}}}"
        made["compensate"] = {
            "http": {"method": "POST", "url": "http://services/undo", "body": {"key": key}},
        }
    return made

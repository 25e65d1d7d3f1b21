"""From a history to its attempts: what was started, under which key, and how it ended."""

from enum import StrEnum
from typing import Final

import msgspec

from tests.e2e.evidence import Item, Seen

ENDS: Final = {"ActivityCompleted": "ok", "ActivityFailed": "failed", "ActivityUnknown": "unknown"}
CLOSES: Final = frozenset(
    {
        "NodeCompleted",
        "NodeFailed",
        "NodeCancelled",
        "CompensationCompleted",
        "CompensationFailed",
        "HookCompleted",
        "HookFailed",
    }
)
"""After one of these in a frame, its activity has no further attempt."""
OWN_REQUEST: Final = "definition"
"""What the engine asks itself is not a call."""
REOPENS: Final = "CompensationRetried"
"""Unless an operator asks for more: then it was not over."""


class Kind(StrEnum):
    """What a key is for."""

    FORWARD = "forward"
    UNDO = "undo"
    HOOK = "hook"


class Attempt(msgspec.Struct, kw_only=True):
    """One attempt by the history: `started`, `ended` and `closed` are the `seq` of events, None until then.

    `outcome` is ok, failed or unknown; `done` is when it was ok, which an end that was unknown may become by
    its callback. `closed` says that its activity is over and this was the last.
    """

    key: str
    number: int
    started: int
    ended: int | None = None
    outcome: str | None = None
    http_status: int | None = None
    is_callback: bool = False
    done: int | None = None
    closed: int | None = None


def attempts_of(seen: Seen) -> tuple[Attempt, ...]:
    """Every attempt of the execution, in order."""
    found: list[Attempt] = []
    keys: dict[int, str] = {}
    own: dict[int, bool] = {}
    newest: dict[int, Attempt] = {}
    numbered: dict[tuple[int, int | None], Attempt] = {}
    for item in seen.history:
        frame = item.data.get("frame", 0)
        if item.type == "ActivityStarted":
            # The first attempt says the key, those that follow have the same.
            if "key" in item.data:
                keys[frame] = item.data["key"]
                own[frame] = item.data.get("request", {}).get("type") == OWN_REQUEST
            attempt = Attempt(key=keys[frame], number=item.attempt or 0, started=item.seq)
            newest[frame] = numbered[frame, item.attempt] = attempt
            if not own[frame]:
                found.append(attempt)
        elif item.type in ENDS and (frame, item.attempt) in numbered:
            _end(numbered[frame, item.attempt], item)
        elif item.type in CLOSES and frame in newest and newest[frame].closed is None:
            newest[frame].closed = item.seq
        elif item.type == REOPENS and frame in newest:
            newest[frame].closed = None
    return tuple(found)


def key_of(execution: str, kind: Kind, node: str) -> str:
    """The Idempotency-Key that the contract names; `node` is a path, or a hook with its `$`."""
    endings = {Kind.FORWARD: "", Kind.UNDO: "/undo", Kind.HOOK: "/1"}
    return f"{execution}/{node}{endings[kind]}"


def _end(attempt: Attempt, item: Item) -> None:
    attempt.ended = attempt.ended or item.seq
    attempt.outcome = ENDS[item.type]
    attempt.is_callback = item.data.get("is_callback", False)
    if attempt.outcome == "ok":
        attempt.done = item.seq
    response = item.data.get("response") or {}
    attempt.http_status = item.data.get("http_status") or response.get("status")

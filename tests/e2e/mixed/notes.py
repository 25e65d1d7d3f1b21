"""What callers were answered, written down as they are answered."""

from collections import Counter
from enum import StrEnum
from typing import Any

import msgspec

from tests.e2e.evidence import Item


class Kind(StrEnum):
    """What a caller asks for."""

    START = "start"
    KEYED_START = "start with a key"
    SIGNAL = "signal"
    KEYED_SIGNAL = "signal with a key"
    CALLBACK = "callback"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    DEFINITION = "definition"
    FOLLOWING = "following"


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """A start that was answered with 2xx; `key` is its Idempotency-Key."""

    order: str
    execution: str
    input: Any
    key: str | None = None


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A signal that was answered with 2xx; no two have the same payload."""

    execution: str
    payload: str
    key: str | None = None


class CalledBack(msgspec.Struct, frozen=True, kw_only=True):
    """A callback that was answered with 2xx; no two have the same body."""

    execution: str
    body: str


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """An act that was answered with 2xx; no two have the same reason."""

    execution: str
    kind: Kind
    reason: str


class Defined(msgspec.Struct, frozen=True, kw_only=True):
    """A definition that was answered with 2xx."""

    version: str
    digest: str


class Followed(msgspec.Struct, kw_only=True):
    """What one follower was told over all its connections; `is_over`: it was told that no more can come."""

    execution: str
    items: list[Item] = []
    connections: int = 0
    is_over: bool = False


class Killed(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests of each kind were under way at a kill."""

    under_way: dict[Kind, int]


class Notes(msgspec.Struct, kw_only=True):
    """All of it. `refused` tells what was answered that should not have been."""

    asked: set[str] = set()
    started: list[Started] = []
    sent: list[Sent] = []
    called_back: list[CalledBack] = []
    acted: list[Acted] = []
    defined: list[Defined] = []
    followed: list[Followed] = []
    killed: list[Killed] = []
    refused: list[str] = []
    repeated: Counter[Kind] = msgspec.field(default_factory=Counter)
    """Requests that were sent again, since a kill had taken their answer."""

    def answered(self) -> Counter[Kind]:
        """How many of each kind were answered with 2xx."""
        counted: Counter[Kind] = Counter(act.kind for act in self.acted)
        counted[Kind.START] = sum(one.key is None for one in self.started)
        counted[Kind.KEYED_START] = len(self.started) - counted[Kind.START]
        counted[Kind.SIGNAL] = sum(one.key is None for one in self.sent)
        counted[Kind.KEYED_SIGNAL] = len(self.sent) - counted[Kind.SIGNAL]
        counted[Kind.CALLBACK] = len(self.called_back)
        counted[Kind.DEFINITION] = len(self.defined)
        counted[Kind.FOLLOWING] = sum(one.connections for one in self.followed)
        return counted

    def under_way(self) -> Counter[Kind]:
        """How many of each kind were under way at some kill."""
        return sum((Counter(one.under_way) for one in self.killed), Counter())

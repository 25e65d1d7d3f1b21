"""What is read of the answers of a server: only what is shown, so that other versions are understood too.

Instants stay the text that the server sent. What has none, and is shown whole, is the client's own.
"""

from typing import Generic, TypeVar

import msgspec

from treadle.model.json import Json

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """`next` says where the list goes on; None at its end."""

    items: tuple[T, ...]
    next: str | None


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A definition that an execution runs."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """Why an attempt failed."""

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Failed(Wrong, frozen=True, kw_only=True):
    """Why an execution failed."""

    path: str | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try of a visit."""

    error: Wrong | None = None


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of a node; `path` stands in lists, else the visit stands under it."""

    kind: str
    status: str
    started_at: str
    path: str = ""
    attempt: int = 0
    attempts: tuple[Attempt, ...] = ()
    ended_at: str | None = None
    wake_at: str | None = None
    waiting_for: Json = None
    output: Json = None


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """One compensation."""

    path: str
    status: str
    attempt: int = 0
    error: Wrong | None = None
    reason: str | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One execution in a list."""

    id: str
    definition: Reference
    status: str
    created_at: str
    reason: str | None = None
    business_key: str | None = None
    run: int = 1
    priority: int = 0
    labels: dict[str, str] = {}
    failure: Failed | None = None
    started_at: str | None = None
    ended_at: str | None = None
    version: int = 0


class Shown(Summary, frozen=True, kw_only=True):
    """One execution with what it holds; `nodes` by path, newest first."""

    input: Json = None
    output: Json = None
    warnings: Json = None
    nodes: dict[str, Visit] = {}
    nodes_truncated: bool = False
    compensations: tuple[Undo, ...] = ()


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a history."""

    seq: int
    at: str
    type: str
    path: str | None = None
    attempt: int | None = None
    actor: str = ""
    reason: str | None = None
    data: Json = None


class BulkRefusals(msgspec.Struct, frozen=True, kw_only=True):
    """Executions that refused alike; `last` are some of them, newest first."""

    code: str
    count: int
    last: tuple[Json, ...] = ()


class BulkAct(msgspec.Struct, frozen=True, kw_only=True):
    """How far a bulk act has come."""

    bulk_id: str
    status: str
    action: str
    total: int
    done: int
    refused: int
    created_at: str
    actor: str = ""
    filter: Json = None
    reason: str | None = None
    ended_at: str | None = None
    refusals: tuple[BulkRefusals, ...] = ()


class FailureGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Executions that failed alike."""

    definition: str
    count: int
    sample_id: str
    last_at: str
    node: str | None = None
    kind: str | None = None
    code: str | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an execution waits for."""

    code: str
    message: str
    path: str | None = None
    until: str | None = None
    detail: Json = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why an execution is not moving."""

    status: str
    reasons: tuple[Reason, ...]


class DrawnNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of a definition's graph."""

    id: str
    kind: str
    label: str | None = None
    parent: str | None = None


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to draw of a definition."""

    nodes: tuple[DrawnNode, ...] = ()


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A kept definition; a list has neither its document nor its graph."""

    name: str
    version: str
    digest: str
    created_at: str
    deleted_at: str | None = None
    document: msgspec.Raw = msgspec.Raw(b"null")
    graph: Drawn | None = None

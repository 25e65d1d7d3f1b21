"""What an author writes, read and typed, before it is compiled (DEFINITION).

Templates and conditions are kept as written. Durations are milliseconds.
"""

from typing import TypeAlias

import msgspec

from treadle.model.ids import Digest, NodeId
from treadle.model.json import Json
from treadle.model.policies import OnUnknown, RetryPolicy


class HttpActivity(msgspec.Struct, frozen=True, kw_only=True, tag="http"):
    """An HTTP call with templates in `url`, `query`, `headers` and `body`."""

    method: str = "GET"
    url: str
    query: dict[str, Json] = {}
    headers: dict[str, str] = {}
    body: Json = None
    success: tuple[str, ...] = ("2xx",)
    follow_redirects: bool = False


class HandlerActivity(msgspec.Struct, frozen=True, kw_only=True, tag="handler"):
    """A Python handler by name; `input` UNSET means the execution's input."""

    name: str
    input: Json | msgspec.UnsetType = msgspec.UNSET


Activity: TypeAlias = HttpActivity | HandlerActivity


class Compensate(msgspec.Struct, frozen=True, kw_only=True):
    """The undo of a task; `unknown` replaces `activity` when its request cannot be rendered."""

    activity: Activity
    unknown: Activity | None = None
    retry: RetryPolicy
    timeout_ms: int


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """The last activity of a run."""

    activity: Activity
    retry: RetryPolicy
    timeout_ms: int


class Task(msgspec.Struct, frozen=True, kw_only=True, tag="task"):
    """One activity. Policies are already merged with the document's defaults."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    activity: Activity
    timeout_ms: int
    retry: RetryPolicy
    on_unknown: OnUnknown = OnUnknown.RETRY
    compensate: Compensate | None = None
    output: Json | msgspec.UnsetType = msgspec.UNSET


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One arm of a switch: a body or nothing."""

    when: Json
    name: str | None = None
    steps: "tuple[Node, ...]" = ()


class Switch(msgspec.Struct, frozen=True, kw_only=True, tag="switch"):
    """The first case that matches is taken; no match takes `default`."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    cases: tuple[Case, ...]
    default: "tuple[Node, ...]" = ()


class Sleep(msgspec.Struct, frozen=True, kw_only=True, tag="sleep"):
    """A wait for a duration (`for_`, a number of ms or a template) or until an instant (a template)."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    for_: int | str | None = None
    until: int | str | None = None
    jitter_ms: int = 0


Node: TypeAlias = Task | Switch | Sleep


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A read document. `document` is the tree as written, of which `digest` is the hash."""

    name: str
    version: str
    digest: Digest
    document: Json
    description: str | None = None
    labels: dict[str, str] = {}
    input_schema: Json | None = None
    steps: tuple[Node, ...]
    output: Json | msgspec.UnsetType = msgspec.UNSET
    priority: int = 0
    vars: dict[str, Json] = {}
    on_success: Hook | None = None
    on_failure: Hook | None = None
    on_cancel: Hook | None = None

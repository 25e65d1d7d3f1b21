"""What an author writes, read and typed, before it is compiled (DEFINITION).

Templates and conditions are kept as written. Durations are milliseconds. What every node has stands first in
each: `next` names a node of the same body and is only there in a graph.
"""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from treadle.model.execution import FailureKind
from treadle.model.ids import Digest, NodeId
from treadle.model.json import Json
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.waiting import WaitMode


class Dialect(StrEnum):
    """In which language the templates and the conditions of a definition are written.

    In `trama` they are Mustache and JSON Logic over that system's roots: what they give is always text, and
    empty for what is missing.
    """

    NATIVE = "native"
    TRAMA = "trama"


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


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes in the order written: a sequence, or (`start` is set) a graph whose nodes name their `next`."""

    nodes: "tuple[Node, ...]" = ()
    start: NodeId | None = None


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


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """What ends an async task; its conditions are over `body` and `headers` of the callback."""

    timeout_ms: int
    success_when: Json | None = None
    fail_when: Json | None = None


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """The question what an attempt of unknown outcome has done, asked once."""

    activity: Activity
    timeout_ms: int


class Task(msgspec.Struct, frozen=True, kw_only=True, tag="task"):
    """One activity, its policies merged with the defaults of the document. `callback` makes it async."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    activity: Activity
    timeout_ms: int
    retry: RetryPolicy
    on_unknown: OnUnknown = OnUnknown.RETRY
    compensate: Compensate | None = None
    output: Json | msgspec.UnsetType = msgspec.UNSET
    callback: Callback | None = None
    probe: Probe | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One arm of a switch: a body, the node to go on with, or neither."""

    when: Json
    name: str | None = None
    body: Body = Body()
    next: NodeId | None = None


class Switch(msgspec.Struct, frozen=True, kw_only=True, tag="switch"):
    """The first case that matches is taken; no match takes `default` or goes to `default_next`."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    cases: tuple[Case, ...]
    default: Body = Body()
    default_next: NodeId | None = None


class Sleep(msgspec.Struct, frozen=True, kw_only=True, tag="sleep"):
    """A wait for a duration (`for_`, a number of ms or a template) or until an instant (a template)."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    for_: int | str | None = None
    until: int | str | None = None
    jitter_ms: int = 0


class Wait(msgspec.Struct, frozen=True, kw_only=True, tag="wait"):
    """A wait for signals; on a timeout it fails, or `goes_on`. `schema` UNSET: any payload is good."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    signals: tuple[str, ...]
    mode: WaitMode = WaitMode.ONE
    count: int | None = None
    timeout_ms: int | None = None
    goes_on: bool = False
    schema: Json | msgspec.UnsetType = msgspec.UNSET


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    body: Body


class Parallel(msgspec.Struct, frozen=True, kw_only=True, tag="parallel"):
    """All branches."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    branches: tuple[Branch, ...]


class Race(msgspec.Struct, frozen=True, kw_only=True, tag="race"):
    """The first branch to complete."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    branches: tuple[Branch, ...]


class Each(msgspec.Struct, frozen=True, kw_only=True, tag="each"):
    """A body for every item of a list, at most `concurrency` at a time."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    items: Json
    concurrency: int
    body: Body
    collects: bool = False


class Loop(msgspec.Struct, frozen=True, kw_only=True, tag="loop"):
    """A body again and again, while `while_` or until `until`: one of them is set."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    while_: Json | None = None
    until: Json | None = None
    max_iterations: int
    body: Body


class Catch(msgspec.Struct, frozen=True, kw_only=True):
    """What to do for these kinds of failure; `on` None is every kind."""

    on: frozenset[FailureKind] | None = None
    body: Body


class Try(msgspec.Struct, frozen=True, kw_only=True, tag="try"):
    """A scope whose failure may be caught; `finally_` runs however it ends."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    body: Body
    catches: tuple[Catch, ...] = ()
    finally_: Body = Body()


class Shield(msgspec.Struct, frozen=True, kw_only=True, tag="shield"):
    """A body that is finished before a cancel takes effect."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    body: Body


class WeightedBranch(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    weight: float
    body: Body


class Split(msgspec.Struct, frozen=True, kw_only=True, tag="split"):
    """One of its branches, by weight; they stand in code-point order of their names."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    branches: tuple[WeightedBranch, ...]


class Child(msgspec.Struct, frozen=True, kw_only=True, tag="child"):
    """An execution of another definition (`name` or `name@version`)."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    definition: str
    input: Json
    is_detached: bool = False
    compensate: Compensate | None = None


class Emit(msgspec.Struct, frozen=True, kw_only=True, tag="emit"):
    """A message to a stream."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    topic: str
    message_type: str
    data: Json
    key: str | None = None


class Set(msgspec.Struct, frozen=True, kw_only=True, tag="set"):
    """New values of `vars`."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    vars: dict[str, Json]


class End(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """The end of the execution; `code` and `message` are those of a failed one."""

    id: NodeId
    label: str | None = None
    when: Json | None = None
    next: NodeId | None = None
    deadline_ms: int | None = None
    is_failed: bool = False
    output: Json | msgspec.UnsetType = msgspec.UNSET
    code: str | None = None
    message: str | None = None


Node: TypeAlias = (
    Task
    | Switch
    | Sleep
    | Wait
    | Parallel
    | Race
    | Each
    | Loop
    | Try
    | Shield
    | Split
    | Child
    | Emit
    | Set
    | End
)


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A read document. `document` is the tree as written, of which `digest` is the hash."""

    name: str
    version: str
    digest: Digest
    document: Json
    dialect: Dialect = Dialect.NATIVE
    description: str | None = None
    labels: dict[str, str] = {}
    input_schema: Json | None = None
    body: Body
    output: Json | msgspec.UnsetType = msgspec.UNSET
    priority: int = 0
    deadline_ms: int | None = None
    vars: dict[str, Json] = {}
    on_success: Hook | None = None
    on_failure: Hook | None = None
    on_cancel: Hook | None = None

"""The checked, compiled form of a definition that the core runs."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from treadle.model.execution import FailureKind
from treadle.model.expression import Expression, Roots
from treadle.model.ids import Digest, NodeId
from treadle.model.json import Json
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.requests import Request
from treadle.model.waiting import WaitMode

SEMANTICS: Final = 1
"""The rules of compile, decide and evolve that this code knows (SEMANTICS 1)."""
ROOT_BODY: Final = ""


class ActivityPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How to ask for an activity and how often. `render` raises ExpressionError."""

    render: Callable[[Roots], Request]
    retry: RetryPolicy
    timeout_ms: int


class CompensationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The undo of a task; `unknown` is used when `activity` cannot be rendered."""

    activity: ActivityPlan
    unknown: ActivityPlan | None = None


class CallbackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of an async task. `fail_when` is asked first, over `body` and `headers` of the callback."""

    timeout_ms: int
    success_when: Expression | None = None
    fail_when: Expression | None = None


class TaskNode(msgspec.Struct, frozen=True, kw_only=True, tag="task"):
    """`callback` makes it async: its activity triggers the work, and the callback ends it."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    activity: ActivityPlan
    compensation: CompensationPlan | None = None
    on_unknown: OnUnknown = OnUnknown.RETRY
    output: Expression | None = None
    callback: CallbackPlan | None = None
    probe: ActivityPlan | None = None


class SwitchCase(msgspec.Struct, frozen=True, kw_only=True):
    """`body` names the body to run, `next` the node to go on with; with neither, nothing runs."""

    when: Expression
    name: str | None = None
    body: str | None = None
    next: NodeId | None = None


class SwitchNode(msgspec.Struct, frozen=True, kw_only=True, tag="switch"):
    """`default` names a body, `default_next` a node of this body; with neither it goes on to `next`."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    cases: tuple[SwitchCase, ...]
    default: str | None = None
    default_next: NodeId | None = None


class SleepNode(msgspec.Struct, frozen=True, kw_only=True, tag="sleep"):
    """Exactly one of `duration_ms` (renders to milliseconds) and `until` (renders to an instant) is set."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    duration_ms: Expression | None = None
    until: Expression | None = None
    jitter_ms: int = 0


class WaitNode(msgspec.Struct, frozen=True, kw_only=True, tag="wait"):
    """`check` gives the faults of a payload as (JSON Pointer, message); None when any payload is good."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    signals: tuple[str, ...]
    mode: WaitMode = WaitMode.ONE
    count: int | None = None
    timeout_ms: int | None = None
    goes_on: bool = False
    """On a timeout it completes with `{timed_out: true}` and does not fail."""
    check: "Check | None" = None


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    body: str


class ParallelNode(msgspec.Struct, frozen=True, kw_only=True, tag="parallel"):
    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    branches: tuple[Branch, ...]


class RaceNode(msgspec.Struct, frozen=True, kw_only=True, tag="race"):
    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    branches: tuple[Branch, ...]


class EachNode(msgspec.Struct, frozen=True, kw_only=True, tag="each"):
    """`items` renders to a list. With `collects` a failed item stands in the output; its body is a scope."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    items: Expression
    concurrency: int = 10
    body: str
    collects: bool = False


class LoopNode(msgspec.Struct, frozen=True, kw_only=True, tag="loop"):
    """Exactly one of `while_` (asked before each turn) and `until` (asked after it) is set."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    while_: Expression | None = None
    until: Expression | None = None
    max_iterations: int = 1_000
    body: str


class CatchClause(msgspec.Struct, frozen=True, kw_only=True):
    """`on` None catches every kind of failure."""

    on: frozenset[FailureKind] | None = None
    body: str


class TryNode(msgspec.Struct, frozen=True, kw_only=True, tag="try"):
    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    body: str
    catches: tuple[CatchClause, ...] = ()
    finally_: str | None = None


class ShieldNode(msgspec.Struct, frozen=True, kw_only=True, tag="shield"):
    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    body: str


class SplitBranch(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    weight: float
    body: str


class SplitNode(msgspec.Struct, frozen=True, kw_only=True, tag="split"):
    """`branches` stand in code-point order of their names; their weights sum to more than 0."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    branches: tuple[SplitBranch, ...]


class ChildNode(msgspec.Struct, frozen=True, kw_only=True, tag="child"):
    """`definition` is `name` or `name@version`; `is_detached`: nobody waits for its end."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    definition: str
    input: Expression | None = None
    is_detached: bool = False
    compensation: CompensationPlan | None = None


class EmitNode(msgspec.Struct, frozen=True, kw_only=True, tag="emit"):
    """`topic`, `message_type` and `key` render to text."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    topic: Expression
    message_type: Expression
    data: Expression
    key: Expression | None = None


class SetNode(msgspec.Struct, frozen=True, kw_only=True, tag="set"):
    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    vars: Mapping[str, Expression]


class EndNode(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    """`code` (a constant) and `message` are those of a failed end."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    deadline_ms: int | None = None
    is_failed: bool = False
    output: Expression | None = None
    code: str | None = None
    message: Expression | None = None


ProgramNode: TypeAlias = (
    TaskNode
    | SwitchNode
    | SleepNode
    | WaitNode
    | ParallelNode
    | RaceNode
    | EachNode
    | LoopNode
    | TryNode
    | ShieldNode
    | SplitNode
    | ChildNode
    | EmitNode
    | SetNode
    | EndNode
)
Check: TypeAlias = Callable[[Json], tuple[tuple[str, str], ...]]
"""The faults of a value as (JSON Pointer, message)."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The nodes of a definition or of a composite node; `start` None means that it is empty."""

    start: NodeId | None
    is_scope: bool


def as_they_are(roots: Roots) -> Roots:
    """Roots without a budget: for programs that were made by hand."""
    return roots


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """`nodes` holds every node, nested ones included; `bodies` is keyed by ROOT_BODY or `<node>/<branch>`.

    `inside` names all nodes in the bodies of a composite node, at any depth. `waits` are the waits of each
    signal. `deadline_ms` is a duration from the start.
    """

    name: str
    version: str
    digest: Digest
    nodes: Mapping[NodeId, ProgramNode]
    bodies: Mapping[str, Body]
    output: Expression | None = None
    priority: int = 0
    vars: Mapping[str, Json] = {}
    check_input: Check | None = None
    """Faults of an input; None when any input is good."""
    deadline_ms: int | None = None
    inside: Mapping[NodeId, frozenset[NodeId]] = {}
    waits: Mapping[str, tuple[NodeId, ...]] = {}
    on_success: ActivityPlan | None = None
    on_failure: ActivityPlan | None = None
    on_cancel: ActivityPlan | None = None
    metered: Callable[[Roots], Roots] = as_they_are
    """Puts all that one node evaluates over the roots under one budget."""

"""The checked, compiled form of a definition that the core runs."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from treadle.model.expression import Expression, Roots
from treadle.model.ids import Digest, NodeId
from treadle.model.json import Json
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.requests import Request

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


class TaskNode(msgspec.Struct, frozen=True, kw_only=True, tag="task"):
    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    activity: ActivityPlan
    compensation: CompensationPlan | None = None
    on_unknown: OnUnknown = OnUnknown.RETRY
    output: Expression | None = None


class SwitchCase(msgspec.Struct, frozen=True, kw_only=True):
    """`body` names the body to run; None goes on with nothing run."""

    when: Expression
    name: str | None = None
    body: str | None = None


class SwitchNode(msgspec.Struct, frozen=True, kw_only=True, tag="switch"):
    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    cases: tuple[SwitchCase, ...]
    default: str | None = None


class SleepNode(msgspec.Struct, frozen=True, kw_only=True, tag="sleep"):
    """Exactly one of `duration_ms` (renders to milliseconds) and `until` (renders to an instant) is set."""

    id: NodeId
    next: NodeId | None = None
    when: Expression | None = None
    duration_ms: Expression | None = None
    until: Expression | None = None
    jitter_ms: int = 0


ProgramNode: TypeAlias = TaskNode | SwitchNode | SleepNode


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The nodes of a definition or of a composite node; `start` None means that it is empty."""

    start: NodeId | None
    is_scope: bool


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """`nodes` holds every node, nested ones included; `bodies` is keyed by ROOT_BODY or `<node>/<branch>`."""

    name: str
    version: str
    digest: Digest
    nodes: Mapping[NodeId, ProgramNode]
    bodies: Mapping[str, Body]
    output: Expression | None = None
    priority: int = 0
    vars: Mapping[str, Json] = {}
    check_input: Callable[[Json], tuple[tuple[str, str], ...]] | None = None
    """Faults of an input as (JSON Pointer, message); None when any input is good."""
    on_success: ActivityPlan | None = None
    on_failure: ActivityPlan | None = None
    on_cancel: ActivityPlan | None = None

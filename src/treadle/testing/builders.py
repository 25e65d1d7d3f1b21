"""Programs built by hand: expressions as closures, no document and no compiler."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.ids import Digest, NodeId
from treadle.model.json import Json
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.program import (
    ROOT_BODY,
    ActivityPlan,
    Body,
    CallbackPlan,
    CompensationPlan,
    Program,
    ProgramNode,
    SleepNode,
    SwitchCase,
    SwitchNode,
    TaskNode,
)
from treadle.model.requests import HandlerRequest, Request
from treadle.testing.composites import inside_of, scopes_of, waits_of

PLAIN_RETRY = RetryPolicy(jitter=0.0)
"""The default rules without jitter, so that a delay can be read off."""
ONCE = RetryPolicy(max_attempts=1)


class Constant:
    """An expression that is always `value`."""

    reads: frozenset[tuple[str, ...]] = frozenset()

    def __init__(self, value: Json) -> None:
        self._value = value

    def __call__(self, roots: Roots) -> Json:
        return self._value


class Read:
    """The value at a path: `Read("input", "order")`, `Read("nodes", "pay", "output", "id")`."""

    def __init__(self, *path: str) -> None:
        self._path = path
        self.reads = frozenset({path})

    def __call__(self, roots: Roots) -> Json:
        """The value.

        Raises:
            ExpressionError: `missing_variable`, with the whole path.
        """
        if self._path[0] == "nodes":
            value, rest = roots.node(NodeId(self._path[1]), self._path[2]), self._path[3:]
        else:
            value, rest = roots.root(self._path[0]), self._path[1:]
        for segment in rest:
            value = value.get(segment, UNSET) if isinstance(value, dict) else UNSET
        if value is UNSET:
            raise ExpressionError("missing_variable", ".".join(self._path))
        return value


class Broken:
    """An expression that never has a value."""

    reads: frozenset[tuple[str, ...]] = frozenset()

    def __init__(self, code: str = "condition_error", message: str = "it has no value") -> None:
        self._code = code
        self._message = message

    def __call__(self, roots: Roots) -> Json:
        """No value, ever.

        Raises:
            ExpressionError: always.
        """
        raise ExpressionError(self._code, self._message)


def plan(
    name: str,
    *,
    reads: Expression | None = None,
    retry: RetryPolicy = PLAIN_RETRY,
    timeout_ms: int = 10_000,
) -> ActivityPlan:
    """An activity that calls the handler `name`; what `reads` gives is its input."""

    def render(roots: Roots) -> Request:
        return HandlerRequest(name=name, input=None if reads is None else reads(roots))

    return ActivityPlan(render=render, retry=retry, timeout_ms=timeout_ms)


def undo(
    name: str,
    *,
    reads: Expression | None = None,
    retry: RetryPolicy = PLAIN_RETRY,
    unknown: ActivityPlan | None = None,
) -> CompensationPlan:
    """A compensation that calls the handler `name`."""
    return CompensationPlan(activity=plan(name, reads=reads, retry=retry), unknown=unknown)


def task(
    name: str,
    *,
    activity: ActivityPlan | None = None,
    compensation: CompensationPlan | None = None,
    on_unknown: OnUnknown = OnUnknown.RETRY,
    when: Expression | None = None,
    output: Expression | None = None,
    **more: Any,
) -> TaskNode:
    """A task; without `activity` it calls the handler of its own name. `more` are fields of the node."""
    return TaskNode(
        **more,
        id=NodeId(name),
        when=when,
        activity=activity or plan(name),
        compensation=compensation,
        on_unknown=on_unknown,
        output=output,
    )


def awaiting_task(
    name: str,
    *,
    timeout_ms: int = 60_000,
    success_when: Expression | None = None,
    fail_when: Expression | None = None,
    **more: Any,
) -> TaskNode:
    """An async task: its callback has to come within `timeout_ms`. `more` is what `task` takes."""
    awaited = CallbackPlan(timeout_ms=timeout_ms, success_when=success_when, fail_when=fail_when)
    return task(name, callback=awaited, **more)


def undone_task(name: str, retry: RetryPolicy = PLAIN_RETRY) -> TaskNode:
    """A task that `undo-<name>` undoes; `retry` is that of the task."""
    return task(name, activity=plan(name, retry=retry), compensation=undo(f"undo-{name}"))


def switch(name: str, *cases: SwitchCase, **more: Any) -> SwitchNode:
    """A switch; its `default` names a body of the program. `more` are fields of the node."""
    return SwitchNode(**more, id=NodeId(name), cases=cases)


def case(
    when: Expression, body: str | None = None, name: str | None = None, next_: str | None = None
) -> SwitchCase:
    """A case of a switch; `body` names a body of the program, `next_` the node to go on with."""
    return SwitchCase(when=when, name=name, body=body, next=None if next_ is None else NodeId(next_))


def sleep(name: str, ms: int = 1_000, **more: Any) -> SleepNode:
    """A sleep of `ms`. `more` are fields of the node."""
    return SleepNode(**more, id=NodeId(name), duration_ms=Constant(ms))


def sleep_until(name: str, until: Expression) -> SleepNode:
    """A sleep until an instant."""
    return SleepNode(id=NodeId(name), until=until)


def program(
    *steps: ProgramNode,
    bodies: Mapping[str, Sequence[ProgramNode]] | None = None,
    hooks: Sequence[str] | Mapping[str, ActivityPlan] = (),
    output: Expression | None = None,
    deadline_ms: int | None = None,
) -> Program:
    """A program of `steps` one after the other, and of the bodies that its composite nodes name.

    A node that has a `next` keeps it. `hooks` are plans by name (`on_success`, ...), or the names of hooks
    that call the handlers of these names.
    """
    planned = hooks if isinstance(hooks, Mapping) else {hook: plan(hook) for hook in hooks}
    nodes: dict[NodeId, ProgramNode] = {}
    made: dict[str, Body] = {}
    scopes = scopes_of([node for sequence in (steps, *(bodies or {}).values()) for node in sequence])
    for key, sequence in {ROOT_BODY: steps, **(bodies or {})}.items():
        nodes.update((node.id, node) for node in _chained(sequence))
        made[key] = Body(start=sequence[0].id if sequence else None, is_scope=key in scopes)
    return Program(
        name="saga",
        version="1",
        digest=Digest("sha256:" + "0" * 64),
        nodes=nodes,
        bodies=made,
        inside=inside_of(nodes, made),
        waits=waits_of(nodes),
        deadline_ms=deadline_ms,
        output=output,
        on_success=planned.get("on_success"),
        on_failure=planned.get("on_failure"),
        on_cancel=planned.get("on_cancel"),
    )


def _chained(sequence: Sequence[ProgramNode]) -> list[ProgramNode]:
    followers = [*(node.id for node in sequence[1:]), None]
    return [
        node if node.next is not None else replace(node, next=follower)
        for node, follower in zip(sequence, followers, strict=False)
    ]

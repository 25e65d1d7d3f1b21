"""Composite nodes, waits and the rest, built by hand; the bodies that they name are given to the program."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from treadle.model.execution import FailureKind
from treadle.model.expression import Expression
from treadle.model.ids import NodeId
from treadle.model.program import (
    ROOT_BODY,
    Body,
    Branch,
    CatchClause,
    ChildNode,
    EachNode,
    EmitNode,
    EndNode,
    LoopNode,
    ParallelNode,
    ProgramNode,
    RaceNode,
    SetNode,
    ShieldNode,
    SplitBranch,
    SplitNode,
    SwitchNode,
    TryNode,
    WaitNode,
)
from treadle.model.waiting import WaitMode

ITEM: Final = "item"
TURN: Final = "turn"
TRY: Final = "try"
FINALLY: Final = "finally"
SHIELDED: Final = "body"


def parallel(name: str, *branches: str, **more: Any) -> ParallelNode:
    """Branches by name; the body of each is `<name>/<branch>`."""
    made = tuple(Branch(name=branch, body=f"{name}/{branch}") for branch in branches)
    return ParallelNode(id=NodeId(name), branches=made, **more)


def race(name: str, *branches: str, **more: Any) -> RaceNode:
    """Branches by name; the body of each is `<name>/<branch>`."""
    made = tuple(Branch(name=branch, body=f"{name}/{branch}") for branch in branches)
    return RaceNode(id=NodeId(name), branches=made, **more)


def each(name: str, items: Expression, **more: Any) -> EachNode:
    """Its body is `<name>/item`."""
    return EachNode(id=NodeId(name), items=items, body=f"{name}/{ITEM}", **more)


def loop(name: str, **more: Any) -> LoopNode:
    """Its body is `<name>/turn`; give `while_` or `until`."""
    return LoopNode(id=NodeId(name), body=f"{name}/{TURN}", **more)


def try_(
    name: str,
    *catches: frozenset[FailureKind] | None,
    has_finally: bool = False,
    **more: Any,
) -> TryNode:
    """Its bodies are `<name>/try`, `<name>/catch.<i>` and `<name>/finally`."""
    clauses = tuple(CatchClause(on=on, body=f"{name}/catch.{at}") for at, on in enumerate(catches))
    last = f"{name}/{FINALLY}" if has_finally else None
    return TryNode(id=NodeId(name), body=f"{name}/{TRY}", catches=clauses, finally_=last, **more)


def shield(name: str, **more: Any) -> ShieldNode:
    """Its body is `<name>/body`."""
    return ShieldNode(id=NodeId(name), body=f"{name}/{SHIELDED}", **more)


def split(name: str, weights: Mapping[str, float], **more: Any) -> SplitNode:
    """Weights by branch; the body of each is `<name>/<branch>`."""
    made = tuple(
        SplitBranch(name=branch, weight=weight, body=f"{name}/{branch}")
        for branch, weight in sorted(weights.items())
    )
    return SplitNode(id=NodeId(name), branches=made, **more)


def wait(name: str, *signals: str, mode: WaitMode = WaitMode.ONE, **more: Any) -> WaitNode:
    """Waits for `signals`, for one of its own name if none is given."""
    return WaitNode(id=NodeId(name), signals=signals or (name,), mode=mode, **more)


def child(name: str, definition: str = "child", **more: Any) -> ChildNode:
    """Starts an execution of `definition` and waits for it, unless it `is_detached`."""
    return ChildNode(id=NodeId(name), definition=definition, **more)


def set_(name: str, **variables: Expression) -> SetNode:
    """Sets variables."""
    return SetNode(id=NodeId(name), vars=variables)


def emit(name: str, topic: Expression, message_type: Expression, data: Expression, **more: Any) -> EmitNode:
    """Owes a message to a stream."""
    return EmitNode(id=NodeId(name), topic=topic, message_type=message_type, data=data, **more)


def end(name: str, **more: Any) -> EndNode:
    """Ends the execution."""
    return EndNode(id=NodeId(name), **more)


def scopes_of(nodes: Sequence[ProgramNode]) -> frozenset[str]:
    """The bodies that undo their own list."""
    scopes = {ROOT_BODY}
    for node in nodes:
        if isinstance(node, ParallelNode | RaceNode):
            scopes.update(branch.body for branch in node.branches)
        elif isinstance(node, TryNode) or (isinstance(node, EachNode) and node.collects):
            scopes.add(node.body)
    return frozenset(scopes)


def bodies_of(node: ProgramNode) -> tuple[str, ...]:
    """The bodies that a node names."""
    if isinstance(node, ParallelNode | RaceNode | SplitNode):
        return tuple(branch.body for branch in node.branches)
    if isinstance(node, EachNode | LoopNode | ShieldNode):
        return (node.body,)
    named: tuple[str | None, ...] = ()
    if isinstance(node, TryNode):
        named = (node.body, *(clause.body for clause in node.catches), node.finally_)
    elif isinstance(node, SwitchNode):
        named = (*(case.body for case in node.cases), node.default)
    return tuple(body for body in named if body is not None)


def inside_of(
    nodes: Mapping[NodeId, ProgramNode], bodies: Mapping[str, Body]
) -> dict[NodeId, frozenset[NodeId]]:
    """All nodes in the bodies of each composite node, at any depth."""

    def reached(body: str) -> set[NodeId]:
        found: set[NodeId] = set()
        waiting = [bodies[body].start]
        while waiting:
            at = waiting.pop()
            if at is None or at in found:
                continue
            found.add(at)
            node = nodes[at]
            waiting.append(node.next)
            if isinstance(node, SwitchNode):
                waiting += [case.next for case in node.cases] + [node.default_next]
            for inner in bodies_of(node):
                found |= reached(inner)
        return found

    return {
        node.id: frozenset(one for body in bodies_of(node) for one in reached(body))
        for node in nodes.values()
        if bodies_of(node)
    }


def waits_of(nodes: Mapping[NodeId, ProgramNode]) -> dict[str, tuple[NodeId, ...]]:
    """The waits of each signal."""
    found: dict[str, tuple[NodeId, ...]] = {}
    for node in nodes.values():
        if isinstance(node, WaitNode):
            for signal in dict.fromkeys(node.signals):
                found[signal] = (*found.get(signal, ()), node.id)
    return found

"""A Definition that was read from a Trama document becomes a Program: tasks, switches and sleeps."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from treadle.definition.compiling.address import Address
from treadle.definition.compiling.http import http_renderer
from treadle.definition.trama.standpoints import Standpoints
from treadle.expressions.compiled import Constant
from treadle.expressions.mustache_conditions import compile_saga_condition
from treadle.expressions.mustache_standpoint import Standpoint
from treadle.expressions.mustache_texts import MustacheTexts
from treadle.model.definition import (
    Activity,
    Callback,
    Compensate,
    Definition,
    Hook,
    HttpActivity,
    Node,
    Sleep,
    Switch,
    Task,
)
from treadle.model.expression import Expression, Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.policies import RetryPolicy
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
from treadle.model.requests import HttpRequest


def compile_trama(definition: Definition) -> Program:
    """Compile a definition whose dialect is `trama`.

    Raises:
        InvalidExpression: a template or a condition is wrong.
    """
    stands, nodes = Standpoints(definition), definition.body.nodes
    followers = [*(node.id for node in nodes[1:]), None] if definition.body.start is None else None
    compiled = {
        node.id: _compile_node(node, node.next if followers is None else followers[index], stands)
        for index, node in enumerate(nodes)
    }
    start = definition.body.start or (nodes[0].id if nodes else None)
    return Program(
        name=definition.name,
        version=definition.version,
        digest=definition.digest,
        nodes=compiled,
        bodies={ROOT_BODY: Body(start=start, is_scope=True)},
        on_success=_compile_hook(definition.on_success, stands.on_success()),
        on_failure=_compile_hook(definition.on_failure, stands.on_failure()),
    )


def _compile_node(node: Node, following: NodeId | None, stands: Standpoints) -> ProgramNode:
    return COMPILERS[type(node)](node, following, stands)


def _compile_task(node: Task, following: NodeId | None, stands: Standpoints) -> TaskNode:
    return TaskNode(
        id=node.id,
        next=following,
        activity=_compile_activity(node.activity, node.retry, node.timeout_ms, stands.request(node)),
        compensation=_compile_undo(node.compensate, stands.undo(node)),
        on_unknown=node.on_unknown,
        callback=_compile_callback(node.callback, stands.callback()),
    )


def _compile_switch(node: Switch, following: NodeId | None, stands: Standpoints) -> SwitchNode:
    stand = stands.case(node)
    cases = (
        SwitchCase(when=compile_saga_condition(case.when, stand).expression, name=case.name, next=case.next)
        for case in node.cases
    )
    return SwitchNode(id=node.id, next=following, cases=tuple(cases), default_next=node.default_next)


def _compile_sleep(node: Sleep, following: NodeId | None, stands: Standpoints) -> SleepNode:
    return SleepNode(id=node.id, next=following, duration_ms=Constant(node.for_))


# A row takes the one type that it is the row of, which no type of the whole table can say.
COMPILERS: Final[Mapping[type[Node], Callable[[Any, NodeId | None, Standpoints], ProgramNode]]] = {
    Task: _compile_task,
    Switch: _compile_switch,
    Sleep: _compile_sleep,
}


def _compile_hook(hook: Hook | None, stand: Standpoint) -> ActivityPlan | None:
    return None if hook is None else _compile_activity(hook.activity, hook.retry, hook.timeout_ms, stand)


def _compile_undo(compensate: Compensate | None, stand: Standpoint) -> CompensationPlan | None:
    if compensate is None:
        return None
    plan = _compile_activity(compensate.activity, compensate.retry, compensate.timeout_ms, stand)
    return CompensationPlan(activity=plan)


def _compile_callback(callback: Callback | None, stand: Standpoint) -> CallbackPlan | None:
    if callback is None:
        return None
    return CallbackPlan(
        timeout_ms=callback.timeout_ms,
        success_when=_compile_rule(callback.success_when, stand),
        fail_when=_compile_rule(callback.fail_when, stand),
    )


def _compile_rule(rule: Json | None, stand: Standpoint) -> Expression | None:
    return None if rule is None else compile_saga_condition(rule, stand).expression


def _compile_activity(
    activity: Activity, retry: RetryPolicy, timeout_ms: int, stand: Standpoint
) -> ActivityPlan:
    return ActivityPlan(render=_renderer(activity, stand), retry=retry, timeout_ms=timeout_ms)


def _renderer(activity: Activity, stand: Standpoint) -> Callable[[Roots], HttpRequest]:
    """Every activity of a Trama document is an HTTP call."""
    if not isinstance(activity, HttpActivity):
        raise TypeError(f"a Trama document has no activity such as {activity}")
    texts = MustacheTexts(stand)
    headers = [(name, texts.header(text)) for name, text in activity.headers.items()]
    return http_renderer(
        activity, Address(texts.url(activity.url, "/url")), headers, texts.value(activity.body, "/body")
    )

"""`task` -> TaskNode."""

from msgspec import UNSET

from treadle.definition.compiling.activities import compile_activity, compile_compensation
from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.places import ASYNC_REQUEST, CALLBACK, REQUEST, TASK_OUTPUT
from treadle.model.definition import Callback, Probe, Task
from treadle.model.ids import NodeId
from treadle.model.policies import RetryPolicy
from treadle.model.program import ActivityPlan, CallbackPlan, TaskNode

PROBE_RETRY = RetryPolicy(max_attempts=1)
"""A probe is called once: what it cannot tell stays unknown."""


def compile_task(node: Task, following: NodeId | None, compiling: Compiling) -> TaskNode:
    """The task with `following` as its next node."""
    place = compiling.place(REQUEST if node.callback is None else ASYNC_REQUEST)
    return TaskNode(
        **compiling.head(node, following),
        activity=compile_activity(node.activity, node.retry, node.timeout_ms, place),
        compensation=compile_compensation(node.compensate, compiling),
        on_unknown=node.on_unknown,
        output=None if node.output is UNSET else compiling.template(node.output, TASK_OUTPUT),
        callback=_compile_callback(node.callback, compiling),
        probe=_compile_probe(node.probe, compiling),
    )


def _compile_callback(callback: Callback | None, compiling: Compiling) -> CallbackPlan | None:
    if callback is None:
        return None
    return CallbackPlan(
        timeout_ms=callback.timeout_ms,
        success_when=compiling.condition(callback.success_when, CALLBACK),
        fail_when=compiling.condition(callback.fail_when, CALLBACK),
    )


def _compile_probe(probe: Probe | None, compiling: Compiling) -> ActivityPlan | None:
    if probe is None:
        return None
    return compile_activity(probe.activity, PROBE_RETRY, probe.timeout_ms, compiling.place(REQUEST))

"""`task` -> TaskNode."""

from msgspec import UNSET

from treadle.definition.compiling.activities import compile_activity, compile_compensation
from treadle.definition.compiling.nodes import Compiling, compile_when
from treadle.expressions.places import TASK_OUTPUT
from treadle.expressions.templates import compile_template
from treadle.model.definition import Task
from treadle.model.ids import NodeId
from treadle.model.program import TaskNode


def compile_task(node: Task, following: NodeId | None, _: Compiling) -> TaskNode:
    """The task with `following` as its next node."""
    return TaskNode(
        id=node.id,
        next=following,
        when=compile_when(node.when),
        activity=compile_activity(node.activity, node.retry, node.timeout_ms),
        compensation=None if node.compensate is None else compile_compensation(node.compensate),
        on_unknown=node.on_unknown,
        output=None if node.output is UNSET else compile_template(node.output, TASK_OUTPUT),
    )

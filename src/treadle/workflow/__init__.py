"""The door for those who write workflows in Python."""

from treadle.workflow.activities import handler, http
from treadle.workflow.app import App
from treadle.workflow.errors import WorkflowError, WorkflowWarning
from treadle.workflow.nodes import Node
from treadle.workflow.operands import Logic, in_, same
from treadle.workflow.own import this
from treadle.workflow.policies import callback, defaults, retry, undo
from treadle.workflow.references import Reference, cel
from treadle.workflow.roots import (
    body,
    execution,
    failure,
    headers,
    index,
    input_,
    item,
    secrets,
    status,
    vars_,
)
from treadle.workflow.workflow import Workflow
from treadle.workflow.writing import Condition, Value

__all__ = (
    "App",
    "Condition",
    "Logic",
    "Node",
    "Reference",
    "Value",
    "Workflow",
    "WorkflowError",
    "WorkflowWarning",
    "body",
    "callback",
    "cel",
    "defaults",
    "execution",
    "failure",
    "handler",
    "headers",
    "http",
    "in_",
    "index",
    "input_",
    "item",
    "retry",
    "same",
    "secrets",
    "status",
    "this",
    "undo",
    "vars_",
)

"""What may be said of each thing, by name: the words of the language, with `_` after those of Python."""

from collections.abc import Mapping, Sequence
from typing import Literal, Required, TypedDict

from treadle.workflow.nodes import Node
from treadle.workflow.parts import Activity, Callback, Defaults, Retry, Undo
from treadle.workflow.writing import Condition, Duration, Moment, Text, Value

OnUnknown = Literal["retry", "pause", "compensate", "fail"]
FailureKind = Literal["error", "timeout", "rejected"]


class WorkflowFields(TypedDict, total=False):
    """Of a workflow. With `start` its nodes are a graph, which begins there; else they are a sequence."""

    description: str
    labels: Mapping[str, str]
    input_schema: Mapping[str, object] | bool
    defaults: Defaults
    deadline: Duration
    priority: int
    vars: Mapping[str, object]
    start: str


class DefaultsFields(TypedDict, total=False):
    """Of `defaults(...)`."""

    timeout: Duration
    retry: Retry
    on_unknown: OnUnknown
    callback: Callback


class HttpFields(TypedDict, total=False):
    """Of `http(...)`."""

    query: Mapping[str, Value]
    headers: Mapping[str, Text]
    body: Value
    success: Sequence[int | str]
    follow_redirects: bool
    auth: str


class HandlerFields(TypedDict, total=False):
    """Of `handler(...)`."""

    input: Value


class RetryFields(TypedDict, total=False):
    """Of `retry(...)`."""

    max_attempts: int
    initial: Duration
    multiplier: float
    max: Duration
    jitter: float
    on: Sequence[int | str]


class UndoFields(TypedDict, total=False):
    """Of `undo(...)`."""

    retry: Retry
    unknown: Activity


class CallbackFields(TypedDict, total=False):
    """Of `callback(...)`."""

    timeout: Duration
    success_when: Condition
    fail_when: Condition


class HookFields(TypedDict, total=False):
    """Of a hook."""

    retry: Retry


class NodeFields(TypedDict, total=False):
    """Of every node."""

    label: str
    when: Condition
    next: str | Node
    deadline: Duration


class BodyFields(TypedDict, total=False):
    """Of a body: with `start` its nodes are a graph, which begins there; else they are a sequence."""

    start: str


class TaskFields(NodeFields, total=False):
    """A `callback` makes it async, as `mode="async"` does where `defaults` say how long to wait."""

    mode: Literal["sync", "async"]
    callback: Callback
    timeout: Duration
    retry: Retry
    on_unknown: OnUnknown
    probe: Activity
    compensate: Activity | Undo
    output: Value


class SleepFields(NodeFields, total=False):
    for_: Duration | Text
    until: Moment
    jitter: Duration


class WaitFields(NodeFields, total=False):
    """One of `signal`, `any` and `all`; signals are given by their names."""

    signal: str
    any: Sequence[str]
    all: Sequence[str]
    count: int
    timeout: Duration
    on_timeout: Literal["fail", "continue"]
    schema: Mapping[str, object] | bool


class ChildFields(NodeFields, total=False):
    input: Value
    mode: Literal["wait", "detach"]
    compensate: Activity | Undo


class EmitFields(NodeFields, total=False):
    topic: Required[Text]
    type: Required[Text]
    data: Required[Value]
    key: Text


class EndFields(NodeFields, total=False):
    """`output` of a completed one, `code` and `message` of a failed one."""

    output: Value
    code: str
    message: Text


class SwitchFields(NodeFields, total=False):
    pass


class CaseFields(BodyFields, total=False):
    """Of a case: `next` names the node to go on with in a graph."""

    name: str
    next: str | Node


class DefaultFields(BodyFields, total=False):
    """Of the default of a switch: `next` names the node to go on with in a graph."""

    next: str | Node


class EachFields(NodeFields, BodyFields, total=False):
    concurrency: int
    on_item_failure: Literal["fail", "collect"]


class LoopFields(NodeFields, BodyFields, total=False):
    """One of `while_` and `until`."""

    while_: Condition
    until: Condition
    max_iterations: int


class EnclosingFields(NodeFields, BodyFields, total=False):
    """Of `try_` and `shield`."""

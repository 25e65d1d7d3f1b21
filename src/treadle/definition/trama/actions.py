"""The task of a graph: what it calls, what ends it if it is async, and what undoes it."""

from typing import Final, NamedTuple

from msgspec.structs import replace

from treadle.definition.durations import DURATION_MS_MAX
from treadle.definition.section import Section
from treadle.definition.trama.calls import CallRead, read_call, read_codes
from treadle.definition.trama.conditions import Rule, read_condition
from treadle.definition.trama.fields import ignore, part_of
from treadle.definition.trama.policies import forward_retry, undo_retry
from treadle.definition.trama.reading import NodeRead, TramaReading
from treadle.model.definition import Callback, Compensate, Task
from treadle.model.ids import NodeId
from treadle.model.policies import TIMEOUT_MS_DEFAULT

WORDS: Final = ("action", "compensation", "next")
ACTION_WORDS: Final = ("mode", "request", "successStatusCodes", "acceptedStatusCodes", "callback")
CALLBACK_WORDS: Final = ("timeoutMillis", "successWhen", "failureWhen")
MODES: Final = ("sync", "async")
ACCEPTED: Final = ("202",)
"""What counts as success of the call of an async task that does not say it."""


class _Action(NamedTuple):
    """The call of a task, and of an async one its callback, with the conditions on it as they stand."""

    call: CallRead
    callback: Callback | None = None
    success_when: Rule | None = None
    fail_when: Rule | None = None


def read_task(
    section: Section, node: NodeId, label: str | None, next_: NodeId | None, reading: TramaReading
) -> Task:
    """Read a task that goes on to `next_`."""
    section.require("action", "what the task does")
    action = _read_action(section)
    down = read_call(section, "compensation") if section.has("compensation") else None
    reading.nodes[node] = NodeRead(
        section.pointer,
        up=action.call,
        down=down,
        success_when=action.success_when,
        fail_when=action.fail_when,
    )
    compensate = None
    if down is not None:
        retry = undo_retry(reading.policy)
        compensate = Compensate(activity=down.activity, retry=retry, timeout_ms=TIMEOUT_MS_DEFAULT)
    return Task(
        id=node,
        label=label,
        next=next_,
        activity=action.call.activity,
        timeout_ms=TIMEOUT_MS_DEFAULT,
        retry=forward_retry(reading.policy),
        compensate=compensate,
        callback=action.callback,
    )


def _read_action(node: Section) -> _Action:
    section = part_of(node, "action", ACTION_WORDS)
    if node.has("action"):
        section.require("mode", f"one of {', '.join(MODES)}")
        section.require("request", "the call that is made")
    mode = section.word("mode", MODES)
    call = read_call(section, "request")
    success = read_codes(section, "successStatusCodes")
    accepted = read_codes(section, "acceptedStatusCodes")
    if mode != "async":
        for field in ("acceptedStatusCodes", "callback") if mode == "sync" else ():
            ignore(section, field, "it belongs to an async task")
        codes = success or call.activity.success
        return _Action(call._replace(activity=replace(call.activity, success=codes)))
    ignore(section, "successStatusCodes", "an async task has `acceptedStatusCodes`")
    activity = replace(call.activity, success=accepted or ACCEPTED)
    return _read_callback(section, call._replace(activity=activity))


def _read_callback(action: Section, call: CallRead) -> _Action:
    action.require("callback", "how long the callback of an async task is awaited")
    section = part_of(action, "callback", CALLBACK_WORDS)
    if action.has("callback"):
        section.require("timeoutMillis", "how long the callback is awaited, in milliseconds")
    success, failure = read_condition(section, "successWhen"), read_condition(section, "failureWhen")
    callback = Callback(
        timeout_ms=section.integer("timeoutMillis", 1, DURATION_MS_MAX) or 0,
        success_when=None if success is None else success.value,
        fail_when=None if failure is None else failure.value,
    )
    return _Action(call, callback, success, failure)

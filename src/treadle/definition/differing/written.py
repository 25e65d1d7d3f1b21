"""A read definition in the words of a document again, with every default filled in.

It goes by the fields of the structs, so that a field that is new in them is compared as well.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import UNSET
from msgspec.structs import fields

from treadle.definition.durations import duration_text
from treadle.model.definition import (
    Activity,
    Body,
    Branch,
    Child,
    Each,
    Emit,
    End,
    HandlerActivity,
    HttpActivity,
    Sleep,
    Switch,
    Task,
    Try,
    Wait,
    WeightedBranch,
)
from treadle.model.ids import Instant
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.model.policies import RetryPolicy
from treadle.model.waiting import WaitMode

Fields = dict[str, Json]
MS: Final = "_ms"


def written(value: Json) -> Json:
    """A value of the model as JSON; of a struct, its fields without its bodies."""
    if isinstance(value, msgspec.Struct):
        return written_fields(value)
    if isinstance(value, frozenset):
        return sorted(written(item) for item in value)
    if isinstance(value, tuple):
        return [written(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def written_fields(struct: msgspec.Struct) -> Fields:
    """The fields of a struct by their words; what is not there is left out."""
    found: Fields = {}
    for name, may_be_none in _fields_of(type(struct)):
        value = getattr(struct, name)
        is_absent = value is UNSET or (value is None and may_be_none)
        if not is_absent and not isinstance(value, Body):
            found |= _field(name, value)
    special = SPECIAL.get(type(struct))
    return found if special is None else special(struct, found)


@cache
def _fields_of(struct: type[msgspec.Struct]) -> tuple[tuple[str, bool], ...]:
    """Each field, and whether None says there that there is nothing. To ask the library takes long."""
    return tuple((field.name, field.default is None) for field in fields(struct))


def _field(name: str, value: Json) -> Fields:
    if name.endswith(MS):
        return {name.removesuffix(MS): duration_text(value)}
    if isinstance(value, HttpActivity | HandlerActivity):
        return _activity(value) if name == "activity" else {name: _activity(value)}
    if isinstance(value, tuple) and value and isinstance(value[0], Branch | WeightedBranch):
        return {name: {branch.name: _without(written_fields(branch), "name") for branch in value}}
    return {name.removesuffix("_"): written(value)}


def _activity(activity: Activity) -> Fields:
    return {str(activity.__struct_config__.tag): written_fields(activity)}


def _without(found: Fields, *names: str) -> Fields:
    return {name: value for name, value in found.items() if name not in names}


def _set_of(name: str) -> Callable[[Any, Fields], Fields]:
    """The order in which these words stand has no meaning."""
    return lambda _, found: {**found, name: sorted(set(found[name]))}


def _task(task: Task, found: Fields) -> Fields:
    return {**found, "mode": "sync" if task.callback is None else "async"}


def _switch(switch: Switch, found: Fields) -> Fields:
    ways: Fields = {} if switch.default_next is None else {"default": switch.default_next}
    return {**_without(found, "default_next"), **ways}


def _sleep(sleep: Sleep, found: Fields) -> Fields:
    if isinstance(sleep.for_, int):
        found["for"] = duration_text(sleep.for_)
    if isinstance(sleep.until, int):
        found["until"] = format_instant(Instant(sleep.until))
    return found


def _wait(wait: Wait, found: Fields) -> Fields:
    signals: Json = [{"signal": name} for name in wait.signals]
    word = "signal" if wait.mode is WaitMode.ONE else wait.mode.value
    awaited: Fields = {word: wait.signals[0] if wait.mode is WaitMode.ONE and wait.signals else signals}
    on_timeout = "continue" if wait.goes_on else "fail"
    return {**_without(found, "signals", "mode", "goes_on"), **awaited, "on_timeout": on_timeout}


def _each(each: Each, found: Fields) -> Fields:
    return {**_without(found, "collects"), "on_item_failure": "collect" if each.collects else "fail"}


def _try(_: Try, found: Fields) -> Fields:
    return {**_without(found, "catches"), "catch": found["catches"]}


def _child(child: Child, found: Fields) -> Fields:
    return {**_without(found, "is_detached"), "mode": "detach" if child.is_detached else "wait"}


def _emit(emit: Emit, found: Fields) -> Fields:
    return {**_without(found, "message_type"), "type": emit.message_type}


def _end(end: End, found: Fields) -> Fields:
    error = {name: found[name] for name in ("code", "message") if name in found}
    rest = _without(found, "is_failed", "code", "message")
    return {
        **rest,
        "status": "failed" if end.is_failed else "completed",
        **({"error": error} if error else {}),
    }


SPECIAL: Final[Mapping[type, Callable[[Any, Fields], Fields]]] = {
    RetryPolicy: _set_of("on"),
    HttpActivity: _set_of("success"),
    Task: _task,
    Switch: _switch,
    Sleep: _sleep,
    Wait: _wait,
    Each: _each,
    Try: _try,
    Child: _child,
    Emit: _emit,
    End: _end,
}
"""What is not written as the struct has it. A row takes the one type that it is the row of."""

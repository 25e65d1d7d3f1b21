"""`task`: one activity with its policies, its undo and what is made of its answer."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.definition.activities.table import WORDS as ACTIVITY_WORDS
from treadle.definition.activities.table import read_activity
from treadle.definition.callbacks import read_callback
from treadle.definition.compensation import read_compensate
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.policies import activity_retry, check_retry_on, default_timeout_ms, read_on_unknown
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.places import ASYNC_REQUEST, REQUEST, TASK_OUTPUT
from treadle.model.definition import Activity, Callback, HttpActivity, Probe, Task
from treadle.model.policies import OnUnknown

MODES: Final = ("sync", "async")
ACCEPTED: Final = ("202",)
"""What counts as success of the call that triggers async work."""
OWN_WORDS: Final = ("mode", "timeout", "retry", "on_unknown", "compensate", "output", "callback", "probe")


def read_task(section: Section, head: Head, reading: Reading) -> Task:
    """Read a task."""
    is_async = section.word("mode", MODES) == "async"
    timeout_ms = section.duration_ms("timeout")
    on_unknown = read_on_unknown(section)
    if on_unknown is OnUnknown.COMPENSATE and not section.has("compensate"):
        message = "there is no `compensate` here: an unknown outcome fails the node, and nothing is undone"
        section.faults.warn(section.at("on_unknown"), "nothing_to_compensate", message)
    _check_retry_on(section, is_async=is_async)
    output = section.raw("output")
    if output is not UNSET:
        spot = Spot(place=TASK_OUTPUT, owner=section.pointer, role=Role.OUTPUT)
        reading.template(output, section.at("output"), spot)
    return Task(
        **head.fields,
        activity=_read_activity(section, reading, is_async=is_async),
        timeout_ms=default_timeout_ms(reading.defaults) if timeout_ms is None else timeout_ms,
        retry=activity_retry(section, reading.defaults),
        on_unknown=reading.defaults.on_unknown if on_unknown is None else on_unknown,
        compensate=read_compensate(section, reading),
        output=output,
        callback=_read_callback(section, reading, is_async=is_async),
        probe=_read_probe(section, reading),
    )


def _check_retry_on(section: Section, *, is_async: bool) -> None:
    """A status is of an HTTP call alone, a callback of an async task alone."""
    if section.has("http") == section.has("handler"):
        return
    has_status = section.has("http")

    def is_possible(word: str) -> bool:
        if word == "callback":
            return is_async
        return word != "error" if has_status else word != "connection" and not word[:1].isdigit()

    check_retry_on(section, is_possible, "this HTTP call" if has_status else "this handler")


def _read_activity(section: Section, reading: Reading, *, is_async: bool) -> Activity:
    place = ASYNC_REQUEST if is_async else REQUEST
    activity = read_activity(section, reading, Spot(place=place, owner=section.pointer, role=Role.REQUEST))
    http = section.raw("http")
    has_own = isinstance(http, dict) and "success" in http
    if is_async and isinstance(activity, HttpActivity) and not has_own:
        return replace(activity, success=ACCEPTED)
    return activity


def _read_callback(section: Section, reading: Reading, *, is_async: bool) -> Callback | None:
    if is_async:
        return read_callback(section, reading)
    if section.has("callback"):
        message = "`callback` belongs to an async task: write `mode: async`"
        section.faults.error(section.at("callback"), "conflicting_fields", message)
    return None


def _read_probe(section: Section, reading: Reading) -> Probe | None:
    if not section.has("probe"):
        return None
    probe = section.section("probe")
    probe.only(ACTIVITY_WORDS)
    spot = Spot(place=REQUEST, owner=section.pointer, role=Role.REQUEST)
    return Probe(
        activity=read_activity(probe, reading, spot), timeout_ms=default_timeout_ms(reading.defaults)
    )


TASK: Final = KindReader(words=frozenset({*ACTIVITY_WORDS, *OWN_WORDS}), read=read_task)

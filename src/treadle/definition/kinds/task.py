"""`task`: one activity with its policies, its undo and what is made of its answer."""

from typing import Final

from msgspec import UNSET

from treadle.definition.activities.table import WORDS as ACTIVITY_WORDS
from treadle.definition.activities.table import read_activity
from treadle.definition.compensation import read_compensate
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.policies import activity_retry, default_timeout_ms, read_on_unknown
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.places import REQUEST, TASK_OUTPUT
from treadle.model.definition import Task

MODES: Final = ("sync",)
MODES_LATER: Final = frozenset({"async"})


def read_task(section: Section, head: Head, reading: Reading) -> Task:
    """Read a task."""
    section.word("mode", MODES, MODES_LATER)
    timeout_ms = section.duration_ms("timeout")
    on_unknown = read_on_unknown(section)
    output = section.raw("output")
    if output is not UNSET:
        spot = Spot(place=TASK_OUTPUT, owner=section.pointer, role=Role.OUTPUT)
        reading.template(output, section.at("output"), spot)
    request = Spot(place=REQUEST, owner=section.pointer, role=Role.REQUEST)
    return Task(
        id=head.id,
        label=head.label,
        when=head.when,
        activity=read_activity(section, reading, request),
        timeout_ms=default_timeout_ms(reading.defaults) if timeout_ms is None else timeout_ms,
        retry=activity_retry(section, reading.defaults),
        on_unknown=reading.defaults.on_unknown if on_unknown is None else on_unknown,
        compensate=read_compensate(section, reading),
        output=output,
    )


TASK: Final = KindReader(
    words=frozenset({*ACTIVITY_WORDS, "mode", "timeout", "retry", "on_unknown", "compensate", "output"}),
    later=frozenset({"callback", "probe"}),
    read=read_task,
)

"""`sleep`: for a duration or until an instant."""

from collections.abc import Callable
from typing import Final

from treadle.definition.durations import parse_duration
from treadle.definition.instants import parse_instant
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.braces import OPENING
from treadle.expressions.nearest import quoted
from treadle.expressions.places import SLEEP as SLEEP_PLACE
from treadle.model.definition import Sleep


def read_sleep(section: Section, head: Head, reading: Reading) -> Sleep:
    """Read a sleep."""
    section.exclude("for", "until")
    if not section.has("for") and not section.has("until"):
        message = "`for` (a duration) or `until` (an instant) is missing"
        section.faults.error(section.pointer, "missing_field", message)
    return Sleep(
        **head.fields,
        for_=_read_moment(section, "for", parse_duration, "invalid_duration", reading),
        until=_read_moment(section, "until", parse_instant, "invalid_instant", reading),
        jitter_ms=section.duration_ms("jitter", low=0) or 0,
    )


def _read_moment(
    section: Section, field: str, parse: Callable[[str], int], code: str, reading: Reading
) -> int | str | None:
    text = section.text(field)
    if text is None:
        return None
    if OPENING in text:
        spot = Spot(place=SLEEP_PLACE, owner=section.pointer, role=Role.BEFORE)
        reading.template(text, section.at(field), spot)
        return text
    try:
        return parse(text)
    except ValueError as error:
        section.faults.error(section.at(field), code, f"{quoted(text)}: {error}")
        return None


SLEEP: Final = KindReader(words=frozenset({"for", "until", "jitter"}), read=read_sleep)

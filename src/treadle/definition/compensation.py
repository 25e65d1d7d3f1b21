"""`compensate`: the undo of a task, and what to do when its outcome is unknown."""

from typing import Final

from msgspec import UNSET

from treadle.definition.activities.table import WORDS as ACTIVITY_WORDS
from treadle.definition.activities.table import read_activity
from treadle.definition.policies import compensation_retry, default_timeout_ms
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.places import REQUEST
from treadle.model.definition import Compensate

WORDS: Final = (*ACTIVITY_WORDS, "retry", "unknown")


def read_compensate(node: Section, reading: Reading) -> Compensate | None:
    """The compensation of a node, None if it has none.

    Neither the timeout nor `on_unknown` of the node reach it.
    """
    if node.raw("compensate") is UNSET:
        return None
    section = node.section("compensate")
    section.only(WORDS)
    unknown = None
    if section.has("unknown"):
        spot = Spot(place=REQUEST, owner=node.pointer, role=Role.UNDO_UNKNOWN)
        replacement = section.section("unknown")
        replacement.only(ACTIVITY_WORDS)
        unknown = read_activity(replacement, reading, spot)
    spot = Spot(place=REQUEST, owner=node.pointer, role=Role.UNDO)
    return Compensate(
        activity=read_activity(section, reading, spot),
        unknown=unknown,
        retry=compensation_retry(section, reading.defaults),
        timeout_ms=default_timeout_ms(reading.defaults),
    )

"""`loop`: a body again and again, while or until a condition holds."""

from typing import Final

from msgspec import UNSET

from treadle.definition.bodies import WORDS as BODY_WORDS
from treadle.definition.bodies import read_inner
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.places import CONDITION, TURN_ROOTS
from treadle.model.definition import Loop
from treadle.model.json import Json

ITERATIONS_DEFAULT: Final = 1_000
ITERATIONS_MAX: Final = 1_000_000


def read_loop(section: Section, head: Head, reading: Reading) -> Loop:
    """Read a loop with its body."""
    section.exclude("while", "until")
    if not section.has("while") and not section.has("until"):
        message = "`while` or `until` is missing: when the loop ends"
        section.faults.error(section.pointer, "missing_field", message)
    most = section.integer("max_iterations", 1, ITERATIONS_MAX)
    return Loop(
        **head.fields,
        while_=_read_condition(section, "while", section.pointer, reading),
        until=_read_condition(section, "until", section.at("until"), reading),
        max_iterations=ITERATIONS_DEFAULT if most is None else most,
        body=read_inner(section, head.outline, "turn", reading, TURN_ROOTS),
    )


def _read_condition(section: Section, field: str, owner: str, reading: Reading) -> Json | None:
    value = section.raw(field)
    if value is UNSET:
        return None
    spot = Spot(place=CONDITION.within(TURN_ROOTS), owner=owner, role=Role.BEFORE)
    reading.condition(value, section.at(field), spot)
    return value


LOOP: Final = KindReader(words=frozenset({"while", "until", "max_iterations", *BODY_WORDS}), read=read_loop)

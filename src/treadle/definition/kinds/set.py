"""`set`: new values of `vars`."""

from typing import Final

from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading, Role, Spot
from treadle.definition.section import Section
from treadle.expressions.places import VALUE
from treadle.model.definition import Set


def read_set(section: Section, head: Head, reading: Reading) -> Set:
    """Read a set."""
    section.require("vars", "the values by their names")
    spot = Spot(place=VALUE, owner=section.pointer, role=Role.BEFORE)
    found = {}
    for name, value, pointer in section.section("vars").items():
        reading.template(value, pointer, spot)
        found[name] = value
    return Set(**head.fields, vars=found)


SET: Final = KindReader(words=frozenset({"vars"}), read=read_set)

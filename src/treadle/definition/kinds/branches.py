"""`parallel` and `race`: branches by name."""

from typing import Final

from treadle.definition.bodies import read_inner_value
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading
from treadle.definition.section import Section
from treadle.expressions.nearest import quoted
from treadle.model.definition import Branch, Parallel, Race
from treadle.model.ids import NAME
from treadle.model.json import Json


def read_parallel(section: Section, head: Head, reading: Reading) -> Parallel:
    """Read a parallel with its branches."""
    return Parallel(**head.fields, branches=_read_branches(section, head, reading))


def read_race(section: Section, head: Head, reading: Reading) -> Race:
    """Read a race with its branches."""
    return Race(**head.fields, branches=_read_branches(section, head, reading))


def _read_branches(section: Section, head: Head, reading: Reading) -> tuple[Branch, ...]:
    return tuple(
        Branch(name=name, body=read_inner_value(value, pointer, head.outline, name, reading))
        for name, value, pointer in written_branches(section, reading)
    )


def written_branches(section: Section, reading: Reading) -> list[tuple[str, Json, str]]:
    """Each branch with its value and its pointer; their names and their number are checked."""
    section.require("branches", "the branches by their names")
    branches = section.section("branches")
    found = list(branches.items())
    most = reading.bounds.branches
    if len(found) > most:
        message = f"a node may have {most} branches; this one has {len(found)}"
        section.faults.error(section.at("branches"), "too_many_branches", message)
    if section.raw("branches") == {}:
        section.faults.error(section.at("branches"), "no_branches", "a node has at least one branch")
    for name, _, pointer in found:
        if not NAME.fullmatch(name):
            message = f"the branch {quoted(name)} does not match `{NAME.pattern}`"
            section.faults.error(pointer, "invalid_name", message)
    return found


PARALLEL: Final = KindReader(words=frozenset({"branches"}), read=read_parallel)
RACE: Final = KindReader(words=frozenset({"branches"}), read=read_race)

"""`split`: one of its branches, by weight."""

from typing import Final

from treadle.definition.bodies import WORDS as BODY_WORDS
from treadle.definition.bodies import read_inner
from treadle.definition.kinds.branches import written_branches
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading
from treadle.definition.section import Section
from treadle.model.definition import Split, WeightedBranch
from treadle.model.json import Json

WEIGHT_MAX: Final = 1_000_000


def read_split(section: Section, head: Head, reading: Reading) -> Split:
    """Read a split; its branches are put in code-point order of their names."""
    found = [
        _read_branch(name, value, pointer, head, reading)
        for name, value, pointer in written_branches(section, reading)
    ]
    if found and not any(branch.weight != 0 for branch in found):
        message = "the weights are all 0: no branch could be taken"
        section.faults.error(section.at("branches"), "no_weight", message)
    return Split(**head.fields, branches=tuple(sorted(found, key=lambda branch: branch.name)))


def _read_branch(name: str, value: Json, pointer: str, head: Head, reading: Reading) -> WeightedBranch:
    section = Section.of(value, pointer, reading.faults, "a branch of a split")
    section.only(("weight", *BODY_WORDS))
    section.require("weight", "how often the branch is taken beside the others")
    weight = section.number("weight", 0, WEIGHT_MAX)
    body = read_inner(section, head.outline, name, reading)
    # A weight that could not be read has its own fault: it does not count as 0.
    return WeightedBranch(name=name, weight=1.0 if weight is None else weight, body=body)


SPLIT: Final = KindReader(words=frozenset({"branches"}), read=read_split)

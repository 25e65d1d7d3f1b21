"""`shield`: a body that is finished before a cancel takes effect."""

from typing import Final

from treadle.definition.bodies import WORDS as BODY_WORDS
from treadle.definition.bodies import read_inner
from treadle.definition.kinds.reader import Head, KindReader
from treadle.definition.reading import Reading
from treadle.definition.section import Section
from treadle.model.definition import Shield


def read_shield(section: Section, head: Head, reading: Reading) -> Shield:
    """Read a shield with its body."""
    return Shield(**head.fields, body=read_inner(section, head.outline, "body", reading))


SHIELD: Final = KindReader(words=frozenset(BODY_WORDS), read=read_shield)

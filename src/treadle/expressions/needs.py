"""What an expression or a condition of a document needs to be there, and what a condition proves."""

from treadle.expressions.cel.needs import Need, needs
from treadle.expressions.cel.parser import parse
from treadle.expressions.cel.proving import proves
from treadle.expressions.faults import MoreThanAPath, PathError
from treadle.expressions.paths import parse_path
from treadle.expressions.proofs import NO_FACTS, Facts, logic_proves
from treadle.expressions.resolving import read_of
from treadle.model.json import Json


def needs_of(text: str) -> tuple[Need, ...]:
    """What an expression needs; nothing for one that is wrong."""
    try:
        path = parse_path(text)
    except MoreThanAPath:
        return _computed(text)
    except PathError:
        return ()
    return (Need(read_of(path.root, path.segments), NO_FACTS),)


def _computed(text: str) -> tuple[Need, ...]:
    try:
        return tuple(needs(parse(text)))
    except PathError:
        return ()


def proven(condition: Json, truth: bool) -> Facts:
    """What is so if a condition holds, or does not; nothing for one that is wrong."""
    if not isinstance(condition, str):
        return logic_proves(condition, truth)
    try:
        return proves(parse(condition), truth, frozenset())
    except PathError:
        return NO_FACTS

"""One expression: a string literal, a path, or anything more, which is CEL."""

from functools import lru_cache
from typing import Final, TypeAlias

import msgspec
from msgspec import UNSET

from treadle.expressions.cel.compile import compile_cel
from treadle.expressions.faults import MoreThanAPath, PathError
from treadle.expressions.literals import read_literal
from treadle.expressions.paths import Path, parse_path
from treadle.expressions.places import Place
from treadle.expressions.resolving import Evaluate, path_reader, read_of
from treadle.expressions.roots import HOLE_ROOTS, checked_path
from treadle.model.json import Json
from treadle.model.requests import Hole

REMEMBERED_MAX: Final = 2_048
"""Expressions: a document is checked and then compiled, and says many of them more than once."""
REMEMBERED_CHARS_MAX: Final = 256
"""Longer ones are compiled each time: compiled they take 150 times their length."""
Part: TypeAlias = str | Hole | Evaluate


class Single(msgspec.Struct, frozen=True, kw_only=True):
    """A checked expression: `part` is a text, a hole, or the closure.

    `fixed` is its value if that is always the same; `is_computed`: it has a budget to keep to.
    """

    part: Part
    reads: frozenset[tuple[str, ...]] = frozenset()
    fixed: Json = UNSET
    is_computed: bool = False


def compile_single(text: str, place: Place) -> Single:
    """Check and compile an expression without blanks around it.

    Raises:
        PathError: it is wrong, with the place in the text.
    """
    return _remembered(text, place) if len(text) <= REMEMBERED_CHARS_MAX else _compiled(text, place)


def _compiled(text: str, place: Place) -> Single:
    literal = _literal(text)
    if literal is not None:
        return Single(part=literal, fixed=literal)
    try:
        path = parse_path(text)
    except MoreThanAPath:
        return _computed(text, place)
    return _of_path(path, place)


_remembered: Final = lru_cache(REMEMBERED_MAX)(_compiled)


def _computed(text: str, place: Place) -> Single:
    cel = compile_cel(text, place)
    return Single(part=cel.evaluate, reads=cel.reads, fixed=cel.fixed, is_computed=cel.fixed is UNSET)


def _of_path(path: Path, place: Place) -> Single:
    root, segments = checked_path(path.root, path.segments, place)
    reads = frozenset((read_of(root, segments),))
    if root in HOLE_ROOTS:
        return Single(part=Hole(root=root, name=str(segments[0])), reads=reads)
    return Single(part=path_reader(path.text, root, segments), reads=reads)


def _literal(text: str) -> str | None:
    """The value if the expression is one string literal and nothing else."""
    if not text.startswith(('"', "'")):
        return None
    try:
        value, end = read_literal(text, 0)
    except PathError:
        # It has an escape that only CEL knows, or is wrong: CEL says so.
        return None
    return value if end == len(text) else None

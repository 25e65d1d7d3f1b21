"""What an expression cannot do without: each path that has to be there, and what is known when it is read.

`has(a.b) ? a.b : c` reads `a.b` where it is known to be there; `a.?b` does without it. It is told by the
phrases alone, so that a document can be warned of what its expressions do not ask for.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from treadle.expressions.cel.paths import Link, unrolled
from treadle.expressions.cel.proving import path_of, proves
from treadle.expressions.cel.syntax import (
    Call,
    Choice,
    Index,
    Iteration,
    Junction,
    ListOf,
    MapOf,
    Name,
    Operation,
    Phrase,
    Presence,
    Select,
)
from treadle.expressions.proofs import NO_FACTS, Facts

OPTIONAL_MACROS: Final = frozenset({"optMap", "optFlatMap"})


class Need(NamedTuple):
    """A path as far as it has to be there, and the facts that are known where it is read."""

    path: tuple[str, ...]
    facts: Facts


class Known(NamedTuple):
    """What is known around a phrase: facts, and the variables of the macros it stands in."""

    facts: Facts = NO_FACTS
    variables: frozenset[str] = frozenset()

    def with_facts(self, facts: Facts) -> "Known":
        return Known(self.facts | facts, self.variables) if facts else self


NOTHING_KNOWN: Final = Known()


def needs(phrase: Phrase, known: Known = NOTHING_KNOWN) -> Iterator[Need]:
    """Every read of a phrase that fails if something is missing."""
    yield from WALKS.get(type(phrase), _of_parts)(phrase, known)


def _of_parts(phrase: Phrase, known: Known) -> Iterator[Need]:
    for part in _parts(phrase):
        yield from needs(part, known)


def _parts(phrase: Phrase) -> tuple[Phrase, ...]:
    if isinstance(phrase, Operation):
        return phrase.operands
    if isinstance(phrase, Call):
        return phrase.arguments if phrase.target is None else (phrase.target, *phrase.arguments)
    if isinstance(phrase, ListOf):
        return tuple(element.value for element in phrase.elements)
    if isinstance(phrase, MapOf):
        return tuple(part for entry in phrase.entries for part in (entry.key, entry.value))
    return ()


def _of_chain(phrase: Phrase, known: Known) -> Iterator[Need]:
    base, links = unrolled(phrase)
    yield from _of_links(base, links, links, known)


def _of_presence(phrase: Phrase, known: Known) -> Iterator[Need]:
    """`has(a.b.c)`: `a.b` has to be there."""
    assert isinstance(phrase, Presence)
    base, links = unrolled(phrase.selected)
    yield from _of_links(base, links, links[:-1], known)


def _of_links(base: Phrase, links: list[Link], needed: list[Link], known: Known) -> Iterator[Need]:
    for link in links:
        if isinstance(link.phrase, Index):
            yield from needs(link.phrase.key, known)
    if not isinstance(base, Name):
        yield from needs(base, known)
    elif base.name not in known.variables:
        yield Need(path_of(base, needed, is_sure=True), known.facts)


def _of_junction(phrase: Phrase, known: Known) -> Iterator[Need]:
    """An operand may rely on those before it, and on those after it that cannot fail themselves.

    If such a one decides alone, the error of the operand counts for nothing.
    """
    assert isinstance(phrase, Junction)
    truth = phrase.operator == "&&"
    operands, names = phrase.operands, known.variables
    after = [NO_FACTS]
    for operand in reversed(operands[1:]):
        after.append(after[-1] | proves(operand, truth, names, is_sure=True))
    before = known.facts
    for operand, behind in zip(operands, reversed(after), strict=True):
        yield from needs(operand, known.with_facts(before | behind))
        before |= proves(operand, truth, names)


def _of_choice(phrase: Phrase, known: Known) -> Iterator[Need]:
    assert isinstance(phrase, Choice)
    condition, names = phrase.condition, known.variables
    yield from needs(condition, known)
    yield from needs(phrase.then, known.with_facts(proves(condition, True, names)))
    yield from needs(phrase.otherwise, known.with_facts(proves(condition, False, names)))


def _of_iteration(phrase: Phrase, known: Known) -> Iterator[Need]:
    assert isinstance(phrase, Iteration)
    yield from needs(phrase.over, known)
    within = Known(known.facts, known.variables | {phrase.variable})
    if phrase.kind in OPTIONAL_MACROS:
        within = within.with_facts(_held(phrase.over, known.variables))
    if phrase.only is not None:
        yield from needs(phrase.only, within)
        within = within.with_facts(proves(phrase.only, True, within.variables))
    yield from needs(phrase.body, within)


def _held(over: Phrase, variables: frozenset[str]) -> Facts:
    """What is there if an optional value is: asked as `hasValue` asks it."""
    asked = Call(start=over.start, end=over.end, function="hasValue", arguments=(), target=over)
    return proves(asked, True, variables)


WALKS: Final[Mapping[type[Phrase], Callable[[Phrase, Known], Iterator[Need]]]] = {
    Name: _of_chain,
    Select: _of_chain,
    Index: _of_chain,
    Presence: _of_presence,
    Junction: _of_junction,
    Choice: _of_choice,
    Iteration: _of_iteration,
}

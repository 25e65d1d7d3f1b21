"""What is so if a condition holds, or does not: which paths have a value then."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import UNSET

from treadle.expressions.cel.paths import Link, unrolled
from treadle.expressions.cel.syntax import (
    Call,
    Fixed,
    Index,
    Junction,
    Name,
    Operation,
    Phrase,
    Presence,
    Select,
)
from treadle.expressions.cel.values import Value
from treadle.expressions.proofs import FACT_DEPTHS, NO_FACTS, Facts, facts_of, facts_of_status

EQUALITIES: Final = frozenset({"==", "!="})


class Subject(NamedTuple):
    """What a test looks at: its path, and what stands in its place if it is missing, UNSET for nothing.

    `sure` is the part of the path that has to be there for the test not to fail.
    """

    path: tuple[str, ...]
    sure: tuple[str, ...]
    default: Value

    @property
    def is_safe(self) -> bool:
        """Whether the test cannot fail for want of the result or the variable it asks for."""
        return len(self.sure) < FACT_DEPTHS.get(self.sure[0], 0)


def path_of(base: Name, links: Sequence[Link], *, is_sure: bool = False) -> tuple[str, ...]:
    """The path that is written out; `is_sure`: as far as it has to be there."""
    found = [base.name]
    for link in links:
        if link.fixed is None or (is_sure and link.is_optional):
            break
        found.append(str(link.fixed))
    return tuple(found)


def proves(phrase: Phrase, truth: bool, variables: frozenset[str], *, is_sure: bool = False) -> Facts:
    """What is so if a phrase is `truth`; `is_sure`: as far as tests say so that cannot fail themselves."""
    if isinstance(phrase, Junction):
        found = [proves(operand, truth, variables, is_sure=is_sure) for operand in phrase.operands]
        is_each = (phrase.operator == "&&") is truth
        return NO_FACTS.union(*found) if is_each else found[0].intersection(*found[1:])
    if isinstance(phrase, Operation) and phrase.operator == "!":
        return proves(phrase.operands[0], not truth, variables, is_sure=is_sure)
    told = _told(phrase, truth, variables)
    if told is None:
        return NO_FACTS
    subject, facts = told
    return NO_FACTS if is_sure and not subject.is_safe else facts


def _told(phrase: Phrase, truth: bool, variables: frozenset[str]) -> tuple[Subject, Facts] | None:
    """What a single test asks for and tells; None for what is none."""
    if isinstance(phrase, Presence):
        subject = _presence(phrase, variables)
        return None if subject is None or not truth else (subject, facts_of(subject.path))
    if isinstance(phrase, Operation) and len(phrase.operands) == 2:
        return _of_operation(phrase, truth, variables)
    if isinstance(phrase, Call) and phrase.target is not None:
        return _of_call(phrase, truth, variables)
    return None


def _presence(phrase: Presence, variables: frozenset[str]) -> Subject | None:
    base, links = unrolled(phrase.selected)
    if not isinstance(base, Name) or base.name in variables or any(link.fixed is None for link in links):
        return None
    return Subject(path_of(base, links), path_of(base, links[:-1], is_sure=True), UNSET)


def _of_operation(phrase: Operation, truth: bool, variables: frozenset[str]) -> tuple[Subject, Facts] | None:
    one, other = phrase.operands
    if phrase.operator == "in":
        return _of_key(one, other, variables) if truth else None
    if phrase.operator not in EQUALITIES:
        return None
    if isinstance(one, Fixed):
        one, other = other, one
    subject = _subject(one, variables)
    if subject is None or not isinstance(other, Fixed):
        return None
    return subject, _compared(subject, other.value, is_equal=(phrase.operator == "==") is truth)


def _of_key(key: Phrase, many: Phrase, variables: frozenset[str]) -> tuple[Subject, Facts] | None:
    """`"page" in vars`."""
    subject = _subject(many, variables)
    if subject is None or subject.default is not UNSET:
        return None
    if not isinstance(key, Fixed) or not isinstance(key.value, str):
        return None
    return subject, facts_of((*subject.path, key.value))


def _compared(subject: Subject, value: Value, *, is_equal: bool) -> Facts:
    is_default = _is_same(subject.default, value)
    is_there = not is_default if is_equal else is_default or subject.default is UNSET
    if not is_there:
        return NO_FACTS
    facts = facts_of(subject.path, is_something=(value is None) is not is_equal)
    return facts | facts_of_status(subject.path, value, is_equal=is_equal)


def _of_call(phrase: Call, truth: bool, variables: frozenset[str]) -> tuple[Subject, Facts] | None:
    """`a.?b.hasValue()`, or `a.?b.orValue(false)`."""
    assert phrase.target is not None
    if phrase.function == "hasValue":
        subject = _chain(phrase.target, variables)
        return None if subject is None or not truth else (subject, facts_of(subject.path))
    subject = _subject(phrase, variables)
    if subject is None or type(subject.default) is not bool or subject.default is truth:
        return None
    return subject, facts_of(subject.path, is_something=True)


def _subject(phrase: Phrase, variables: frozenset[str]) -> Subject | None:
    """A path that has to be there, or one with a default that is written out."""
    if isinstance(phrase, Call) and phrase.function == "orValue" and phrase.target is not None:
        subject = _chain(phrase.target, variables)
        default = phrase.arguments[0] if len(phrase.arguments) == 1 else None
        return subject._replace(default=default.value) if subject and isinstance(default, Fixed) else None
    subject = _chain(phrase, variables)
    return subject if subject is not None and subject.path == subject.sure else None


def _chain(phrase: Phrase, variables: frozenset[str]) -> Subject | None:
    if not isinstance(phrase, Name | Select | Index):
        return None
    base, links = unrolled(phrase)
    if not isinstance(base, Name) or base.name in variables or any(link.fixed is None for link in links):
        return None
    return Subject(path_of(base, links), path_of(base, links, is_sure=True), UNSET)


def _is_same(one: Value, other: Value) -> bool:
    return type(one) is type(other) and bool(one == other)

"""What a condition proves to be there: facts about the results of nodes and about variables.

A fact is the beginning of a path, `("nodes", "pay", "output")` or `("vars", "page")`: there is a value under
it. With SOMETHING behind it, that value is not null either.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from msgspec import UNSET

from treadle.model.json import Json

Facts: TypeAlias = frozenset[tuple[str, ...]]
NO_FACTS: Final[Facts] = frozenset()
SOMETHING: Final = "*"
FACT_DEPTHS: Final[Mapping[str, int]] = {"nodes": 3, "vars": 2}
"""How long the path of a fact is, by its root; of other roots there are none."""
SKIPPED: Final = "skipped"
COMPLETED: Final = "completed"


def facts_of(path: tuple[str, ...], *, is_something: bool = False) -> Facts:
    """What is so if there is a value under a path; `is_something`: and if it is not null."""
    depth = FACT_DEPTHS.get(path[0] if path else "", 0)
    if not 0 < depth <= len(path):
        return NO_FACTS
    fact = path[:depth]
    return frozenset({fact, (*fact, SOMETHING)}) if is_something or len(path) > depth else frozenset({fact})


def facts_of_status(path: tuple[str, ...], word: Json, *, is_equal: bool) -> Facts:
    """What is so if the status of a node is a word, or is not: one that was not skipped has its results."""
    is_status = len(path) == FACT_DEPTHS["nodes"] and path[0] == "nodes" and path[2] == "status"
    if not is_status or word != (COMPLETED if is_equal else SKIPPED):
        return NO_FACTS
    node = path[:2]
    return facts_of((*node, "output"), is_something=True) | facts_of((*node, "response"), is_something=True)


def logic_proves(rule: Json, truth: bool) -> Facts:
    """What is so if a rule of JSON Logic counts as true, or does not."""
    if not isinstance(rule, dict) or len(rule) != 1:
        return NO_FACTS
    ((operator, given),) = rule.items()
    prove = PROOFS.get(operator)
    return NO_FACTS if prove is None else prove(given if isinstance(given, list) else [given], truth)


def _of_value(given: list[Json], truth: bool) -> Facts:
    """A value that counts as true is there, unless it is the default that does."""
    path = _path(given[0]) if given else None
    is_default = len(given) > 1 and bool(given[1])
    return NO_FACTS if path is None or not truth or is_default else facts_of(path, is_something=True)


def _of_both(given: list[Json], truth: bool) -> Facts:
    """`and`: all of it holds if it is true."""
    return _joined(given, truth, is_each=truth)


def _of_either(given: list[Json], truth: bool) -> Facts:
    """`or`: none of it holds if it is not true."""
    return _joined(given, truth, is_each=not truth)


def _joined(given: list[Json], truth: bool, *, is_each: bool) -> Facts:
    found = [logic_proves(part, truth) for part in given]
    if not found:
        return NO_FACTS
    return NO_FACTS.union(*found) if is_each else found[0].intersection(*found[1:])


def _negated(given: list[Json], truth: bool) -> Facts:
    return logic_proves(given[0], not truth) if given else NO_FACTS


def _affirmed(given: list[Json], truth: bool) -> Facts:
    return logic_proves(given[0], truth) if given else NO_FACTS


def _equal(given: list[Json], truth: bool) -> Facts:
    """A value that is the text that is meant is there, and one that is not null."""
    if len(given) != 2:
        return NO_FACTS
    one, other = given if _read(given[0]) is not None else given[::-1]
    path = _read(one)
    if path is None or not (other is None or isinstance(other, str)):
        return NO_FACTS
    is_there = (other is None) is not truth and other != ""
    told = facts_of(path, is_something=True) if is_there else NO_FACTS
    status = facts_of_status(path, other, is_equal=truth)
    # What is missing is null, and so it is no skipped node either.
    return told | (status if truth else frozenset(fact for fact in status if fact[-1] == SOMETHING))


def _unequal(given: list[Json], truth: bool) -> Facts:
    return _equal(given, not truth)


def _of_missing(given: list[Json], truth: bool) -> Facts:
    """`missing` gives an empty list if all is there, and neither null nor empty."""
    paths = [_path(name) for name in given]
    if truth:
        return NO_FACTS
    return NO_FACTS.union(*[facts_of(path, is_something=True) for path in paths if path is not None])


def _read(value: Json) -> tuple[str, ...] | None:
    """The path of a `var` without a default."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    path = value.get("var", UNSET)
    return _path(path[0] if isinstance(path, list) and len(path) == 1 else path)


def _path(path: Json) -> tuple[str, ...] | None:
    return tuple(path.split(".")) if isinstance(path, str) and path else None


PROOFS: Final[Mapping[str, Callable[[list[Json], bool], Facts]]] = {
    "var": _of_value,
    "!": _negated,
    "!!": _affirmed,
    "and": _of_both,
    "or": _of_either,
    **dict.fromkeys(("==", "==="), _equal),
    **dict.fromkeys(("!=", "!=="), _unequal),
    "missing": _of_missing,
}

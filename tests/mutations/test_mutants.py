"""Documents changed in every way are accepted or refused with faults; what is accepted comes to an end."""

import pytest

from tests.mutations.bases import bases
from tests.mutations.tally import Tally, tried, tried_in_parallel
from treadle.definition.faults import ERRORS
from treadle.definition.read import check
from treadle.model.execution import TERMINAL
from treadle.testing.mutating import drawn_documents, mutant
from treadle.testing.mutating.living import Stop

QUICK = 300
MANY = 10_000
ACCEPTED_SHARE_MIN = 0.2
CODES_MIN = 45
"""Faults that mutants reach; each of the others has a test of its own, as all have."""


def assert_sound(tally: Tally, mutants: int) -> None:
    """All were tried, none broke anything, and a fifth was accepted."""
    assert not tally.broken, "\n".join(tally.broken)
    assert tally.mutants == mutants
    assert tally.accepted >= ACCEPTED_SHARE_MIN * mutants
    assert sum(tally.ends.values()) == tally.accepted


def test_what_mutants_are_made_of_is_accepted() -> None:
    assert len(bases()) > len(drawn_documents(1))
    assert [tree["name"] for tree in drawn_documents(60) if check(tree).errors] == []


def test_a_seed_makes_the_same_mutant_again() -> None:
    assert [repr(mutant(seed, bases())) for seed in range(50)] == [
        repr(mutant(seed, bases())) for seed in range(50)
    ]


def test_mutants_are_accepted_or_refused_and_live() -> None:
    assert_sound(tried(MANY, QUICK), QUICK)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_mutants_are_accepted_or_refused_and_live() -> None:
    tally = tried_in_parallel(0, MANY)
    print(tally.report())
    assert_sound(tally, MANY)
    assert set(tally.ends) <= {*TERMINAL, *(f"stopped: {stop}" for stop in Stop)}
    assert set(tally.ends) >= TERMINAL
    assert len(tally.codes.keys() & ERRORS.keys()) >= CODES_MIN

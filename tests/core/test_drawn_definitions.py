"""Documents drawn at random: each is accepted, compiles, and lives through a world as what it says."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from treadle.core.nodes.table import KINDS
from treadle.definition.compile import compile_definition
from treadle.definition.read import check, read_definition
from treadle.model.json import Json
from treadle.testing.definitions import definitions
from treadle.testing.world import World

SEEDS = st.integers(0, 1_000)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
long = settings(quick, max_examples=600)


def lives(document: Json, seed: int) -> None:
    """No error is found in the document, and what it compiles to keeps its promises."""
    assert check(document).errors == ()
    World(seed, compile_definition(read_definition(document))).run()


@quick
@given(document=definitions(), seed=SEEDS)
def test_a_drawn_document_is_accepted_and_lives(document: Json, seed: int) -> None:
    lives(document, seed)


@pytest.mark.slow
@long
@given(document=definitions(), seed=SEEDS)
def test_many_drawn_documents_are_accepted_and_live(document: Json, seed: int) -> None:
    lives(document, seed)


@pytest.mark.slow
def test_every_kind_is_drawn() -> None:
    seen: set[str] = set()

    @settings(long, max_examples=200, database=None)
    @given(document=definitions())
    def look(document: Json) -> None:
        seen.update(kinds_in(document))

    look()
    assert seen == {kind.name for kind in KINDS.values()}


def kinds_in(value: Json) -> set[str]:
    """Whatever stands there as a `kind`."""
    if isinstance(value, list):
        return {kind for one in value for kind in kinds_in(one)}
    if not isinstance(value, dict):
        return set()
    own = {value["kind"]} if isinstance(value.get("kind"), str) else set()
    return own | {kind for one in value.values() for kind in kinds_in(one)}

"""A draft has what an execution has, and the execution from which it was made stays as it is."""

import pytest
from msgspec.structs import replace

from tests.histories.plain_stories import PLAIN
from tests.histories.stories import STORIES
from treadle.codec.snapshots import encode_snapshot
from treadle.core.evolve import apply, evolve, fold
from treadle.core.folding.draft import Draft
from treadle.model.execution import Execution
from treadle.model.persistent import SMALL_MAX, Trie
from treadle.testing.playing import Play

OFTEN = {"version", "updated_at", "frames", "visits", "compensations"}
"""What nearly every event changes."""
SELDOM = [field for field in Execution.__struct_fields__ if field not in OFTEN]


@pytest.fixture(scope="module")
def state() -> Execution:
    """The state at the end of a history."""
    return fold(None, PLAIN[0]().history)


def test_a_draft_shows_every_field_of_an_execution(state: Execution) -> None:
    draft = Draft(state)
    assert {name: getattr(draft, name) for name in Execution.__struct_fields__} == {
        name: getattr(state, name) for name in Execution.__struct_fields__
    }


@pytest.mark.parametrize("field", SELDOM)
def test_what_a_draft_is_given_stands_in_the_state_that_comes_of_it(field: str, state: Execution) -> None:
    draft, value = Draft(state), object()
    draft.version += 1
    draft.change(**{field: value})
    assert getattr(draft, field) is value
    assert getattr(draft.frozen(), field) is value


def test_fields_changed_one_after_the_other_are_all_changed(state: Execution) -> None:
    draft = Draft(state)
    draft.version += 1
    draft.change(run=7, reason="first")
    draft.change(reason="second")
    frozen = draft.frozen()
    assert (frozen.run, frozen.reason) == (7, "second")


def test_the_maps_of_a_large_state_are_changed_without_being_copied(state: Execution) -> None:
    visits = {str(key): state.visits[next(iter(state.visits))] for key in range(SMALL_MAX)}
    draft = Draft(replace(state, visits=visits))
    assert isinstance(draft.visits, Trie)
    assert isinstance(draft.frames, dict)


def test_without_an_event_the_state_is_the_one_that_was(state: Execution) -> None:
    assert Draft(state).frozen() is state
    assert fold(state, ()) is state


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_no_event_changes_a_state_that_was(story: "type[Play]") -> None:
    after, states = None, []
    history = story().history
    for event in history:
        after = evolve(after, event)
        states.append((after, encode_snapshot(after)))
    assert [encode_snapshot(state) for state, _ in states] == [stored for _, stored in states]
    draft = Draft(states[0][0])
    for event in history[1:]:
        apply(draft, event)
    assert encode_snapshot(draft.frozen()) == states[-1][1]

"""A draft has what an execution has, and the execution from which it was made stays as it is."""

import pytest

from tests.histories.plain_stories import PLAIN
from tests.histories.stories import STORIES
from treadle.codec.snapshots import encode_snapshot
from treadle.core.evolve import apply, evolve, fold
from treadle.core.folding.draft import Draft
from treadle.model.execution import Execution
from treadle.testing.playing import Play

OFTEN = {"version", "updated_at", "frames", "visits", "compensations"}
"""What nearly every event changes."""
SELDOM = [field for field in Execution.__struct_fields__ if field not in OFTEN]


@pytest.fixture(scope="module")
def begun() -> Execution:
    """The state after the first event of a history."""
    return evolve(None, PLAIN[0]().history[0])


def test_a_draft_shows_every_field_of_an_execution(begun: Execution) -> None:
    draft = Draft(begun)
    assert {name: getattr(draft, name) for name in Execution.__struct_fields__} == {
        name: getattr(begun, name) for name in Execution.__struct_fields__
    }


@pytest.mark.parametrize("field", SELDOM)
def test_what_a_draft_is_given_stands_in_the_state_that_comes_of_it(field: str, begun: Execution) -> None:
    draft, value = Draft(begun), object()
    draft.version += 1
    draft.change(**{field: value})
    assert getattr(draft, field) is value
    assert getattr(draft.frozen(), field) is value


def test_fields_changed_one_after_the_other_are_all_changed(begun: Execution) -> None:
    draft = Draft(begun)
    draft.version += 1
    draft.change(run=7, reason="first")
    draft.change(reason="second")
    frozen = draft.frozen()
    assert (frozen.run, frozen.reason) == (7, "second")


def test_without_an_event_the_state_is_the_one_that_was(begun: Execution) -> None:
    assert Draft(begun).frozen() is begun
    assert fold(begun, ()) is begun


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_no_event_changes_a_state_that_was(story: "type[Play]") -> None:
    state, states = None, []
    history = story().history
    for event in history:
        state = evolve(state, event)
        states.append((state, encode_snapshot(state)))
    assert [encode_snapshot(state) for state, _ in states] == [stored for _, stored in states]
    draft = Draft(states[0][0])
    for event in history[1:]:
        apply(draft, event)
    assert encode_snapshot(draft.frozen()) == states[-1][1]

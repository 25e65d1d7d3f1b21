"""Persistent maps and stacks behave as the plain ones that they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.model.persistent import (
    RECENT_MAX,
    SMALL_MAX,
    PersistentMap,
    PersistentStack,
    Trie,
    as_dict,
    put,
    transient,
    without,
)

KEYS = st.integers(SMALL_MAX - RECENT_MAX, SMALL_MAX + RECENT_MAX)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "put", "without"]), KEYS, st.integers()), max_size=3 * RECENT_MAX
)
BEFORE = st.sampled_from([0, SMALL_MAX - 10, SMALL_MAX, SMALL_MAX + 10])
"""How many entries there are before anything is changed: few, or about as many as a small map may have."""


@given(BEFORE, CHANGES)
def test_a_map_changed_step_by_step_equals_a_dict_changed_alike(
    size: int, changes: list[tuple[str, int, int]]
) -> None:
    plain = {key: key for key in range(size)}
    ours: PersistentMap[int, int] = dict(plain)
    for change, key, value in changes:
        before, kept = ours, dict(plain)
        if change == "put":
            plain[key] = value
            ours = put(ours, key, value)
        elif key in plain:
            del plain[key]
            ours = without(ours, key)
        assert dict(before.items()) == kept
        assert dict(ours.items()) == as_dict(ours) == plain
    assert len(ours) == len(plain)
    assert sorted(ours) == sorted(plain)
    assert sorted(ours.values()) == sorted(plain.values())
    assert ours == plain
    assert all(ours[key] == plain[key] and key in ours for key in plain)
    assert ours.get(-1) is None


def test_a_large_map_takes_in_what_was_changed_last_once_there_is_enough_of_it() -> None:
    plain = dict.fromkeys(range(SMALL_MAX), 0)
    ours = transient(plain)
    versions = []
    for turn in range(3 * RECENT_MAX):
        for key in (turn, SMALL_MAX + turn):
            plain[key] = ours[key] = turn + 1
        if turn % 5 == 0:
            del plain[turn], ours[turn]
            del plain[SMALL_MAX + turn], ours[SMALL_MAX + turn]
        assert len(ours) == len(plain)
        assert ours.get(turn) == plain.get(turn)
        assert (turn in ours) is (turn in plain)
        versions.append((transient(ours), dict(plain)))
    assert all(dict(kept.items()) == before for kept, before in versions)
    with pytest.raises(KeyError):
        del ours[0]


@given(BEFORE, st.booleans(), CHANGES)
def test_a_transient_map_is_changed_in_place_and_what_it_was_copied_from_is_not(
    size: int, is_grown: bool, changes: list[tuple[str, int, int]]
) -> None:
    plain = {key: key for key in range(size)}
    before: PersistentMap[int, int] = put(dict(plain), 0, 0) if is_grown and size else dict(plain)
    kept = dict(plain)
    ours = transient(before)
    for change, key, value in changes:
        if change == "put":
            plain[key] = ours[key] = value
        elif key in plain:
            del plain[key]
            del ours[key]
        else:
            with pytest.raises(KeyError):
                del ours[key]
    assert dict(ours.items()) == plain
    assert dict(before.items()) == kept
    again = transient(ours)
    again[-1] = -1
    assert -1 not in ours
    assert dict(put(ours, -2, -2).items()) == {**plain, -2: -2}


@pytest.mark.parametrize(("size", "is_trie"), [(SMALL_MAX - 1, False), (SMALL_MAX, True), (1_000, True)])
def test_a_large_map_is_a_trie_before_it_is_changed(size: int, is_trie: bool) -> None:
    entries: PersistentMap[int, int] = {key: key for key in range(size)}
    assert isinstance(transient(entries), Trie) is is_trie
    assert isinstance(put(entries, -1, -1), Trie) is is_trie


@pytest.mark.parametrize("size", [0, SMALL_MAX, SMALL_MAX + 1, 3 * SMALL_MAX])
def test_maps_of_equal_items_are_equal_however_they_came_to_be(size: int) -> None:
    made = {key: str(key) for key in range(size)}
    grown: PersistentMap[int, str] = {}
    for key in reversed(range(size + 50)):
        grown = put(grown, key, str(key))
    shrunk = grown
    for key in range(size, size + 50):
        shrunk = without(shrunk, key)
    assert made == shrunk
    assert shrunk == made
    assert made != grown
    assert made != put(shrunk, -1, "other")


@pytest.mark.parametrize("size", [3, SMALL_MAX + 10])
def test_what_is_not_there_cannot_be_taken_away(size: int) -> None:
    ours: PersistentMap[int, None] = {}
    for key in range(size):
        ours = put(ours, key, None)
    with pytest.raises(KeyError):
        without(ours, -1)
    with pytest.raises(KeyError):
        ours[-1]


def test_a_map_shows_what_is_in_it() -> None:
    grown: PersistentMap[int, int] = {}
    for key in range(SMALL_MAX + 1):
        grown = put(grown, key, key)
    shrunk = grown
    for key in range(1, SMALL_MAX + 1):
        shrunk = without(shrunk, key)
    assert repr(shrunk) == "Trie({0: 0})"


@given(st.lists(st.integers()))
def test_a_stack_gives_back_the_newest_first(values: list[int]) -> None:
    stack: PersistentStack[int] = PersistentStack()
    for value in values:
        below, stack = stack, stack.push(value)
        assert stack.top == value
        assert stack.popped() == below
    assert list(stack) == values[::-1]
    assert stack == PersistentStack(values[::-1])
    assert hash(stack) == hash(PersistentStack(values[::-1]))
    assert bool(stack) is bool(values)
    assert len(stack) == len(values)


def test_an_empty_stack_has_no_top() -> None:
    with pytest.raises(IndexError):
        PersistentStack[int]().popped()
    with pytest.raises(IndexError):
        _ = PersistentStack[int]().top


def test_a_stack_shows_what_is_in_it() -> None:
    assert repr(PersistentStack([2, 1])) == "PersistentStack([2, 1])"
    assert PersistentStack([1]) != [1]

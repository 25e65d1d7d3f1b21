"""Many worlds at once: what they came to is counted, and told with their seeds."""

from treadle.testing.proving import Tally, live_through, prove, told


def test_what_worlds_came_to_is_told() -> None:
    total = prove(12, first=700)
    lines = list(told(total, 700))
    assert lines[0] == "seeds 700 to 711: 12 worlds kept their promises, 0 did not"
    assert "ExecutionStarted 12" in lines[-1]
    assert sum(total.ends.values()) == 12


def test_the_sum_does_not_depend_on_how_the_seeds_are_cut() -> None:
    parts = Tally()
    for first in (0, 3):
        parts.add(live_through(first, 3))
    assert sorted_words(parts) == sorted_words(live_through(0, 6))


def sorted_words(tally: Tally) -> list[str]:
    return sorted(word for line in told(tally, 0) for word in line.split(", "))

"""Instants go forward, whatever becomes of the clock of the machine."""

from treadle.model.ids import Instant
from treadle.runtime.clocks import SystemClock

MS = 1_000_000
HOUR = 3_600_000 * MS


class Machine:
    """A clock over two that stand where it is told."""

    def __init__(self) -> None:
        self._wall_ns = 0
        self._steady_ns = 0
        self._clock = SystemClock(lambda: self._wall_ns, lambda: self._steady_ns)

    def at(self, wall_ns: int, steady_ns: int) -> Instant:
        self._wall_ns, self._steady_ns = wall_ns, steady_ns
        return self._clock.now()


def test_an_instant_is_what_the_wall_clock_says() -> None:
    told = Machine()
    assert told.at(5_000 * MS, 1 * MS) == 5_000
    assert told.at(7_000 * MS, 2 * MS) == 7_000, "whatever the steady clock says: the machine may have slept"


def test_after_a_step_back_time_goes_on_from_what_was_told() -> None:
    told = Machine()
    told.at(2 * HOUR, 0)
    assert told.at(1 * HOUR, 0) == 2 * HOUR // MS
    assert told.at(1 * HOUR + 40 * MS, 40 * MS) == 2 * HOUR // MS + 40
    assert told.at(1 * HOUR + 90 * MS, 90 * MS) == 2 * HOUR // MS + 90


def test_readings_less_than_a_millisecond_apart_add_up() -> None:
    told = Machine()
    told.at(2 * HOUR, 0)
    for tenth in range(1, 31):
        told.at(1 * HOUR, tenth * MS // 10)
    assert told.at(1 * HOUR, 3 * MS) == 2 * HOUR // MS + 3


def test_a_wall_clock_that_is_set_right_again_counts_again() -> None:
    told = Machine()
    told.at(2 * HOUR, 0)
    told.at(1 * HOUR, 10 * MS)
    assert told.at(2 * HOUR + 25 * MS, 20 * MS) == 2 * HOUR // MS + 25


def test_no_reading_brings_an_instant_back() -> None:
    told = Machine()
    walls = (9 * HOUR, 9 * HOUR - 1, 1 * HOUR, 3 * HOUR, 2 * HOUR, 10 * HOUR, 10 * HOUR - 5)
    instants = [told.at(wall, step * 7 * MS) for step, wall in enumerate(walls)]
    assert instants == sorted(instants)


def test_the_clock_of_the_system_ascends() -> None:
    clock = SystemClock()
    instants = [clock.now() for _ in range(100)]
    assert instants == sorted(instants)

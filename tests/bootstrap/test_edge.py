"""What the settings say of how much is let in."""

import pytest

from tests.runtime.clocks import HandClock
from treadle.bootstrap.edge import build_admission
from treadle.config.settings import Settings
from treadle.model.errors import Unavailable
from treadle.model.ids import Namespace
from treadle.rest.admission import Admission
from treadle.service.caller import Caller

CALLER = Caller(namespace=Namespace("default"), actor="shop", scopes=frozenset())


def let_through(admission: Admission, asked: int) -> int:
    """How many of so many requests of one caller at once are within its rate."""
    for count in range(asked):
        try:
            admission.check_rate(CALLER)
        except Unavailable:
            return count
    return asked


@pytest.mark.parametrize(
    ("settings", "at_once"),
    [
        (Settings(), 1_000),
        (Settings(rate_burst=5), 1_000),
        (Settings(rate_limit=7), 7),
        (Settings(rate_limit=7, rate_burst=3), 3),
        (Settings(rate_limit=1, rate_burst=20), 20),
    ],
)
def test_a_caller_has_its_rate_and_its_burst(settings: Settings, at_once: int) -> None:
    assert let_through(build_admission(settings, HandClock()), 1_000) == at_once


def test_there_is_as_much_room_as_the_settings_say() -> None:
    assert build_admission(Settings(requests_max=6), HandClock()).requests_max == 6

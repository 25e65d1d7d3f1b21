"""Under which key a later run asks."""

import pytest

from tests.core.flying import ends, ok
from tests.core.reading import Of
from tests.core.retrying import Listed, composed, over, retried
from treadle.model.execution import ExecutionStatus
from treadle.model.policies import OnUnknown
from treadle.testing.builders import (
    ONCE,
    Read,
    plan,
    program,
    task,
    undo,
)
from treadle.testing.composites import parallel
from treadle.testing.playing import BROKEN, LATE, REFUSED, begun


@pytest.mark.parametrize(
    ("on_unknown", "compensation", "is_kept"),
    [
        (OnUnknown.RETRY, None, True),
        (OnUnknown.COMPENSATE, None, True),
        (OnUnknown.FAIL, None, True),
        (OnUnknown.FAIL, undo("u"), True),
        (OnUnknown.COMPENSATE, undo("u"), False),
        (OnUnknown.RETRY, undo("u"), False),
    ],
)
def test_a_visit_whose_outcome_is_unknown_and_that_was_not_undone_keeps_its_key(
    on_unknown: OnUnknown, compensation: object, is_kept: bool
) -> None:
    once = plan("a", retry=ONCE)
    what = program(task("a", activity=once, on_unknown=on_unknown, compensation=compensation))
    play = retried(what, "a", LATE)
    flight = play.flight()
    assert flight.node == "a~2"
    assert flight.key == f"{play.execution.id}/{'a' if is_kept else 'a~2'}"


def test_the_undo_key_follows_the_key_that_was_kept() -> None:
    unknown = task("a", activity=plan("a", retry=ONCE), on_unknown=OnUnknown.FAIL, compensation=undo("u"))
    play = retried(program(unknown, task("b")), "a", LATE)
    ok(play, "a~2")
    ends(play, "b", REFUSED)
    flight = play.flight()
    assert (flight.node, flight.key, flight.compensates) == (
        "a~2",
        f"{play.execution.id}/a/undo",
        f"{play.execution.id}/a",
    )


def test_a_key_is_kept_over_several_runs() -> None:
    play = retried(program(task("a", activity=plan("a", retry=ONCE))), "a", LATE)
    ends(play, "a~2", BROKEN)
    play.retry()
    assert (play.flight().node, play.flight().key) == ("a~3", f"{play.execution.id}/a")
    ends(play, "a~3", REFUSED)
    play.retry()
    assert (play.flight().node, play.flight().key) == ("a~4", f"{play.execution.id}/a~4")


def test_a_key_is_kept_over_a_run_in_which_it_was_not_asked_for() -> None:
    broken = Listed()
    play = retried(program(task("a", activity=plan("a", retry=ONCE, reads=broken))), "a", LATE)
    ends(play, "a~2", BROKEN)
    broken.is_broken = True
    play.retry()
    assert play.status is ExecutionStatus.FAILED
    broken.is_broken = False
    play.retry()
    assert (play.flight().node, play.flight().key) == ("a~4", f"{play.execution.id}/a")


def test_an_unknown_end_before_a_failed_one_keeps_no_key() -> None:
    play = begun(program(task("a")))
    ends(play, "a", LATE)
    play.wake()
    ends(play, "a", REFUSED)
    play.retry()
    assert play.flight().key == f"{play.execution.id}/a~2"


def test_a_stopped_branch_whose_outcome_is_unknown_keeps_its_key() -> None:
    bodies = {"p/x": [task("a")], "p/y": [task("b")]}
    play = begun(composed(parallel("p", "x", "y"), bodies))
    ends(play, "a", REFUSED)
    ends(play, "b", LATE)
    play.retry()
    assert [flight.key.rpartition("/")[2] for flight in play.flights()] == ["a~2", "b"]


def test_an_item_whose_outcome_is_unknown_keeps_its_key() -> None:
    play = begun(over(task("a", activity=plan("a", retry=ONCE)), count=2))
    ok(play, "a[0]")
    ends(play, "a[1]", LATE)
    play.retry()
    assert (play.flight().node, play.flight().key) == ("a[1]~2", f"{play.execution.id}/a[1]")


def test_a_key_is_kept_over_a_run_in_which_the_visit_was_skipped() -> None:
    """Whoever is asked for the first time again must be able to see that it was asked before."""
    in_run = Of(Read("execution"), lambda execution: execution["run"] != 2)  # type: ignore[index, call-overload]  # a map
    unknown = task("a", activity=plan("a", retry=ONCE), on_unknown=OnUnknown.FAIL, when=in_run)
    play = retried(program(unknown, task("b")), "a", LATE)
    ends(play, "b", REFUSED)
    play.retry()
    assert (play.flight().node, play.flight().key) == ("a~3", f"{play.execution.id}/a")

"""The status where it is not plain from the state, and the failure that is told before the end."""

import pytest

from treadle.core.status import failure_of
from treadle.model.execution import TERMINAL, ExecutionStatus, is_settled
from treadle.model.ids import Instant
from treadle.model.outcomes import Ok
from treadle.testing.builders import Constant, case, program, sleep, switch, task, undone_task
from treadle.testing.playing import BEGIN, BUSY, REFUSED, Play, begun, brought_to


def test_a_retry_that_is_waited_for_is_running_and_a_sleep_is_waiting() -> None:
    play = begun(program(task("one"), sleep("rest")))
    play.report(BUSY)
    assert play.status is ExecutionStatus.RUNNING
    play.again(Ok())
    assert play.status is ExecutionStatus.WAITING


def test_a_sleep_in_a_body_below_is_waiting() -> None:
    play = begun(program(switch("which", case(Constant(True), "a")), bodies={"a": (sleep("rest"),)}))
    assert play.status is ExecutionStatus.WAITING


def test_the_hook_of_a_success_is_running_and_that_of_a_failure_is_compensating() -> None:
    play = begun(program(task("one"), hooks=["on_success"]))
    play.ok()
    assert play.status is ExecutionStatus.RUNNING
    play = begun(program(task("one"), hooks=["on_failure"]))
    play.report(REFUSED)
    assert play.status is ExecutionStatus.COMPENSATING


def test_an_undo_that_is_to_be_tried_again_is_compensating() -> None:
    play = brought_to(ExecutionStatus.COMPENSATING)
    play.report(BUSY)
    assert play.status is ExecutionStatus.COMPENSATING


def test_a_pause_before_the_start_is_paused() -> None:
    play = Play(program(task("one")))
    play.start(start_at=Instant(BEGIN + 1_000))
    play.pause()
    assert play.status is ExecutionStatus.PAUSED


@pytest.mark.parametrize("status", ExecutionStatus)
def test_the_failure_is_known_as_soon_as_the_root_body_has_failed(status: ExecutionStatus) -> None:
    failure = failure_of(brought_to(status).execution)
    if status in (ExecutionStatus.COMPENSATING, ExecutionStatus.STUCK, ExecutionStatus.FAILED):
        assert failure is not None
        assert (failure.code, failure.path) == ("http_400", "pay")
    else:
        assert failure is None


@pytest.mark.parametrize("status", ExecutionStatus)
def test_what_has_ended_or_waits_for_a_person_is_settled(status: ExecutionStatus) -> None:
    expected = status in TERMINAL or status is ExecutionStatus.STUCK
    assert is_settled(brought_to(status).execution) is expected


def test_an_execution_that_is_being_cancelled_has_no_failure() -> None:
    play = begun(program(undone_task("one")))
    play.cancel()
    assert play.status is ExecutionStatus.COMPENSATING
    assert failure_of(play.execution) is None


def test_a_failed_execution_that_is_terminated_has_none_either() -> None:
    play = brought_to(ExecutionStatus.COMPENSATING)
    play.terminate()
    assert failure_of(play.execution) is None

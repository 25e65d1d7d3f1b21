"""Timers that outlive the process."""

import hashlib
from itertools import permutations

import pytest
from msgspec.structs import replace

from tests.core.told import told
from treadle.core.decide import decide
from treadle.core.timers import next_wake_at
from treadle.model.commands import Continue
from treadle.model.decision import Decision
from treadle.model.execution import ExecutionStatus, FailureKind, Frame, Phase
from treadle.model.ids import FrameId, Instant
from treadle.model.instants import format_instant
from treadle.testing.builders import Broken, Constant, Read, program, sleep, sleep_until, task
from treadle.testing.composites import each
from treadle.testing.playing import BEGIN, EXECUTION, Play, begun


def slept(play: Play) -> str:
    output = play.execution.visits["rest"].output
    assert isinstance(output, dict)
    return str(output["slept_until"])


@pytest.mark.parametrize("ms", [1, 1_000, 86_400_000 * 400])
def test_it_sleeps_for_its_duration(ms: int) -> None:
    play = begun(program(sleep("rest", ms)))
    assert play.status is ExecutionStatus.WAITING
    assert play.wakes_at() == BEGIN + ms
    play.pass_time(ms - 1)
    assert play.go_on().events == ()
    play.pass_time(1)
    assert told(play.go_on()) == "TimerFired NodeCompleted ExecutionCompleted"
    assert slept(play) == format_instant(Instant(BEGIN + ms))


@pytest.mark.parametrize("until", [BEGIN, BEGIN - 1, 0])
def test_an_instant_that_has_come_is_not_waited_for(until: int) -> None:
    play = begun(program(sleep_until("rest", Constant(until))))
    assert told(play.history).endswith("TimerStarted TimerFired NodeCompleted ExecutionCompleted")
    assert slept(play) == format_instant(Instant(until))


def test_a_duration_of_nothing_is_over_at_once() -> None:
    assert begun(program(sleep("rest", 0))).status is ExecutionStatus.COMPLETED


def test_it_sleeps_until_an_instant() -> None:
    play = begun(program(sleep_until("rest", Constant(BEGIN + 77))))
    assert play.wakes_at() == BEGIN + 77
    play.pass_time(100)
    play.go_on()
    assert slept(play) == format_instant(Instant(BEGIN + 77))


def test_a_template_says_how_long() -> None:
    play = Play(program(sleep_until("rest", Read("input", "at"))))
    play.start({"at": BEGIN + 5})
    assert play.wakes_at() == BEGIN + 5


@pytest.mark.parametrize("jitter_ms", [1, 1_000, 60_000])
def test_a_hashed_part_of_the_jitter_is_added(jitter_ms: int) -> None:
    play = begun(program(sleep("rest", 1_000, jitter_ms=jitter_ms)))
    first = hashlib.sha256(f"{EXECUTION}/rest".encode()).digest()[:8]
    part = jitter_ms * int.from_bytes(first, "big") // 2**64
    assert 0 <= part < jitter_ms
    assert play.wakes_at() == BEGIN + 1_000 + part


def test_the_hash_is_that_of_the_visit_so_items_wake_one_after_the_other() -> None:
    dozing = sleep("doze", 1_000, jitter_ms=60_000)
    play = begun(program(each("e", Constant([0, 1, 2])), bodies={"e/item": [dozing]}))
    digests = [hashlib.sha256(f"{EXECUTION}/doze[{at}]".encode()).digest() for at in range(3)]
    parts = [60_000 * int.from_bytes(digest[:8], "big") // 2**64 for digest in digests]
    assert len(set(parts)) == 3
    asleep = [frame.wake_at for frame in play.execution.frames.values() if frame.wake_at is not None]
    assert sorted(asleep) == sorted(BEGIN + 1_000 + part for part in parts)


def test_a_template_without_a_value_fails_the_node() -> None:
    play = begun(program(sleep_until("rest", Broken("invalid_instant", "soon"))))
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.REJECTED, "invalid_instant", "rest")


def test_sleeps_that_fell_due_long_ago_do_not_add_up() -> None:
    """The second sleep begins when the first is over for the engine, not when it should have been."""
    play = begun(program(sleep("rest", 1_000), sleep("more", 1_000)))
    play.pass_time(60_000)
    assert told(play.go_on()) == "TimerFired NodeCompleted NodeEntered TimerStarted"
    assert play.wakes_at() == BEGIN + 61_000


def test_a_clock_that_goes_back_does_not_take_the_execution_back() -> None:
    play = begun(program(sleep("rest", 1_000), task("one")))
    play.pass_time(1_000)
    play.go_on()
    answer = decide(play.program, play.execution, Continue(), Instant(0))
    assert isinstance(answer, Decision)
    assert answer.execution.updated_at == BEGIN + 1_000


def test_what_happens_after_a_clock_has_gone_back_happens_at_the_instant_of_the_last_event() -> None:
    play = begun(program(sleep("rest", 1_000), task("one"), sleep("again", 500)))
    play.wake()
    play.now = BEGIN
    play.ok()
    (attempt,) = play.execution.visits["one"].attempts
    assert (attempt.started_at, attempt.ended_at) == (BEGIN + 1_000, BEGIN + 1_000)
    assert play.wakes_at() == BEGIN + 1_500
    instants = [event.at for event in play.history]
    assert instants == sorted(instants)


def test_a_start_can_be_put_off() -> None:
    play = Play(program(task("one")))
    play.start(start_at=Instant(BEGIN + 500))
    assert play.status is ExecutionStatus.PENDING
    assert play.wakes_at() == BEGIN + 500
    assert told(play.wake()) == "TimerFired NodeEntered ActivityStarted"
    assert play.execution.started_at == BEGIN + 500


@pytest.mark.parametrize("start_at", [BEGIN, BEGIN - 1])
def test_a_start_that_is_due_begins_at_once(start_at: int) -> None:
    play = Play(program(task("one")))
    play.start(start_at=Instant(start_at))
    assert play.status is ExecutionStatus.RUNNING


def test_of_several_timers_the_earliest_is_the_alarm_and_of_equal_ones_the_older_frame() -> None:
    execution = begun(program(sleep("rest", 1_000))).execution
    for wake_ats in permutations((BEGIN + 1_000, BEGIN + 7, BEGIN + 7, BEGIN + 2_000)):
        frames = {
            FrameId(at): Frame(id=FrameId(at), phase=Phase.SLEEPING, wake_at=Instant(wake_at))
            for at, wake_at in enumerate(wake_ats, start=1)
        }
        assert next_wake_at(replace(execution, frames=frames)) == BEGIN + 7

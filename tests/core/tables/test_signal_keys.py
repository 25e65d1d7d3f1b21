"""A signal that comes again under the key of its sender is the same signal."""

import pytest

from treadle.core.folding.waits import SIGNAL_KEYS_KEPT
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import SendSignal
from treadle.model.decision import Decision, Refused
from treadle.model.waiting import SignalKey
from treadle.testing.builders import program, sleep, task
from treadle.testing.composites import wait
from treadle.testing.playing import ACTOR, Play, begun


def send(play: Play, key: str | None, digest: str = "d", payload: object = 1) -> Decision | Refused:
    given = None if key is None else SignalKey(key=key, digest=digest)
    return play.ask(SendSignal(name="gate", payload=payload, actor=ACTOR, key=given))


def refused(answer: Decision | Refused) -> str:
    assert isinstance(answer, Refused)
    return answer.code


def taken(play: Play) -> int:
    return len(play.execution.frames[1].wait.taken)


def test_it_is_taken_once() -> None:
    play = begun(program(wait("gate", count=2)))
    send(play, "k")
    again = send(play, "k")
    assert isinstance(again, Decision)
    assert again.events == ()
    assert taken(play) == 1
    send(play, "other")
    assert play.execution.output == [1, 1]


def test_it_is_kept_once() -> None:
    play = begun(program(sleep("rest"), wait("gate", count=2)))
    send(play, "k")
    send(play, "k")
    assert len(play.execution.signals) == 1
    play.wake()
    send(play, "k")
    assert taken(play) == 1


def test_without_a_key_each_is_another() -> None:
    play = begun(program(wait("gate", count=3)))
    send(play, None)
    send(play, None)
    assert taken(play) == 2


@pytest.mark.parametrize("is_over", [False, True])
def test_another_signal_under_the_same_key_is_refused(is_over: bool) -> None:
    play = begun(program(wait("gate"), *(() if is_over else (task("after"),))))
    send(play, "k")
    before = play.execution
    assert refused(send(play, "k", digest="e")) == "idempotency_mismatch"
    assert play.execution == before


def test_it_is_known_again_when_the_execution_has_ended() -> None:
    play = begun(program(wait("gate")))
    send(play, "k")
    assert play.execution.ended is not None
    assert isinstance(send(play, "k"), Decision)
    assert refused(send(play, "new")) == "execution_ended"


def test_one_that_was_refused_is_not_known() -> None:
    play = Play(program(sleep("rest"), wait("gate")), bounds=ExecutionBounds(kept_signals=1))
    play.start()
    send(play, "first")
    assert refused(send(play, "k")) == "signals_full"
    play.wake()
    assert len(play.execution.signal_keys) == 1


def test_the_oldest_key_gives_way() -> None:
    play = begun(program(wait("gate", count=SIGNAL_KEYS_KEPT + 5)))
    for at in range(SIGNAL_KEYS_KEPT + 1):
        send(play, f"k{at}")
    assert len(play.execution.signal_keys) == SIGNAL_KEYS_KEPT
    assert "k0" not in play.execution.signal_keys
    assert "k1" in play.execution.signal_keys

"""A message to a stream: its event is what is sent, and nobody waits for it."""

import pytest

from tests.core.flying import ends, ok
from tests.core.told import told
from treadle.model.events import MessageEmitted
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.testing.builders import Broken, Constant, Read, program, task
from treadle.testing.composites import each, emit
from treadle.testing.playing import EXECUTION, REFUSED, Play, begun

TOPIC, TYPE, DATA = Constant("orders"), Constant("order.placed"), Read("input", "order")


def messages(play: Play) -> list[MessageEmitted]:
    return [event for event in play.history if isinstance(event, MessageEmitted)]


def test_the_event_is_the_whole_message() -> None:
    play = begun(program(emit("m", TOPIC, TYPE, DATA, key=Constant("k-1"))), {"order": {"id": 7}})
    (message,) = messages(play)
    assert (message.topic, message.message_type, message.data, message.key) == (
        "orders",
        "order.placed",
        {"id": 7},
        "k-1",
    )


def test_its_id_is_the_key_of_the_visit_and_the_output() -> None:
    play = begun(program(emit("m", TOPIC, TYPE, Constant(None))))
    (message,) = messages(play)
    assert message.message_id == f"{EXECUTION}/m"
    assert play.execution.output == {"message_id": f"{EXECUTION}/m"}
    assert (
        told(play.history) == "ExecutionStarted NodeEntered MessageEmitted NodeCompleted ExecutionCompleted"
    )


def test_without_a_key_it_has_none() -> None:
    (message,) = messages(begun(program(emit("m", TOPIC, TYPE, Constant(None)))))
    assert message.key is None


def test_topic_type_and_key_are_texts() -> None:
    (message,) = messages(begun(program(emit("m", Constant(1), Constant(2), Constant(3), key=Constant(4)))))
    assert (message.topic, message.message_type, message.data, message.key) == ("1", "2", 3, "4")


def test_each_item_emits_under_an_id_of_its_own() -> None:
    bodies = {"e/item": [emit("m", TOPIC, TYPE, Read("item"))]}
    play = begun(program(each("e", Constant(["a", "b"])), bodies=bodies))
    assert {message.message_id: message.data for message in messages(play)} == {
        f"{EXECUTION}/m[0]": "a",
        f"{EXECUTION}/m[1]": "b",
    }


@pytest.mark.parametrize("at", [0, 1, 2])
def test_what_has_no_value_fails_it_and_nothing_is_emitted(at: int) -> None:
    parts = [TOPIC, TYPE, Constant(None)]
    parts[at] = Broken("missing_variable")
    play = begun(program(emit("m", *parts)))
    assert messages(play) == []
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.path) == (FailureKind.REJECTED, "m")


def test_a_message_is_not_taken_back() -> None:
    play = begun(program(emit("m", TOPIC, TYPE, Constant(None)), task("t")))
    ends(play, "t", REFUSED)
    assert play.status is ExecutionStatus.FAILED
    assert len(messages(play)) == 1


def test_a_later_run_does_not_emit_it_again() -> None:
    play = begun(program(emit("m", TOPIC, TYPE, Constant(None)), task("t")))
    ends(play, "t", REFUSED)
    play.retry()
    ok(play, "t~2")
    assert play.status is ExecutionStatus.COMPLETED
    assert len(messages(play)) == 1

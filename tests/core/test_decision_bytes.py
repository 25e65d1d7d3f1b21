"""How much one decision records: steps that fill variables with much are committed a part at a time."""

import msgspec

from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.effects import Continuation, Invocation
from treadle.model.events import VarsSet
from treadle.model.outcomes import Ok
from treadle.model.program import Program
from treadle.testing.builders import Read, program, task
from treadle.testing.composites import set_
from treadle.testing.playing import Play

COPIES = 20
TEXT = "x" * 1_000


def copying(what: Read) -> Program:
    """A variable is set to the same again and again: the state does not grow, its history does."""
    return program(
        task("first"), *(set_(f"copy{number}", kept=what) for number in range(COPIES)), task("last")
    )


def copied(play: Play) -> int:
    return sum(isinstance(event, VarsSet) for event in play.history)


def test_a_decision_ends_when_its_steps_have_recorded_so_many_bytes() -> None:
    play = Play(copying(Read("input")), bounds=ExecutionBounds(decision_bytes=5_000))
    play.start(TEXT)
    decision = play.report(Ok())
    assert decision.effects == (Continuation(),)
    assert copied(play) == 5
    parts = 1
    while decision.effects == (Continuation(),):
        decision = play.go_on()
        parts += 1
        assert len(msgspec.json.encode(decision.events)) < 2 * 5_000
    assert [type(effect) for effect in decision.effects] == [Invocation]
    assert (copied(play), parts) == (COPIES, COPIES // 5 + 1)


def test_what_the_command_brings_does_not_count_towards_the_steps_after_it() -> None:
    play = Play(copying(Read("input")), bounds=ExecutionBounds(decision_bytes=5_000))
    play.start("small")
    decision = play.report(Ok(body="y" * 50_000))
    assert [type(effect) for effect in decision.effects] == [Invocation]
    assert copied(play) == COPIES


def test_a_step_that_records_more_than_that_alone_is_taken() -> None:
    play = Play(copying(Read("input")), bounds=ExecutionBounds(decision_bytes=1))
    play.start(TEXT)
    play.report(Ok())
    for number in range(1, COPIES):
        assert copied(play) == number
        play.go_on()
    assert play.execution.vars["kept"] == TEXT


def test_a_mebibyte_is_what_a_decision_records() -> None:
    assert DEFAULT_BOUNDS.decision_bytes == 1024 * 1024

"""Which of several nodes was completed last: what a `prev` is found by."""

from msgspec import UNSET

from treadle.core.scope import Scope
from treadle.model.events import NodeCompleted
from treadle.model.ids import NodeId
from treadle.model.outcomes import Ok
from treadle.testing.builders import program, task
from treadle.testing.playing import begun


def test_a_node_that_was_completed_later_closed_later() -> None:
    play = begun(program(task("one"), task("two"), task("three")))
    for _ in range(2):
        play.report(Ok(body=None))
    scope = Scope(execution=play.execution, frame=play.execution.frames[1])
    one, two, three = (scope.node(NodeId(name), "closed") for name in ("one", "two", "three"))
    assert three is UNSET
    assert isinstance(one, int)
    assert one < two
    (seq,) = (
        seq
        for seq, event in enumerate(play.history, start=1)
        if isinstance(event, NodeCompleted) and event.path == "two"
    )
    assert two == seq

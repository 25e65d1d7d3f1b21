"""After a pause: what came and fell due in it happens, in the order of the instants."""

from treadle.core.nodes.wait import close_if_over
from treadle.core.required import required
from treadle.core.settling import settle
from treadle.core.signals import entry_for, faults_of, give, in_order, open_waits
from treadle.core.timers import fire_due
from treadle.core.turn import Turn
from treadle.model.ids import Instant
from treadle.model.program import WaitNode
from treadle.model.waiting import KeptSignal


def catch_up(turn: Turn) -> None:
    """A signal is for what waited when it came: a wait whose time was over by then does not take it.

    What stops with the end of the pause is told so first. A new pause keeps what is left.
    """
    if turn.root.ending is not None:
        settle(turn, is_entering=False)
    for kept in in_order(turn.execution):
        fire_due(turn, by=Instant(kept.expires_at - turn.bounds.signal_kept_ms))
        if turn.execution.paused is not None or turn.execution.ended is not None:
            return
        _take(turn, kept)
    fire_due(turn)


def _take(turn: Turn, kept: KeptSignal) -> None:
    """Give the signal to the oldest open wait that wants it."""
    for frame in open_waits(turn.execution, kept.name):
        node = turn.program.nodes[required(frame.node, "node that waits")]
        if isinstance(node, WaitNode) and not faults_of(turn.program, node, kept.payload):
            index = required(entry_for(required(frame.wait, "open wait"), kept.name), "entry for the signal")
            give(turn, frame, kept, index)
            close_if_over(turn, turn.frame(frame.id), node)
            settle(turn, is_entering=False)
            return

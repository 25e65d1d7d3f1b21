"""What came and fell due meanwhile happens, in the order of the instants: after a pause, or late."""

import msgspec

from treadle.core.ended import came_at, has_failed
from treadle.core.nodes.wait import close_if_over
from treadle.core.required import required
from treadle.core.settling import AWAKE, can_conclude, conclude
from treadle.core.signals import entry_for, faults_of, give, in_order, open_waits
from treadle.core.timers import due_by, fire_due, happen
from treadle.core.turn import NO_FRAMES, Turn
from treadle.model.ids import FrameId, Instant
from treadle.model.program import WaitNode
from treadle.model.waiting import KeptSignal


class Came(msgspec.Struct, frozen=True, kw_only=True, order=True, gc=False):
    """A body that has ended, or (`frame` None) a signal that was kept: when, and as which event, if known."""

    at: Instant
    seq: int
    frame: FrameId | None = None


def catch_up(turn: Turn, *, is_bounded: bool = True) -> None:
    """Let everything happen that has come or is due by now, and begin nothing.

    Deadlines act while paused too, and what has ended in the pause has ended before them. A pause that begins
    meanwhile keeps what is left. `is_bounded`: at the bound of one decision the rest is left for the next.
    """
    while True:
        if turn.execution.paused is None:
            _take_all(turn, is_bounded=is_bounded)
            if turn.execution.paused is None:
                return
        elif not _pass_deadline(turn):
            return


def _pass_deadline(turn: Turn) -> bool:
    """Let the first deadline act that has passed in a pause; False when there is none (any more)."""
    if due_by(turn, turn.now) is None:
        return False
    ended = _ended(turn)
    _begin(turn, ended)
    for one in ended:
        _take(turn, one)
    due = due_by(turn, turn.now)
    if due is None:
        return False
    happen(turn, due)
    return True


def _take_all(turn: Turn, *, is_bounded: bool) -> None:
    """A signal is for what waited when it came: a wait whose time was over by then does not take it."""
    came = [*_ended(turn), *_kept(turn)]
    if came:
        came.sort()
        _begin(turn, came)
    for one in came:
        if (
            not fire_due(turn, one.at, is_bounded=is_bounded)
            or turn.execution.paused is not None
            or (is_bounded and _is_for_the_next(turn, one))
        ):
            turn.later = NO_FRAMES
            return
        _take(turn, one)
    fire_due(turn, turn.now, is_bounded=is_bounded)


def _is_for_the_next(turn: Turn, one: Came) -> bool:
    """Whether the bound of one decision is reached, and another is sure to come: a signal brings none."""
    if one.frame is None or not turn.is_spent():
        return False
    return can_conclude(turn.execution, turn.frame(one.frame))


def _begin(turn: Turn, came: list[Came]) -> None:
    turn.later = frozenset(one.frame for one in came if one.frame is not None)


def _ended(turn: Turn) -> list[Came]:
    """What was recorded and not taken in: the bodies that have ended, and what is to stop, first to last."""
    execution = turn.execution
    found: list[Came] = []
    for frame in execution.frames.values():
        if frame.phase in AWAKE and (can_conclude(execution, frame) or has_failed(frame)):
            at, seq = came_at(execution, frame)
            found.append(Came(at=at, seq=seq, frame=frame.id))
    return sorted(found)


def _kept(turn: Turn) -> list[Came]:
    """The signals that were kept, if anything waits for one."""
    if not turn.execution.signals or all(one.wait is None for one in turn.execution.frames.values()):
        return []
    kept_ms = turn.bounds.signal_kept_ms
    return [Came(at=Instant(kept.expires_at - kept_ms), seq=kept.seq) for kept in in_order(turn.execution)]


def _take(turn: Turn, one: Came) -> None:
    if one.frame is None:
        _give(turn, turn.execution.signals[one.seq])
    else:
        turn.later -= {one.frame}
    conclude(turn)


def _give(turn: Turn, kept: KeptSignal) -> None:
    """Give the signal to the oldest open wait that wants it."""
    for frame in open_waits(turn.execution, kept.name):
        node = turn.program.nodes[required(frame.node, "node that waits")]
        if isinstance(node, WaitNode) and not faults_of(turn.program, node, kept.payload):
            index = required(entry_for(required(frame.wait, "open wait"), kept.name), "entry for the signal")
            give(turn, frame, kept, index)
            close_if_over(turn, turn.frame(frame.id), node)
            return

"""Signals and the waits that take them: which entry of a wait a name fits, and when a wait is over."""

from treadle.core.folding.draft import State
from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import SignalExpired, SignalReceived
from treadle.model.execution import Frame, Phase
from treadle.model.ids import FrameId
from treadle.model.json import Json
from treadle.model.program import Program, WaitNode
from treadle.model.waiting import KeptSignal, Wait, WaitMode


def entry_for(wait: Wait, name: str) -> int | None:
    """The entry of the wait's list that a signal of this name fills next; None when it wants no more."""
    if is_over(wait):
        return None
    filled = {taken.index for taken in wait.taken} if wait.mode is WaitMode.ALL else frozenset()
    for index, wanted in enumerate(wait.signals):
        if wanted == name and index not in filled:
            return index
    return None


def is_over(wait: Wait) -> bool:
    """Whether all that it waits for has come."""
    if wait.count is not None:
        return len(wait.taken) >= wait.count
    return len(wait.taken) >= (len(wait.signals) if wait.mode is WaitMode.ALL else 1)


def taken_output(wait: Wait) -> Json:
    """The visit's output: the payload, `{index, value}`, or a list."""
    if wait.mode is WaitMode.ALL:
        return [taken.payload for taken in sorted(wait.taken, key=lambda taken: taken.index)]
    if wait.mode is WaitMode.ANY:
        values = [{"index": taken.index, "value": taken.payload} for taken in wait.taken]
    else:
        values = [taken.payload for taken in wait.taken]
    return values if wait.count is not None else values[0]


def open_waits(execution: State, name: str) -> list[Frame]:
    """The frames that wait for a signal of this name, the oldest wait first."""
    found = [
        frame
        for frame in execution.frames.values()
        if frame.wait is not None
        and frame.phase is Phase.WAITING
        and frame.ending is None
        and entry_for(frame.wait, name) is not None
    ]
    return sorted(found, key=lambda frame: frame.wait.id if frame.wait else 0)


def faults_of(program: Program, wait: WaitNode | Frame, payload: Json) -> tuple[tuple[str, str], ...]:
    """What the wait's schema finds wrong with the payload, as (JSON Pointer, message)."""
    node = program.nodes[wait.node] if isinstance(wait, Frame) and wait.node is not None else wait
    if not isinstance(node, WaitNode) or node.check is None:
        return ()
    return node.check(payload)


def expire(turn: Turn) -> None:
    """Let go of the kept signals whose time is over."""
    if not turn.execution.signals or turn.execution.ended is not None:
        return
    for kept in in_order(turn.execution):
        if kept.expires_at <= turn.now:
            turn.emit(SignalExpired(at=turn.now, name=kept.name, kept=kept.seq))


def in_order(execution: State) -> list[KeptSignal]:
    """The kept signals in the order in which they came."""
    if not execution.signals:
        return []
    return sorted(execution.signals.values(), key=lambda kept: kept.seq)


def take_kept(turn: Turn, frame_id: FrameId) -> None:
    """Give the frame's wait, which has just opened, the kept signals that it wants, in their order."""
    for kept in in_order(turn.execution):
        frame = turn.frame(frame_id)
        index = entry_for(required(frame.wait, "open wait"), kept.name)
        if index is not None and not faults_of(turn.program, frame, kept.payload):
            give(turn, frame, kept, index)


def give(turn: Turn, frame: Frame, kept: KeptSignal, index: int) -> None:
    """Let the frame's wait take the kept signal for that entry of its list."""
    path = required(frame.path, "visit that waits")
    turn.emit(
        SignalReceived(at=turn.now, frame=frame.id, path=path, name=kept.name, index=index, kept=kept.seq)
    )

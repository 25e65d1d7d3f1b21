"""What an execution owes the outside, as a function of its state: recovery is nothing else."""

from treadle.core.required import required
from treadle.core.settling import runnable
from treadle.core.timers import next_wake_at
from treadle.model.effects import Alarm, Continuation, Effect, Invocation
from treadle.model.execution import Execution, Frame, Phase
from treadle.model.ids import forward_key

IN_FLIGHT = frozenset({Phase.BUSY, Phase.CLOSING})


def outstanding(execution: Execution) -> tuple[Effect, ...]:
    """Every attempt in flight, the earliest alarm, and a continuation if it could go on at once."""
    effects: list[Effect] = [
        invocation(execution, frame)
        for frame in sorted(execution.frames.values(), key=lambda frame: frame.id)
        if frame.phase in IN_FLIGHT
    ]
    return (*effects, *wakes(execution))


def is_in_flight(execution: Execution) -> bool:
    """Whether an attempt is out whose end is awaited."""
    return not IN_FLIGHT.isdisjoint([frame.phase for frame in execution.frames.values()])


def wakes(execution: Execution) -> tuple[Effect, ...]:
    """The alarm and the continuation that the state asks for."""
    wake_at = next_wake_at(execution)
    effects: list[Effect] = [] if wake_at is None else [Alarm(at=wake_at)]
    if runnable(execution) is not None:
        effects.append(Continuation())
    return tuple(effects)


def invocation(execution: Execution, frame: Frame) -> Invocation:
    """The attempt that the frame has in flight."""
    activity = required(frame.activity, "activity in flight")
    undone = frame.compensates
    return Invocation(
        execution_id=execution.id,
        frame=frame.id,
        activity=activity.id,
        node=frame.path or undone or f"${frame.hook}",
        attempt=activity.number,
        key=activity.key,
        request=activity.request,
        timeout_ms=activity.timeout_ms,
        compensates=None if undone is None else forward_key(execution.id, undone),
        traceparent=execution.traceparent,
    )

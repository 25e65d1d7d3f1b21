"""What an execution owes the outside, as a function of its state: recovery is nothing else."""

from typing import Final

from treadle.core.attempts import is_out, place_of
from treadle.core.folding.draft import State
from treadle.core.required import required
from treadle.core.settling import runnable
from treadle.core.timers import next_wake_at
from treadle.model.effects import Alarm, Continuation, Effect, Invocation
from treadle.model.execution import Execution, Frame, Phase, Role
from treadle.model.ids import Path, forward_key

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
CALL: Final = Role.CALL

IN_FLIGHT = frozenset({Phase.BUSY, Phase.CLOSING})


def outstanding(execution: Execution) -> tuple[Effect, ...]:
    """Every attempt in flight, the earliest alarm, and a continuation if it could go on at once."""
    effects: list[Effect] = [
        invocation(execution, frame)
        for frame in sorted(execution.frames.values(), key=lambda frame: frame.id)
        if is_out(frame)
    ]
    return (*effects, *wakes(execution))


def is_in_flight(execution: Execution) -> bool:
    """Whether an attempt is out whose end is awaited."""
    return any(frame.phase in IN_FLIGHT and is_out(frame) for frame in execution.frames.values())


def wakes(execution: Execution) -> tuple[Effect, ...]:
    """The alarm and the continuation that the state asks for."""
    wake_at = next_wake_at(execution)
    effects: list[Effect] = [] if wake_at is None else [Alarm(at=wake_at)]
    if runnable(execution) is not None:
        effects.append(Continuation())
    return tuple(effects)


def invocation(execution: State, frame: Frame) -> Invocation:
    """The attempt that the frame has in flight."""
    activity = required(frame.activity, "activity in flight")
    undone = frame.compensates
    return Invocation(
        execution_id=execution.id,
        namespace=execution.namespace,
        frame=required(frame.parent, "frame of the call") if frame.role is CALL else frame.id,
        activity=activity.id,
        node=frame.path or place_of(frame) or f"${frame.hook}",
        attempt=activity.number,
        key=activity.key,
        request=activity.request,
        timeout_ms=activity.timeout_ms,
        compensates=None if undone is None else forward_key_of(execution, undone),
        traceparent=execution.traceparent,
        callback_until=activity.callback_until,
    )


def forward_key_of(execution: State, undone: Path) -> str:
    """The key under which the visit that is undone was asked for."""
    keyed_as = execution.compensations[undone].keyed_as
    return forward_key(execution.id, keyed_as or undone)

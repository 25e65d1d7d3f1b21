"""What is true of every state that a whole decision leaves behind. The rules are those of SEMANTICS.

Between two events of one decision some of them are not.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from msgspec import UNSET

from treadle.core.attempts import is_out
from treadle.core.folding.changes import is_callback_awaited, visit_key
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.outstanding import is_in_flight, wakes
from treadle.core.status import is_stuck, status_of
from treadle.model.execution import (
    Activity,
    CompensationStatus,
    Execution,
    ExecutionStatus,
    Frame,
    Phase,
    Role,
    Visit,
    VisitStatus,
)
from treadle.model.ids import forward_key, hook_key, undo_key
from treadle.model.policies import ATTEMPTS_KEPT

Violations: TypeAlias = Iterator[str]

OWED: Final = frozenset({CompensationStatus.ARMED, CompensationStatus.RUNNING, CompensationStatus.FAILED})
"""What stands on a list while the execution lives."""
UNDONE: Final = frozenset(CompensationStatus) - OWED - {CompensationStatus.DROPPED}
LEFT: Final = {
    ExecutionStatus.COMPLETED: UNDONE | {CompensationStatus.ARMED},
    ExecutionStatus.FAILED: UNDONE,
    ExecutionStatus.CANCELLED: UNDONE,
    ExecutionStatus.TERMINATED: frozenset(CompensationStatus) - OWED,
}
"""What a compensation may be when the execution has ended so."""
WITH_TIMER: Final = frozenset({Phase.BACKOFF, Phase.SLEEPING})
MAY_WAKE: Final = WITH_TIMER | {Phase.WAITING}
STOPPED: Final = frozenset({Phase.CLOSING, Phase.UNDOING})
GOING_ON: Final = MAY_WAKE | {Phase.BUSY}
OPEN: Final = frozenset({VisitStatus.RUNNING, VisitStatus.UNKNOWN})
OUTSIDE: Final = frozenset({Phase.WAITING, Phase.CLOSING})
"""Where a frame may stand that a signal, a callback, a child or a person moves."""
ABOUT_A_VISIT: Final = frozenset({Role.PROBE, Role.CALL})
PHASES_OF: Final = {
    Role.BODY: frozenset(Phase) - {Phase.STUCK},
    Role.UNDO: frozenset({Phase.READY, Phase.BUSY, Phase.BACKOFF, Phase.STUCK}),
    Role.HOOK: frozenset({Phase.BUSY, Phase.BACKOFF}),
    Role.PROBE: frozenset({Phase.BUSY, Phase.BACKOFF}),
    Role.CALL: frozenset({Phase.CLOSING, Phase.READY}),
}


def violations(execution: Execution) -> list[str]:
    """What is wrong with the state, a sentence each; nothing if it is sound."""
    if ROOT_FRAME not in execution.frames:
        return ["there is no root frame"]
    return [violation for rule in RULES for violation in rule(execution)]


def _tree(execution: Execution) -> Violations:
    """The frames are one tree under the root, and each counts its children."""
    frames = execution.frames
    children = Counter(frame.parent for frame in frames.values())
    trailing = Counter(frame.parent for frame in frames.values() if frame.is_trailing)
    for key, frame in frames.items():
        if key != frame.id or frame.id > execution.version:
            yield f"frame {frame.id} is kept as {key} at version {execution.version}"
        if (frame.id == ROOT_FRAME) is not (frame.parent is None):
            yield f"frame {frame.id} has the parent {frame.parent}"
        if frame.parent is not None and (frame.parent not in frames or frame.parent >= frame.id):
            yield f"frame {frame.id} hangs under {frame.parent}, which is no older frame"
        if frame.children != children[frame.id]:
            yield f"frame {frame.id} counts {frame.children} children of {children[frame.id]}"
        if frame.trailing != trailing[frame.id]:
            yield f"frame {frame.id} counts {frame.trailing} that trail of {trailing[frame.id]}"


def _roles(execution: Execution) -> Violations:
    """A body runs for a visit, an undo for the newest on a list, a hook for the end of the run."""
    for frame in execution.frames.values():
        if frame.phase not in PHASES_OF[frame.role]:
            yield f"frame {frame.id} is {frame.phase} as {frame.role}"
        parent = execution.frames.get(frame.parent) if frame.parent is not None else None
        if parent is not None and not FITS[frame.role](execution, frame, parent):
            yield f"{frame.role} {frame.id} does not fit its parent {parent.id}, which is {parent.phase}"


def _body_fits(_execution: Execution, body: Frame, parent: Frame) -> bool:
    if body.opener is None or parent.phase is Phase.UNDOING:
        return False
    if body.is_trailing:
        return body.ending is not None
    return parent.phase is Phase.JOINING and parent.path == body.opener


def _probe_fits(_execution: Execution, probe: Frame, _parent: Frame) -> bool:
    return probe.opener is not None


def _call_fits(_execution: Execution, call: Frame, _parent: Frame) -> bool:
    return call.opener is not None and call.is_trailing and call.ending is not None


def _undo_fits(execution: Execution, undo: Frame, scope: Frame) -> bool:
    if undo.compensates is None or not scope.armed or scope.armed.top != undo.compensates:
        return False
    compensation = execution.compensations.get(undo.compensates)
    expected = CompensationStatus.FAILED if undo.phase is Phase.STUCK else CompensationStatus.RUNNING
    is_expected = compensation is not None and compensation.status is expected
    return is_expected and scope.phase is Phase.UNDOING and scope.children == 1


def _hook_fits(execution: Execution, hook: Frame, root: Frame) -> bool:
    return hook.hook is not None and root.children == 1 and execution.outcome is not None


FITS: Final[dict[Role, Callable[[Execution, Frame, Frame], bool]]] = {
    Role.BODY: _body_fits,
    Role.UNDO: _undo_fits,
    Role.HOOK: _hook_fits,
    Role.PROBE: _probe_fits,
    Role.CALL: _call_fits,
}


def _phases(execution: Execution) -> Violations:
    """The phase of a frame agrees with its fields."""
    for frame in execution.frames.values():
        yield from _attempt_fits(frame)
        yield from _timer_fits(frame)
        if frame.phase in (STOPPED if frame.ending is None else GOING_ON):
            yield f"frame {frame.id} is {frame.phase} with the ending {frame.ending}"
        if frame.phase is Phase.DONE and execution.ended is None:
            yield f"frame {frame.id} is done in an execution that is not"


def _attempt_fits(frame: Frame) -> Violations:
    is_open = _is_open(frame.activity)
    if is_open is not (is_out(frame) or is_callback_awaited(frame)):
        yield f"frame {frame.id} is {frame.phase}, its attempt {'open' if is_open else 'not open'}"
    if frame.phase is Phase.BACKOFF and frame.activity is None:
        yield f"frame {frame.id} is in back-off without an activity"
    if frame.wait is not None and frame.phase is not Phase.WAITING:
        yield f"frame {frame.id} is {frame.phase} with an open wait"
    if frame.child is not None and frame.phase not in OUTSIDE:
        yield f"frame {frame.id} is {frame.phase} and awaits {frame.child.id}"


def _timer_fits(frame: Frame) -> Violations:
    has_timer = frame.wake_at is not None
    is_wrong = has_timer and frame.phase not in MAY_WAKE
    is_missing = not has_timer and (
        frame.phase in WITH_TIMER or (frame.phase is Phase.WAITING and is_callback_awaited(frame))
    )
    if is_wrong or is_missing:
        yield f"frame {frame.id} is {frame.phase} and wakes at {frame.wake_at}"
    if (frame.timer is not None) is not (frame.phase is Phase.SLEEPING and frame.path is not None):
        yield f"frame {frame.id} is {frame.phase} with the timer {frame.timer}"
    if frame.deadline_at is not None and frame.path is None:
        yield f"frame {frame.id} has a deadline and stands at no visit"


def _is_open(activity: Activity | None) -> bool:
    return activity is not None and any(attempt.outcome is None for attempt in activity.attempts[-1:])


def _activities(execution: Execution) -> Violations:
    """Attempts are numbered, counted and kept; the key is that of what is done."""
    for frame in execution.frames.values():
        activity = frame.activity
        if activity is None:
            continue
        last = activity.number
        if activity.key != _key(execution, frame):
            yield f"frame {frame.id} asks under the key {activity.key}"
        if activity.id > execution.version:
            yield f"frame {frame.id} has the activity {activity.id} at version {execution.version}"
        if last < activity.counted + activity.lost + _is_open(activity):
            yield f"frame {frame.id} counts more attempts than its {last}"
        numbers = [attempt.number for attempt in activity.attempts]
        if numbers != list(range(max(1, last - ATTEMPTS_KEPT + 1), last + 1)):
            yield f"frame {frame.id} keeps the attempts {numbers} of {last}"
        if any(attempt.ended_at is None for attempt in activity.attempts[:-1]):
            yield f"frame {frame.id} left an attempt open"


def _key(execution: Execution, frame: Frame) -> str:
    if frame.path is not None:
        keyed_as = execution.visits[visit_key(frame.path)].keyed_as
        return forward_key(execution.id, keyed_as or frame.path)
    if frame.compensates is not None:
        undone = execution.compensations.get(frame.compensates)
        keyed_as = None if undone is None else undone.keyed_as
        return undo_key(execution.id, keyed_as or frame.compensates)
    if frame.role in ABOUT_A_VISIT and frame.opener is not None:
        keyed_as = execution.visits[visit_key(frame.opener)].keyed_as
        key = forward_key(execution.id, keyed_as or frame.opener)
        return f"{key}/probe" if frame.role is Role.PROBE else key
    return hook_key(execution.id, frame.hook or "", execution.run)


def _visits(execution: Execution) -> Violations:
    """A visit has what its status says, and one frame stands at each that is open."""
    standing = Counter(frame.path for frame in execution.frames.values())
    for key, visit in execution.visits.items():
        if key != visit_key(visit.path):
            yield f"the visit {visit.path} is kept as {key}"
        if standing[visit.path] != (visit.status in OPEN):
            yield f"the visit {visit.path} is {visit.status}, and {standing[visit.path]} frames stand at it"
        yield from _visit(visit)
    for path, visit in execution.earlier.items():
        compensation = execution.compensations.get(path)
        if path != visit.path or compensation is None or compensation.status not in OWED:
            yield f"the earlier visit {path} is kept for nothing"


def _visit(visit: Visit) -> Violations:
    if (visit.ended_at is None) is not (visit.status in OPEN):
        yield f"the visit {visit.path} is {visit.status} and ended at {visit.ended_at}"
    if (visit.failure is not None) is not (visit.status is VisitStatus.FAILED):
        yield f"the visit {visit.path} is {visit.status} with the failure {visit.failure}"
    if visit.status is VisitStatus.COMPLETED and visit.output is UNSET:
        yield f"the visit {visit.path} is completed without an output"


def _places(execution: Execution) -> Violations:
    """A frame stands at a visit that is known."""
    for frame in execution.frames.values():
        if frame.path is not None:
            visit = execution.visits.get(visit_key(frame.path))
            if visit is None or visit.path != frame.path or visit.node != frame.node:
                yield f"frame {frame.id} stands at {frame.path}, which is not its visit"
        if frame.last is not None and frame.last not in execution.visits:
            yield f"frame {frame.id} entered {frame.last} last, which nobody knows"


def _compensations(execution: Execution) -> Violations:
    """What is being undone is undone by one frame, and what cannot be says why."""
    undos = Counter(frame.compensates for frame in execution.frames.values())
    for path, compensation in execution.compensations.items():
        status = compensation.status
        if path != compensation.path:
            yield f"the compensation of {compensation.path} is kept as {path}"
        if undos[path] != (status in (CompensationStatus.RUNNING, CompensationStatus.FAILED)):
            yield f"{path} is {status}, and {undos[path]} frames undo it"
        if status is CompensationStatus.FAILED and compensation.error is None:
            yield f"the compensation of {path} failed without an error"


def _lists(execution: Execution) -> Violations:
    """What is owed stands on one list, once; what is settled stands on none.

    One that was terminated keeps its list as it was.
    """
    if execution.ended is ExecutionStatus.TERMINATED:
        return
    listed = Counter(path for frame in execution.frames.values() for path in frame.armed)
    for path, compensation in execution.compensations.items():
        if listed[path] != (compensation.status in OWED):
            yield f"{path} is {compensation.status} and stands {listed[path]} times on a list"
    for path in listed:
        if path not in execution.compensations:
            yield f"{path} stands on a list and has no compensation"


def _end(execution: Execution) -> Violations:
    """An execution that has ended is at rest; one that has not has no outcome yet, or runs its hook."""
    ended = execution.ended
    if (execution.ended_at is not None) is not (ended is not None):
        yield f"the execution is {ended} and ended at {execution.ended_at}"
    if (execution.failure is not None) is not (ended is ExecutionStatus.FAILED):
        yield f"the execution is {ended} with the failure {execution.failure}"
    if (execution.output is not UNSET) is not (ended is ExecutionStatus.COMPLETED):
        yield f"the execution is {ended} with an output"
    if ended is not None:
        yield from _rest(execution, ended)


def _rest(execution: Execution, ended: ExecutionStatus) -> Violations:
    if [frame.phase for frame in execution.frames.values()] != [Phase.DONE]:
        yield f"the execution is {ended} and has live frames"
    if execution.paused is not None or execution.is_stuck or execution.outcome is not ended:
        yield f"the execution is {ended}, and paused, stuck or {execution.outcome}"
    for path, compensation in execution.compensations.items():
        if compensation.status not in LEFT[ended]:
            yield f"the execution is {ended}, and the compensation of {path} is {compensation.status}"


def _progress(execution: Execution) -> Violations:
    """Something can move the execution, unless a person has to or nobody can."""
    if execution.ended is not None:
        return
    if execution.is_stuck is not is_stuck(execution):
        yield f"that the execution is stuck is said to be {execution.is_stuck}"
    status = status_of(execution)
    is_at_rest = status in (ExecutionStatus.PAUSED, ExecutionStatus.STUCK)
    if not (is_at_rest or is_in_flight(execution) or is_awaiting(execution) or wakes(execution)):
        yield f"the execution is {status} and nothing can move it"
    pause = execution.paused
    if status is ExecutionStatus.PAUSED and pause is not None and execution.reason != pause.reason:
        yield f"the execution is paused for {pause.reason} and says {execution.reason}"


def is_awaiting(execution: Execution) -> bool:
    """Whether a signal, a callback or the end of a child would move it."""
    return any(
        frame.wait is not None or frame.child is not None or is_callback_awaited(frame)
        for frame in execution.frames.values()
    )


RULES: Final[tuple[Callable[[Execution], Violations], ...]] = (
    _tree,
    _roles,
    _phases,
    _activities,
    _visits,
    _places,
    _compensations,
    _lists,
    _end,
    _progress,
)

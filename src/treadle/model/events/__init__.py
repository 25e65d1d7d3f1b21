"""What happened to an execution, past tense, stored for ever.

An event holds what happened and all that the fold needs, never a decision to be taken again.
The `seq` of an event is its place in the history; `at` is when it was decided.
Fields left at their default are not stored, so a new field needs a default that means what its absence meant.
"""

from typing import TypeAlias

from treadle.model.events.activities import (
    ActivityCompleted,
    ActivityFailed,
    ActivityStarted,
    ActivityUnknown,
    RetryScheduled,
    TimerFired,
    TimerStarted,
)
from treadle.model.events.compensations import (
    CompensationAccepted,
    CompensationArmed,
    CompensationCompleted,
    CompensationDropped,
    CompensationFailed,
    CompensationRegistered,
    CompensationRetried,
    CompensationSkipped,
    CompensationStarted,
)
from treadle.model.events.lifecycle import (
    CancelRequested,
    ExecutionCancelled,
    ExecutionCompleted,
    ExecutionFailed,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
    ExecutionStuck,
    ExecutionTerminated,
    HookCompleted,
    HookFailed,
    HookStarted,
)
from treadle.model.events.visits import (
    BodyFailed,
    BranchCancelled,
    BranchChosen,
    BranchJoined,
    BranchOpened,
    NodeCancelled,
    NodeCompleted,
    NodeEntered,
    NodeFailed,
    NodeSkipped,
)

__all__ = [
    "ActivityCompleted",
    "ActivityFailed",
    "ActivityStarted",
    "ActivityUnknown",
    "BodyFailed",
    "BranchCancelled",
    "BranchChosen",
    "BranchJoined",
    "BranchOpened",
    "CancelRequested",
    "CompensationAccepted",
    "CompensationArmed",
    "CompensationCompleted",
    "CompensationDropped",
    "CompensationFailed",
    "CompensationRegistered",
    "CompensationRetried",
    "CompensationSkipped",
    "CompensationStarted",
    "Event",
    "ExecutionCancelled",
    "ExecutionCompleted",
    "ExecutionFailed",
    "ExecutionPaused",
    "ExecutionResumed",
    "ExecutionStarted",
    "ExecutionStuck",
    "ExecutionTerminated",
    "HookCompleted",
    "HookFailed",
    "HookStarted",
    "NodeCancelled",
    "NodeCompleted",
    "NodeEntered",
    "NodeFailed",
    "NodeSkipped",
    "RetryScheduled",
    "TimerFired",
    "TimerStarted",
]

Event: TypeAlias = (
    ExecutionStarted
    | NodeEntered
    | NodeSkipped
    | NodeCompleted
    | NodeFailed
    | NodeCancelled
    | ActivityStarted
    | ActivityCompleted
    | ActivityFailed
    | ActivityUnknown
    | RetryScheduled
    | TimerStarted
    | TimerFired
    | BranchChosen
    | BranchOpened
    | BranchJoined
    | BranchCancelled
    | BodyFailed
    | CompensationRegistered
    | CompensationArmed
    | CompensationStarted
    | CompensationCompleted
    | CompensationFailed
    | CompensationRetried
    | CompensationSkipped
    | CompensationAccepted
    | CompensationDropped
    | HookStarted
    | HookCompleted
    | HookFailed
    | ExecutionPaused
    | ExecutionResumed
    | CancelRequested
    | ExecutionStuck
    | ExecutionCompleted
    | ExecutionFailed
    | ExecutionCancelled
    | ExecutionTerminated
)

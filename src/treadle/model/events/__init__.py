"""What happened to an execution, past tense, stored for ever.

An event holds what happened and all that the fold needs, never a decision to be taken again.
The `seq` of an event is its place in the history; `at` is when it was decided.
Fields left at their default are not stored, so a new field needs a default that means what its absence meant.
"""

from typing import TypeAlias

from treadle.model.events.activities import (
    ActivityAccepted,
    ActivityCompleted,
    ActivityFailed,
    ActivityStarted,
    ActivityUnknown,
    CallbackReceived,
    CallTrailed,
    OutcomeResolved,
    ProbeEnded,
    ProbeStarted,
    ResolutionAsked,
    RetryScheduled,
    TimerFired,
    TimerStarted,
)
from treadle.model.events.compensations import (
    CompensationAccepted,
    CompensationArmed,
    CompensationCompleted,
    CompensationDisarmed,
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
    ExecutionRetried,
    ExecutionStarted,
    ExecutionStuck,
    ExecutionTerminated,
    ExecutionWoken,
    HookCompleted,
    HookFailed,
    HookStarted,
    InputRefused,
)
from treadle.model.events.visits import (
    BodyFailed,
    BranchCancelled,
    BranchChosen,
    BranchFailed,
    BranchJoined,
    BranchOpened,
    ChildEnded,
    ChildStarted,
    DeadlinePassed,
    EndReached,
    ItemsListed,
    IterationEnded,
    IterationsKept,
    MessageEmitted,
    NodeCancelled,
    NodeCompleted,
    NodeEntered,
    NodeFailed,
    NodeSkipped,
    ResultKept,
    VarsSet,
)
from treadle.model.events.waits import (
    SignalExpired,
    SignalKept,
    SignalReceived,
    WaitClosed,
    WaitOpened,
)

__all__ = [
    "ActivityAccepted",
    "ActivityCompleted",
    "ActivityFailed",
    "ActivityStarted",
    "ActivityUnknown",
    "BodyFailed",
    "BranchCancelled",
    "BranchChosen",
    "BranchFailed",
    "BranchJoined",
    "BranchOpened",
    "CallTrailed",
    "CallbackReceived",
    "CancelRequested",
    "ChildEnded",
    "ChildStarted",
    "CompensationAccepted",
    "CompensationArmed",
    "CompensationCompleted",
    "CompensationDisarmed",
    "CompensationDropped",
    "CompensationFailed",
    "CompensationRegistered",
    "CompensationRetried",
    "CompensationSkipped",
    "CompensationStarted",
    "DeadlinePassed",
    "EndReached",
    "Event",
    "ExecutionCancelled",
    "ExecutionCompleted",
    "ExecutionFailed",
    "ExecutionPaused",
    "ExecutionResumed",
    "ExecutionRetried",
    "ExecutionStarted",
    "ExecutionStuck",
    "ExecutionTerminated",
    "ExecutionWoken",
    "HookCompleted",
    "HookFailed",
    "HookStarted",
    "InputRefused",
    "ItemsListed",
    "IterationEnded",
    "IterationsKept",
    "MessageEmitted",
    "NodeCancelled",
    "NodeCompleted",
    "NodeEntered",
    "NodeFailed",
    "NodeSkipped",
    "OutcomeResolved",
    "ProbeEnded",
    "ProbeStarted",
    "ResolutionAsked",
    "ResultKept",
    "RetryScheduled",
    "SignalExpired",
    "SignalKept",
    "SignalReceived",
    "TimerFired",
    "TimerStarted",
    "VarsSet",
    "WaitClosed",
    "WaitOpened",
]

Event: TypeAlias = (
    ExecutionStarted
    | NodeEntered
    | NodeSkipped
    | NodeCompleted
    | NodeFailed
    | NodeCancelled
    | BranchChosen
    | BranchOpened
    | BranchJoined
    | BranchCancelled
    | BodyFailed
    | BranchFailed
    | ItemsListed
    | IterationEnded
    | IterationsKept
    | ResultKept
    | VarsSet
    | MessageEmitted
    | DeadlinePassed
    | EndReached
    | ChildStarted
    | ChildEnded
    | ActivityStarted
    | ActivityCompleted
    | ActivityFailed
    | ActivityUnknown
    | RetryScheduled
    | TimerStarted
    | TimerFired
    | ActivityAccepted
    | CallTrailed
    | CallbackReceived
    | ResolutionAsked
    | OutcomeResolved
    | ProbeStarted
    | ProbeEnded
    | WaitOpened
    | WaitClosed
    | SignalReceived
    | SignalKept
    | SignalExpired
    | CompensationRegistered
    | CompensationArmed
    | CompensationStarted
    | CompensationCompleted
    | CompensationFailed
    | CompensationRetried
    | CompensationSkipped
    | CompensationAccepted
    | CompensationDropped
    | CompensationDisarmed
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
    | ExecutionRetried
    | ExecutionWoken
    | InputRefused
)

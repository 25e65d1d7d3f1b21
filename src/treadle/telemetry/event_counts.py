"""Which events are counted as what."""

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client.core import Metric as Family

from treadle.model import events
from treadle.telemetry import metrics
from treadle.telemetry.metric import Metric, family
from treadle.telemetry.tally import ActivityLost, Tally

COUNTED: Final[Mapping[type, tuple[Metric, tuple[str, ...]]]] = {
    events.ExecutionStarted: (metrics.EXECUTIONS_STARTED, ()),
    events.ExecutionCompleted: (metrics.EXECUTIONS_ENDED, ("completed",)),
    events.ExecutionFailed: (metrics.EXECUTIONS_ENDED, ("failed",)),
    events.ExecutionCancelled: (metrics.EXECUTIONS_ENDED, ("cancelled",)),
    events.ExecutionTerminated: (metrics.EXECUTIONS_ENDED, ("terminated",)),
    events.ExecutionRetried: (metrics.EXECUTIONS_RETRIED, ()),
    events.ExecutionStuck: (metrics.EXECUTIONS_STUCK, ()),
    events.NodeCompleted: (metrics.VISITS_ENDED, ("completed",)),
    events.NodeFailed: (metrics.VISITS_ENDED, ("failed",)),
    events.NodeSkipped: (metrics.VISITS_ENDED, ("skipped",)),
    events.NodeCancelled: (metrics.VISITS_ENDED, ("cancelled",)),
    events.ActivityStarted: (metrics.ATTEMPTS_STARTED, ()),
    events.ActivityCompleted: (metrics.ATTEMPTS_ENDED, ("ok",)),
    events.ActivityFailed: (metrics.ATTEMPTS_ENDED, ("failed",)),
    events.ActivityUnknown: (metrics.ATTEMPTS_ENDED, ("unknown",)),
    ActivityLost: (metrics.ATTEMPTS_ENDED, ("lost",)),
    events.RetryScheduled: (metrics.RETRIES, ()),
    events.CompensationCompleted: (metrics.COMPENSATIONS_ENDED, ("completed",)),
    events.CompensationFailed: (metrics.COMPENSATIONS_ENDED, ("failed",)),
    events.CompensationSkipped: (metrics.COMPENSATIONS_ENDED, ("skipped",)),
    events.CompensationAccepted: (metrics.COMPENSATIONS_ENDED, ("accepted",)),
    events.CompensationDropped: (metrics.COMPENSATIONS_ENDED, ("dropped",)),
    events.HookCompleted: (metrics.HOOKS_ENDED, ("completed",)),
    events.HookFailed: (metrics.HOOKS_ENDED, ("failed",)),
    events.SignalReceived: (metrics.SIGNALS, ("taken",)),
    events.SignalKept: (metrics.SIGNALS, ("kept",)),
    events.SignalExpired: (metrics.SIGNALS, ("expired",)),
    events.InputRefused: (metrics.INPUTS_REFUSED, ()),
}


def event_families(tally: Tally) -> Iterator[Family]:
    """A family of every metric that counts events, each with all values of its labels."""
    samples: dict[Metric, dict[tuple[str, ...], float]] = {}
    for type_, (metric, values) in COUNTED.items():
        samples.setdefault(metric, {})[values] = tally.events[type_]
    samples[metrics.EXECUTIONS_STARTED][()] += tally.children
    samples[metrics.EVENTS] = {(): tally.events.total() + tally.children}
    for metric, found in samples.items():
        yield family(metric, found)

"""Every metric: the one table. `docs/reference/metrics.md` is written from it."""

from typing import Final

from treadle.model.execution import TERMINAL, AttemptOutcome, ExecutionStatus
from treadle.telemetry.metric import Label, Metric, MetricType

COUNTER: Final = MetricType.COUNTER
GAUGE: Final = MetricType.GAUGE
HISTOGRAM: Final = MetricType.HISTOGRAM

OK: Final = "ok"
NOT_READY: Final = "not_ready"
"""What a `/readyz` is counted as that says so: its answer is no problem document."""
CODE: Final = Label(name="code", told=f"`{OK}`, or the `code` of the problem that was answered")
ANSWERED: Final = Label(name="code", told=f"{CODE.told}, or `{NOT_READY}` of a `/readyz`")
OUTCOME: Final = Label(name="outcome", values=tuple(AttemptOutcome))
ENDED: Final = Label(name="status", values=tuple(one for one in ExecutionStatus if one in TERMINAL))
OPEN: Final = Label(name="status", values=tuple(one for one in ExecutionStatus if one not in TERMINAL))


def _status(*values: str) -> tuple[Label, ...]:
    return (Label(name="status", values=values),)


EXECUTIONS_STARTED: Final = Metric(
    name="treadle_executions_started_total",
    type=COUNTER,
    meaning="Executions that were started, children included.",
)
EXECUTIONS_ENDED: Final = Metric(
    name="treadle_executions_ended_total",
    type=COUNTER,
    labels=(ENDED,),
    meaning="Executions that ended, by their status. One that is retried ends again.",
)
EXECUTIONS_RETRIED: Final = Metric(
    name="treadle_executions_retried_total",
    type=COUNTER,
    meaning="Further runs of failed executions that somebody asked for.",
)
EXECUTIONS_STUCK: Final = Metric(
    name="treadle_executions_stuck_total",
    type=COUNTER,
    meaning="Executions that got stuck: a compensation is exhausted, and a person has to decide.",
)
EXECUTIONS_OPEN: Final = Metric(
    name="treadle_executions_open",
    type=GAUGE,
    labels=(OPEN,),
    meaning="Executions that have not ended, by their status: live ones, and those that wait in the store.",
)
EXECUTIONS_LIVE: Final = Metric(
    name="treadle_executions_live",
    type=GAUGE,
    meaning="Executions that this engine drives, in memory.",
)
EXECUTIONS_LIVE_MAX: Final = Metric(
    name="treadle_executions_live_max",
    type=GAUGE,
    meaning="How many it drives at most; further starts are stored due.",
)
DUE_LAG: Final = Metric(
    name="treadle_due_lag_seconds",
    type=GAUGE,
    unit="seconds",
    meaning="Since when an execution is due without being driven: the one that is longest. 0 if none is.",
)
VISITS_ENDED: Final = Metric(
    name="treadle_visits_ended_total",
    type=COUNTER,
    labels=_status("completed", "failed", "skipped", "cancelled"),
    meaning="Visits (steps) that ended, by their status.",
)
ATTEMPTS_STARTED: Final = Metric(
    name="treadle_attempts_started_total",
    type=COUNTER,
    meaning="Attempts of activities, undos, probes and hooks that were begun.",
)
ATTEMPTS_ENDED: Final = Metric(
    name="treadle_attempts_ended_total",
    type=COUNTER,
    labels=(OUTCOME,),
    meaning="Attempts that ended, by their outcome. One whose callback comes after all ends again.",
)
ATTEMPTS_IN_FLIGHT: Final = Metric(
    name="treadle_attempts_in_flight",
    type=GAUGE,
    meaning="Attempts that are out now: calls, not the waits for callbacks.",
)
ATTEMPTS_OUTLIVING: Final = Metric(
    name="treadle_attempts_outliving",
    type=GAUGE,
    meaning="Calls that go on although their attempt was given up.",
)
RETRIES: Final = Metric(
    name="treadle_retries_total",
    type=COUNTER,
    meaning="Further attempts that were put off by a back-off.",
)
COMPENSATIONS_ENDED: Final = Metric(
    name="treadle_compensations_ended_total",
    type=COUNTER,
    labels=_status("completed", "failed", "skipped", "accepted", "dropped"),
    meaning="Compensations that ended, by their status. One that failed is stuck, and may end again.",
)
HOOKS_ENDED: Final = Metric(
    name="treadle_hooks_ended_total",
    type=COUNTER,
    labels=_status("completed", "failed"),
    meaning="Hooks that ended, by their status.",
)
SIGNALS: Final = Metric(
    name="treadle_signals_total",
    type=COUNTER,
    labels=_status("taken", "kept", "expired"),
    meaning="What became of signals: taken by a wait, kept for one to come (and taken later), or expired.",
)
CALLBACKS: Final = Metric(
    name="treadle_callbacks_total",
    type=COUNTER,
    labels=(CODE,),
    meaning="Callbacks that were delivered, by what was answered.",
)
INPUTS_REFUSED: Final = Metric(
    name="treadle_inputs_refused_total",
    type=COUNTER,
    meaning="Commands that were durably queued and did not fit their execution any more.",
)
BULK_ACTS_RUNNING: Final = Metric(
    name="treadle_bulk_acts_running",
    type=GAUGE,
    meaning="Bulk acts that are carried out.",
)
BULK_EXECUTIONS: Final = Metric(
    name="treadle_bulk_executions_total",
    type=COUNTER,
    labels=_status("done", "refused"),
    meaning="Executions that bulk acts have come to: those that did what they were told, or refused.",
)
EVENTS: Final = Metric(
    name="treadle_events_total",
    type=COUNTER,
    meaning="Events that were written to histories.",
)
COMMITS: Final = Metric(
    name="treadle_commits_total",
    type=COUNTER,
    labels=_status("committed", "conflict", "exists", "refused"),
    meaning=(
        "Commits that the store has judged: `conflict`, somebody else owns the execution; `exists`, its id "
        "or idempotency key is taken; `refused`, the store takes those of others and not this one."
    ),
)
COMMITS_WAITING: Final = Metric(
    name="treadle_commits_waiting",
    type=GAUGE,
    meaning="Commits that wait for the writer.",
)
BATCH_COMMITS: Final = Metric(
    name="treadle_batch_commits",
    type=HISTOGRAM,
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000),
    meaning="Commits in one transaction.",
)
BATCH_SECONDS: Final = Metric(
    name="treadle_batch_seconds",
    type=HISTOGRAM,
    unit="seconds",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    meaning="How long a transaction took, from being handed to the store to being durable.",
)
STORE_FAULTS: Final = Metric(
    name="treadle_store_faults_total",
    type=COUNTER,
    meaning="Times that the store could not be written, or asked for what is due.",
)
COMMANDS_WAITING: Final = Metric(
    name="treadle_commands_waiting",
    type=GAUGE,
    meaning="Commands that wait in the mailboxes of live executions.",
)
REQUESTS: Final = Metric(
    name="treadle_requests_total",
    type=COUNTER,
    labels=(ANSWERED,),
    meaning="Requests that were answered over HTTP, by what was answered.",
)
REQUESTS_UNDER_WAY: Final = Metric(
    name="treadle_requests_under_way",
    type=GAUGE,
    meaning="Requests that change something and are not done; starts that only wait for an end are left out.",
)
REQUESTS_MAX: Final = Metric(
    name="treadle_requests_max",
    type=GAUGE,
    meaning="How many may be under way; starts have half of that, and are refused beyond it.",
)
REQUEST_SECONDS: Final = Metric(
    name="treadle_request_seconds",
    type=HISTOGRAM,
    unit="seconds",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    meaning="How long a request took until its answer began; requests that ask to wait are left out.",
)
KEYS_FORGOTTEN: Final = Metric(
    name="treadle_idempotency_keys_forgotten_total",
    type=COUNTER,
    meaning="Idempotency keys of starts that the store was cleared of, their time being over.",
)
FOLLOWERS: Final = Metric(
    name="treadle_followers",
    type=GAUGE,
    meaning="Histories that are followed live (SSE).",
)
ENGINE_READY: Final = Metric(
    name="treadle_engine_ready",
    type=GAUGE,
    meaning="1 when the engine takes work, 0 when it does not; /readyz says why.",
)
BUILD_INFO: Final = Metric(
    name="treadle_build_info",
    type=MetricType.INFO,
    labels=(Label(name="version", told="the version of the process"),),
    meaning="Which version runs.",
)
METRICS: Final = (
    EXECUTIONS_STARTED,
    EXECUTIONS_ENDED,
    EXECUTIONS_RETRIED,
    EXECUTIONS_STUCK,
    EXECUTIONS_OPEN,
    EXECUTIONS_LIVE,
    EXECUTIONS_LIVE_MAX,
    DUE_LAG,
    VISITS_ENDED,
    ATTEMPTS_STARTED,
    ATTEMPTS_ENDED,
    ATTEMPTS_IN_FLIGHT,
    ATTEMPTS_OUTLIVING,
    RETRIES,
    COMPENSATIONS_ENDED,
    HOOKS_ENDED,
    SIGNALS,
    CALLBACKS,
    INPUTS_REFUSED,
    BULK_ACTS_RUNNING,
    BULK_EXECUTIONS,
    EVENTS,
    COMMITS,
    COMMITS_WAITING,
    BATCH_COMMITS,
    BATCH_SECONDS,
    STORE_FAULTS,
    COMMANDS_WAITING,
    REQUESTS,
    REQUESTS_UNDER_WAY,
    REQUESTS_MAX,
    REQUEST_SECONDS,
    KEYS_FORGOTTEN,
    FOLLOWERS,
    ENGINE_READY,
    BUILD_INFO,
    Metric(
        name="treadle_process_cpu_seconds_total",
        type=COUNTER,
        is_of_process=True,
        meaning="Processor time, of user and system.",
    ),
    Metric(
        name="treadle_process_resident_memory_bytes",
        type=GAUGE,
        is_of_process=True,
        meaning="Memory that is held.",
    ),
    Metric(
        name="treadle_process_virtual_memory_bytes",
        type=GAUGE,
        is_of_process=True,
        meaning="Address space that is taken.",
    ),
    Metric(
        name="treadle_process_start_time_seconds",
        type=GAUGE,
        is_of_process=True,
        meaning="When the process started, since the Unix epoch.",
    ),
    Metric(
        name="treadle_process_open_fds",
        type=GAUGE,
        is_of_process=True,
        meaning="File descriptors that are open.",
    ),
    Metric(
        name="treadle_process_max_fds",
        type=GAUGE,
        is_of_process=True,
        meaning="File descriptors that may be open.",
    ),
)
PREAMBLE: Final = """# Metrics

What `GET /metrics` answers, in OpenMetrics 1.0; it takes an API key with the scope `read`. Every name begins
with `treadle_`, and no label has a value that is not known beforehand. Counters begin at 0 with the process,
and count what is durable. What is asked of the store is at most 10 s old, and is left out while the store
cannot be reached. This page is written from the table in `treadle.telemetry.metrics`.
"""


def reference() -> str:
    """The page of all metrics."""
    rows = "\n".join(map(_row, METRICS))
    return f"{PREAMBLE}\n| Metric | Type | Labels | Unit | Meaning |\n|---|---|---|---|---|\n{rows}\n"


def _row(metric: Metric) -> str:
    labels = "; ".join(map(_labelled, metric.labels))
    return f"| `{metric.name}` | {metric.type} | {labels} | {unit_of(metric)} | {metric.meaning} |"


def unit_of(metric: Metric) -> str:
    """The unit that the name says, whoever makes the samples; empty for pieces."""
    words = metric.name.removesuffix("_total").split("_")
    return words[-1] if words[-1] in {"seconds", "bytes"} else ""


def _labelled(label: Label) -> str:
    values = label.told or " ".join(f"`{value}`" for value in label.values)
    return f"`{label.name}`: {values}"

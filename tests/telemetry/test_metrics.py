"""The one table of metrics: its names, its page, and what is counted as what."""

from pathlib import Path
from typing import get_args

import pytest
from prometheus_client.core import Metric as Family

from treadle.model import events
from treadle.model.events import Event
from treadle.model.execution import AttemptError
from treadle.model.ids import ActivityId, FrameId, Instant
from treadle.telemetry import metrics
from treadle.telemetry.event_counts import COUNTED, event_families
from treadle.telemetry.metric import Metric, MetricType
from treadle.telemetry.metrics import METRICS, reference, unit_of
from treadle.telemetry.tally import UNCOUNTED_MAX, ActivityLost, Tally, types_of

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
LABELS = {"status", "outcome", "code", "version"}


def test_the_page_is_written_from_the_table() -> None:
    assert REFERENCE.read_text() == reference()


def test_every_metric_that_is_named_stands_in_the_table() -> None:
    named = {value.name for value in vars(metrics).values() if isinstance(value, Metric)}
    assert named <= {metric.name for metric in METRICS}
    assert len({metric.name for metric in METRICS}) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_name_says_what_openmetrics_wants_it_to_say(metric: Metric) -> None:
    assert metric.name.startswith("treadle_")
    assert metric.name.endswith("_total") is (metric.type is MetricType.COUNTER)
    assert metric.name.endswith("_info") is (metric.type is MetricType.INFO)
    assert unit_of(metric) == metric.unit or metric.is_of_process
    assert bool(metric.buckets) is (metric.type is MetricType.HISTOGRAM)
    assert list(metric.buckets) == sorted(metric.buckets)
    assert metric.meaning.endswith(".")
    for label in metric.labels:
        assert label.name in LABELS
        assert label.values or label.told


def values(family: Family) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


def told(tally: Tally) -> dict[str, dict[tuple[str, ...], float]]:
    return {family.name: values(family) for family in event_families(tally)}


def test_what_is_counted_has_every_value_of_its_label_and_no_other() -> None:
    for metric in {metric for metric, _ in COUNTED.values()}:
        counted = [found for one, found in COUNTED.values() if one is metric]
        labels = metric.labels[0].values if metric.labels else ()
        assert sorted(counted) == sorted((value,) for value in labels) or (labels, counted) == ((), [()])


def test_only_events_are_counted() -> None:
    assert set(COUNTED) <= {*get_args(Event), ActivityLost}


def unknown(*, is_lost: bool) -> events.ActivityUnknown:
    error = AttemptError(code="x", message="")
    return events.ActivityUnknown(
        at=Instant(0), frame=FrameId(1), activity=ActivityId(2), attempt=1, error=error, is_lost=is_lost
    )


def test_a_lost_attempt_is_counted_apart_from_an_unknown_one() -> None:
    tally = Tally()
    tally.add([types_of([unknown(is_lost=True), unknown(is_lost=False), unknown(is_lost=True)])])
    ended = told(tally)["treadle_attempts_ended"]
    assert (ended["lost",], ended["unknown",], ended["ok",]) == (2, 1, 0)


def test_nothing_is_counted_twice_however_many_there_are() -> None:
    tally = Tally()
    for _ in range(UNCOUNTED_MAX):
        tally.add([(events.NodeEntered, events.NodeCompleted)])
        tally.children += 1
    for _ in range(2):
        said = told(tally)
        assert said["treadle_visits_ended"]["completed",] == UNCOUNTED_MAX
        assert said["treadle_executions_started"][()] == UNCOUNTED_MAX
        assert said["treadle_events"][()] == 3 * UNCOUNTED_MAX

"""What a metric is, and the family of samples that is made of it when somebody asks."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec
from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST

OPENMETRICS: Final = CONTENT_TYPE_LATEST
"""The media type of what is scraped."""


class MetricType(StrEnum):
    """Those of OpenMetrics that are used here."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A label has few values, and all are known: `values`, or what `told` says where they stand elsewhere."""

    name: str
    values: tuple[str, ...] = ()
    told: str = ""


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table. `unit` is a base unit of OpenMetrics, empty for what is counted in pieces.

    `buckets` are the upper bounds of a histogram, without the last one, infinity. `is_of_process`: the client
    library makes the samples, of what the operating system says of the process.
    """

    name: str
    type: MetricType
    meaning: str
    unit: str = ""
    labels: tuple[Label, ...] = ()
    buckets: tuple[float, ...] = ()
    is_of_process: bool = False


def histogram(metric: Metric) -> Histogram:
    """An empty histogram of that row: it is kept by who observes, and collects itself."""
    return Histogram(metric.name, metric.meaning, unit=metric.unit, buckets=metric.buckets, registry=None)


def family(metric: Metric, samples: Mapping[tuple[str, ...], float]) -> Family:
    """The family of a counter, a gauge or an info; `samples` by the values of its labels, in their order."""
    names = [label.name for label in metric.labels]
    if metric.type is MetricType.INFO:
        info = InfoMetricFamily(metric.name.removesuffix("_info"), metric.meaning)
        for values in samples:
            info.add_metric([], dict(zip(names, values, strict=True)))
        return info
    kind = CounterMetricFamily if metric.type is MetricType.COUNTER else GaugeMetricFamily
    made = kind(metric.name, metric.meaning, labels=names, unit=metric.unit)
    for values, value in samples.items():
        made.add_metric(values, value)
    return made

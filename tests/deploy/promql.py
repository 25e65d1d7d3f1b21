"""What a query asks for: which samples, by which labels, through which functions."""

from collections.abc import Iterator

import promql_parser as promql

from treadle.rest.codes import CODES
from treadle.telemetry.metric import Metric, MetricType
from treadle.telemetry.metrics import CODE, METRICS, OK

OF_THE_SCRAPE = frozenset({"job", "instance"})
"""Labels that Prometheus adds to everything that it scrapes."""
OF_COUNTERS = frozenset({"rate", "increase", "irate"})
VARIABLES = {"$__rate_interval": "5m", "$job": ".*", "$instance": ".*"}
"""What a dashboard fills in."""
ONE_OF = frozenset({"MatchOp.Re", "MatchOp.NotRe"})


def samples_of(metric: Metric) -> tuple[str, ...]:
    """The names that a query may ask for."""
    if metric.type is MetricType.HISTOGRAM:
        return tuple(f"{metric.name}{suffix}" for suffix in ("_bucket", "_sum", "_count"))
    return (metric.name,)


BY_SAMPLE = {name: metric for metric in METRICS for name in samples_of(metric)}


def parsed(query: str) -> promql.Expr:
    """The query with the variables of dashboards filled in; raises ValueError if it is none."""
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return promql.parse(query)


def every(query: str) -> Iterator[promql.Expr]:
    """The query and all that it is made of."""
    found: list[promql.Expr] = []
    promql.walk(parsed(query), found.append)
    yield from found


def selectors(query: str) -> list[promql.VectorSelector]:
    plain = [one for one in every(query) if isinstance(one, promql.VectorSelector)]
    ranged = [one.vector_selector for one in every(query) if isinstance(one, promql.MatrixSelector)]
    return [*plain, *ranged]


def values_of(metric: Metric, label: str) -> set[str]:
    """Every value that the label can have."""
    if label == CODE.name:
        return {OK, *CODES}
    return {value for one in metric.labels if one.name == label for value in one.values}


def labels_of(metric: Metric) -> set[str]:
    le = {"le"} if metric.type is MetricType.HISTOGRAM else set()
    return {label.name for label in metric.labels} | le


def wrong(query: str) -> list[str]:
    """What the query asks for that there is not, or cannot be."""
    return [*_wrong_selectors(query), *_wrong_groups(query), *_wrong_functions(query)]


def _wrong_selectors(query: str) -> Iterator[str]:
    if not selectors(query):
        yield f"{query} asks for nothing"
    for selector in selectors(query):
        metric = BY_SAMPLE.get(selector.name or "")
        if metric is None:
            yield f"there is no {selector.name}"
            continue
        for matcher in selector.matchers.matchers:
            if matcher.name in OF_THE_SCRAPE:
                continue
            if matcher.name not in labels_of(metric):
                yield f"{selector.name} has no label {matcher.name}"
                continue
            asked = matcher.value.split("|") if str(matcher.op) in ONE_OF else [matcher.value]
            for value in set(asked) - values_of(metric, matcher.name):
                yield f"{matcher.name} of {selector.name} is never {value}"


def _wrong_groups(query: str) -> Iterator[str]:
    known = OF_THE_SCRAPE.union(
        *(labels_of(BY_SAMPLE[one.name]) for one in selectors(query) if one.name in BY_SAMPLE)
    )
    for one in every(query):
        if isinstance(one, promql.AggregateExpr) and one.modifier is not None:
            for label in set(one.modifier.labels) - known:
                yield f"nothing has the label {label}"


def _wrong_functions(query: str) -> Iterator[str]:
    for one in every(query):
        if not isinstance(one, promql.Call):
            continue
        asked = {selector.name or "" for argument in one.args for selector in selectors(argument.prettify())}
        grows = {name for name in asked if _grows(name)}
        if one.func.name in OF_COUNTERS and asked != grows:
            yield f"{one.func.name} of {asked - grows}, which is no counter"
        if one.func.name == "histogram_quantile" and not all(name.endswith("_bucket") for name in asked):
            yield f"histogram_quantile of {asked}"


def _grows(name: str) -> bool:
    metric = BY_SAMPLE.get(name)
    return metric is not None and metric.type in (MetricType.COUNTER, MetricType.HISTOGRAM)

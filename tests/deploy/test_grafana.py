"""The dashboard and the alerts ask for what there is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.deploy.promql import parsed, selectors, wrong
from treadle.model.json import Json
from treadle.telemetry.metric import MetricType
from treadle.telemetry.metrics import METRICS

ROOT = Path(__file__).parents[2]
DASHBOARD: Json = json.loads((ROOT / "deploy" / "grafana" / "dashboard.json").read_text())
RULES: Json = YAML(typ="safe").load((ROOT / "deploy" / "grafana" / "alerts.yaml").read_text())
PAGE = ROOT / "docs" / "operations" / "alerts.md"
ALERTS: list[Json] = [rule for group in RULES["groups"] for rule in group["rules"]]
QUERIES: list[str] = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
DURATION = re.compile(r"[1-9]\d*[smhd]")
FILLED = re.compile(r"\{\{\s*(.+?)\s*\}\}")
PLACED = re.compile(r"\$labels\.(\w+)|\$value(?: \| humanize\w*)?")


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_of_the_dashboard_asks_for_what_there_is(query: str) -> None:
    assert wrong(query) == []


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_asks_for_what_there_is(alert: Json) -> None:
    assert wrong(alert["expr"]) == []


@pytest.mark.parametrize(
    "query",
    [
        "treadle_nothing",
        "rate(treadle_executions_live[5m])",
        'treadle_executions_open{code="ok"}',
        'rate(treadle_requests_total{code="unheard_of"}[5m])',
        'rate(treadle_requests_total{code=~"internal|unheard_of"}[5m])',
        "sum by (namespace) (treadle_executions_live)",
        "histogram_quantile(0.9, sum by (le) (rate(treadle_batch_seconds_count[5m])))",
        "treadle_batch_seconds",
        "1",
    ],
)
def test_what_there_is_not_is_noticed(query: str) -> None:
    assert wrong(query)


def test_the_dashboard_shows_every_metric_of_the_engine() -> None:
    shown = {selector.name for query in QUERIES for selector in selectors(query)}
    for metric in METRICS:
        name = f"{metric.name}_bucket" if metric.type is MetricType.HISTOGRAM else metric.name
        assert name in shown or metric.is_of_process, metric.name


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


def test_variables_of_the_dashboard_are_labels_of_a_metric() -> None:
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            found = re.fullmatch(r"label_values\((\w+), (job|instance)\)", variable["definition"])
            assert found is not None
            assert wrong(found[1]) == []


def test_no_data_source_is_named() -> None:
    sources = [panel["datasource"]["uid"] for panel in DASHBOARD["panels"] if "datasource" in panel]
    assert set(sources) == {"${datasource}"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_how_bad_it_is_and_where_to_read_on(alert: Json) -> None:
    assert set(alert) <= {"alert", "expr", "for", "labels", "annotations"}
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert DURATION.fullmatch(alert.get("for", "1m"))
    assert set(alert["annotations"]) == {"summary", "description", "runbook"}
    assert alert["annotations"]["runbook"] == f"docs/operations/alerts.md#{alert['alert'].lower()}"


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_what_an_alert_fills_in_is_in_its_result(alert: Json) -> None:
    kept = labels_kept(alert["expr"])
    for text in alert["annotations"].values():
        for filled in FILLED.findall(text):
            found = PLACED.fullmatch(filled)
            assert found is not None, filled
            assert found[1] is None or found[1] in kept, filled


def labels_kept(query: str) -> set[str]:
    """Of those that Prometheus adds: all, unless the query is grouped by some."""
    parsed(query)
    groups = re.findall(r"\bby \(([^)]*)\)", query)
    if not groups:
        return set() if query.startswith("absent") else {"job", "instance"}
    return set.intersection(*(set(re.split(r",\s*", group)) for group in groups))


def sections(page: str) -> Iterator[tuple[str, str]]:
    """Title and text of each part under a third heading."""
    for part in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        yield title, re.split(r"^## ", text, flags=re.MULTILINE)[0]


def test_the_page_says_of_every_alert_what_it_means_and_what_to_do() -> None:
    told = dict(sections(PAGE.read_text()))
    assert list(told) == [alert["alert"] for alert in ALERTS]
    for title, text in told.items():
        assert "**Do.**" in text, title
        assert len(text.split()) >= 20, title

"""What the tables of the guide say of expressions, conditions and bounds is so."""

import json
import re
from collections.abc import Iterator
from typing import Final

import pytest
from msgspec import UNSET, UnsetType

from tests.guide.pages import blocks, tells, text
from treadle.config.settings import Settings
from treadle.core.folding.waits import SIGNAL_KEYS_KEPT
from treadle.definition.bounds import DEFAULT_BOUNDS as DOCUMENT
from treadle.definition.faults import ERRORS, FAULTS_MAX
from treadle.definition.formats.json import JSON_BYTES_MAX
from treadle.definition.formats.yaml import YAML_BYTES_MAX
from treadle.definition.kinds.loop import ITERATIONS_DEFAULT, ITERATIONS_MAX
from treadle.definition.soundness import DEPTH_MAX
from treadle.expressions.addresses import compile_url
from treadle.expressions.conditions import CONDITION_BYTES_MAX, compile_condition
from treadle.expressions.places import CONDITION, VALUE
from treadle.expressions.templates import compile_template
from treadle.expressions.texts import TEMPLATE_BYTES_MAX
from treadle.invokers.http.answer import RESPONSE_BYTES_MAX
from treadle.model.bounds import DEFAULT_BOUNDS as EXECUTION
from treadle.model.expression import ExpressionError
from treadle.model.ids import NodeId
from treadle.model.instants import DAY_MS
from treadle.model.json import Json
from treadle.model.policies import (
    COMPENSATION_ATTEMPTS_MAX_DEFAULT,
    LOST_MAX,
    RETRY_AFTER_MS_MAX,
    TIMEOUT_MS_DEFAULT,
    RetryPolicy,
)
from treadle.rest.bounds import BODY_BYTES_MAX, JSON_DEPTH_MAX, PAGE_ITEMS_MAX, REQUESTS_MAX, WAIT_S_MAX
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.bulk_acts import KEPT_DAYS, RUNNING_MAX
from treadle.runtime.taking_over import CRASHES_MAX
from treadle.service.idempotency import KEPT_MS

CELL: Final = re.compile(r"(?<!\\)\|")
CODE: Final = re.compile(r"`(.*)`")
FAILS: Final = "fails: "


def rows(page: str, header: str) -> Iterator[list[str]]:
    """The cells of every table of a page whose first cell is that."""
    for table in re.findall(rf"^\| {header} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text(page), re.MULTILINE):
        for line in table.splitlines():
            yield [cell.strip().replace("\\|", "|") for cell in CELL.split(line)[1:-1]]


def code(cell: str) -> str:
    found = CODE.fullmatch(cell)
    assert found is not None, cell
    return found[1]


class Given:
    """What a page says was given: its first block of JSON."""

    def __init__(self, page: str) -> None:
        self._roots = next(json.loads(block.text) for block in blocks(page) if block.language == "json")

    def root(self, name: str) -> Json | UnsetType:
        return self._roots.get(name, UNSET)

    def of_execution(self, field: str) -> Json | UnsetType:
        return self._roots["execution"].get(field, UNSET)

    def node(self, node: NodeId, field: str) -> Json | UnsetType:
        return self._roots["nodes"].get(node, {}).get(field, UNSET)


WRITTEN = [(page, *row) for page in ("templates", "expressions") for row in rows(page, "Written")]
CONDITIONS = [("templates", *row) for row in rows("templates", "Condition")]


def test_the_pages_have_their_tables() -> None:
    assert len(WRITTEN) > 25
    assert len(CONDITIONS) > 10


@pytest.mark.parametrize(("page", "written", "gives"), WRITTEN)
def test_a_template_gives_what_its_row_says(page: str, written: str, gives: str) -> None:
    template = compile_template(code(written), VALUE)
    if gives.startswith(FAILS):
        with pytest.raises(ExpressionError) as failed:
            template(Given(page))
        assert failed.value.code == code(gives.removeprefix(FAILS))
        return
    given, told = template(Given(page)), json.loads(code(gives))
    assert tells(told, given)
    assert type(given) is type(told)


@pytest.mark.parametrize(("page", "written", "holds"), CONDITIONS)
def test_a_condition_holds_as_its_row_says(page: str, written: str, holds: str) -> None:
    logic = code(written)
    condition = compile_condition(json.loads(logic) if logic.startswith("{") else logic, CONDITION)
    if holds.startswith(FAILS):
        with pytest.raises(ExpressionError) as failed:
            condition(Given(page))
        assert failed.value.code == code(holds.removeprefix(FAILS))
    else:
        assert condition(Given(page)) is {"yes": True, "no": False}[holds]


def test_a_value_in_a_url_is_encoded_as_the_page_says() -> None:
    url = compile_url("http://shop/cities/{{ input.address.city }}", VALUE)
    assert url(Given("templates")) == "http://shop/cities/York%20%26%20Co"
    assert "calls `/cities/York%20%26%20Co`" in " ".join(text("templates").split())


UNDO_CALLS: Final = COMPENSATION_ATTEMPTS_MAX_DEFAULT
BOUNDS: Final = {
    "bulk acts of one namespace that run at once": RUNNING_MAX,
    "executions that a bulk act takes up at a time": RuntimeBounds().bulk_page_max,
    "commands of bulk acts that are under way at once": RuntimeBounds().bulk_at_once_max,
    "days that a bulk act is kept once it has ended": KEPT_DAYS,
    "bytes of a document in YAML": YAML_BYTES_MAX,
    "bytes of a document in JSON": JSON_BYTES_MAX,
    "nodes, those in bodies included": DOCUMENT.nodes,
    "bodies inside each other": DOCUMENT.nesting,
    "branches of one node": DOCUMENT.branches,
    "values inside each other": DEPTH_MAX,
    "bytes of a text with templates, or of a condition": TEMPLATE_BYTES_MAX,
    "faults that are listed": FAULTS_MAX,
    "bytes of its state, as JSON": EXECUTION.state_bytes,
    "branches and items that are alive at once": EXECUTION.frames,
    "items of one `each`": EXECUTION.items,
    "turns of a `loop`, unless `max_iterations` says otherwise": ITERATIONS_DEFAULT,
    "turns that `max_iterations` may say": ITERATIONS_MAX,
    "children below one another": EXECUTION.child_depth,
    "nodes entered or left in one commit; then it goes on in another": EXECUTION.transitions,
    "bytes that its steps add to the state in one commit; then the same": EXECUTION.decision_bytes,
    "signals kept for a wait to come": EXECUTION.kept_signals,
    "days that they are kept": EXECUTION.signal_kept_ms // DAY_MS,
    "bytes of an answer": RESPONSE_BYTES_MAX,
    "seconds of an attempt, unless `timeout` says otherwise": TIMEOUT_MS_DEFAULT // 1_000,
    "calls of a step, unless `retry.max_attempts` says otherwise": RetryPolicy().max_attempts,
    "calls of an undo, unless `compensate.retry.max_attempts` says otherwise": UNDO_CALLS,
    "attempts lost with the process that made them": LOST_MAX,
    "such attempts of a handler until the execution is paused; then as many again": CRASHES_MAX,
    "seconds that a `Retry-After` may ask for": RETRY_AFTER_MS_MAX // 1_000,
    "bytes of a body": BODY_BYTES_MAX,
    "items of a page (`limit`)": PAGE_ITEMS_MAX,
    "seconds of `Prefer: wait`": WAIT_S_MAX,
    "requests that change something, under way at once; starts have half of that": REQUESTS_MAX,
    "commits that wait for the writer; beyond half starts are refused": RuntimeBounds().commits_waiting_max,
    "days that the `Idempotency-Key` of a start is remembered": KEPT_MS // DAY_MS,
    "signals of an execution that are known again by their `Idempotency-Key`, the newest": SIGNAL_KEYS_KEPT,
    "executions that an engine drives at once; more are stored and wait": RuntimeBounds().live_max,
}


def test_the_page_of_bounds_has_the_values_of_the_code() -> None:
    told = {row[0]: int(row[1].replace(",", "")) for row in rows("bounds", "Bound")}
    assert told == BOUNDS
    assert CONDITION_BYTES_MAX == TEMPLATE_BYTES_MAX
    assert JSON_DEPTH_MAX == DEPTH_MAX


def test_the_settings_that_the_page_of_bounds_names_are_there() -> None:
    named = set(re.findall(r"`TREADLE_(\w+)`", text("bounds")))
    assert {name.lower() for name in named} <= set(Settings.__struct_fields__)


def test_the_codes_of_faults_in_the_guide_are_those_of_documents() -> None:
    told = {code(row[2]) for row in list(rows("bounds", "Bound"))[:8]}
    assert told <= ERRORS.keys() | {"too_large"}


def test_every_retry_value_of_the_page_of_failures_is_the_default() -> None:
    policy = RetryPolicy()
    told = {code(row[0]): row[1] for row in rows("failures", "Field")}
    assert told["max_attempts"] == str(policy.max_attempts)
    assert code(told["initial"]) == f"{policy.initial_ms}ms"
    assert float(told["multiplier"]) == policy.multiplier
    assert code(told["max"]) == f"{policy.max_ms // 1_000}s"
    assert float(told["jitter"]) == policy.jitter
    assert tuple(re.findall(r"`([^`]+)`", told["on"])) == policy.on

"""Retry is merged field by field; what is said of a node does not reach its compensation."""

import pytest
from msgspec.structs import asdict

from tests.definition.documents import document, errors, http, task, warnings
from treadle.definition.read import read_definition
from treadle.model.definition import Compensate, Hook, Task
from treadle.model.json import Json
from treadle.model.policies import OnUnknown, RetryPolicy

DEFAULTS = {
    "timeout": "5s",
    "retry": {"max_attempts": 7, "initial": "1s", "jitter": 0},
    "on_unknown": "compensate",
}


def first(tree: Json) -> Task:
    node = read_definition(tree).body.nodes[0]
    assert isinstance(node, Task)
    return node


def compensation(tree: Json) -> Compensate:
    found = first(tree).compensate
    assert found is not None
    return found


def hook(tree: Json) -> Hook:
    found = read_definition(tree).on_failure
    assert found is not None
    return found


def differing(policy: RetryPolicy) -> dict[str, Json]:
    """The fields that are not the built-in ones."""
    built_in = asdict(RetryPolicy())
    return {field: value for field, value in asdict(policy).items() if value != built_in[field]}


def test_without_a_word_the_built_in_values_hold() -> None:
    node = first(document(task(compensate={"handler": "u"})))
    assert differing(node.retry) == {}
    assert (node.timeout_ms, node.on_unknown) == (10_000, OnUnknown.RETRY)
    assert node.compensate is not None
    assert differing(node.compensate.retry) == {"max_attempts": 10}
    assert node.compensate.timeout_ms == 10_000


def test_defaults_hold_where_the_node_says_nothing() -> None:
    node = first(document(task(), defaults=DEFAULTS))
    assert differing(node.retry) == {"max_attempts": 7, "initial_ms": 1_000, "jitter": 0}
    assert (node.timeout_ms, node.on_unknown) == (5_000, OnUnknown.COMPENSATE)


def test_a_node_says_field_by_field_what_differs() -> None:
    own = {
        "retry": {"initial": "2s", "on": ["5xx", 429, "OutOfStock"]},
        "timeout": "1m",
        "on_unknown": "fail",
    }
    node = first(document(task(**own), defaults=DEFAULTS))
    assert differing(node.retry) == {
        "max_attempts": 7,
        "initial_ms": 2_000,
        "jitter": 0,
        "on": ("5xx", "429", "OutOfStock"),
    }
    assert (node.timeout_ms, node.on_unknown) == (60_000, OnUnknown.FAIL)


def test_attempts_of_a_compensation_never_come_from_the_defaults() -> None:
    found = compensation(document(task(compensate={"handler": "u"}), defaults=DEFAULTS))
    assert differing(found.retry) == {"max_attempts": 10, "initial_ms": 1_000, "jitter": 0}


def test_a_compensation_says_itself_what_differs() -> None:
    own = {"handler": "u", "retry": {"max_attempts": 2, "max": "1h"}}
    found = compensation(document(task(compensate=own), defaults=DEFAULTS))
    assert differing(found.retry) == {
        "max_attempts": 2,
        "initial_ms": 1_000,
        "jitter": 0,
        "max_ms": 3_600_000,
    }


def test_policies_of_a_node_do_not_reach_its_compensation() -> None:
    node = task(timeout="1m", retry={"max_attempts": 1, "multiplier": 9}, compensate={"handler": "u"})
    assert compensation(document(node)).timeout_ms == 10_000
    assert differing(compensation(document(node)).retry) == {"max_attempts": 10}
    assert compensation(document(node, defaults=DEFAULTS)).timeout_ms == 5_000


def test_a_hook_has_the_policies_of_a_node() -> None:
    tree = document(on_failure={"handler": "h", "retry": {"jitter": 1}}, defaults=DEFAULTS)
    assert differing(hook(tree).retry) == {"max_attempts": 7, "initial_ms": 1_000, "jitter": 1}
    assert hook(tree).timeout_ms == 5_000
    assert hook(document(on_failure={"handler": "h"})).timeout_ms == 10_000


@pytest.mark.parametrize("word", ["retry", "pause", "compensate", "fail"])
def test_each_word_of_on_unknown_is_read(word: str) -> None:
    assert first(document(task(on_unknown=word))).on_unknown == word


@pytest.mark.parametrize(
    "on",
    [["unknown", "connection", "error", "callback", "all"], [404, "5xx", "100"], ["MyError", "a_b-c:d"]],
)
def test_what_is_retried_may_be_a_class_a_status_or_a_code(on: list[Json]) -> None:
    tree = document(http() | {"retry": {"on": on}})
    assert first(tree).retry.on == tuple(str(word) for word in on)
    assert warnings(tree) == []


@pytest.mark.parametrize("on", ["all", ["5xxx"], ["700"], [""], ["a b"], [1.5], ["x" * 200]])
def test_what_cannot_be_retried_is_an_error(on: Json) -> None:
    assert len(errors(document(task(retry={"on": on})))) == 1


@pytest.mark.parametrize(
    "retry",
    [{"max_attempts": 1}, {"multiplier": 1}, {"jitter": 0}, {"jitter": 1}, {"initial": "1ms", "max": "1ms"}],
)
def test_the_ends_of_each_range_belong_to_it(retry: Json) -> None:
    assert errors(document(task(retry=retry))) == []


def test_success_and_method_are_read_as_they_are_sent() -> None:
    node = first(document(http(method="post", success=[200, "404", "3xx"], follow_redirects=True)))
    activity = asdict(node.activity)
    assert (activity["method"], activity["success"]) == ("POST", ("200", "404", "3xx"))
    assert activity["follow_redirects"] is True

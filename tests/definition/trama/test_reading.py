"""What a Trama document comes to, in the words of this language."""

import pytest
from msgspec import UNSET

from tests.definition.trama.documents import (
    RETRY,
    awaited,
    call,
    case,
    errors,
    flow,
    read,
    saga,
    sleep,
    step,
    switch,
    task,
)
from treadle.definition.dialects import is_trama
from treadle.definition.digest import digest
from treadle.definition.graph import graph
from treadle.definition.read import check, read_definition
from treadle.definition.trama.names import ID_CHARS_MAX, ids_of
from treadle.model.definition import Dialect, HttpActivity, Sleep, Switch, Task
from treadle.model.ids import NODE_ID
from treadle.model.json import Json
from treadle.model.policies import TIMEOUT_MS_DEFAULT, RetryPolicy


def first_task(tree: Json) -> Task:
    task = read(tree).body.nodes[0]
    assert isinstance(task, Task)
    return task


def http(tree: Json) -> HttpActivity:
    """The call of the first step."""
    activity = first_task(tree).activity
    assert isinstance(activity, HttpActivity)
    return activity


@pytest.mark.parametrize(
    "tree",
    [
        saga(failureHandling=RETRY),
        saga(),
        {"steps": [{"up": {}}]},
        {"steps": [{"name": "a", "kind": "task", "down": {}}]},
        {"entrypoint": "a"},
        {"nodes": [{"kind": "task", "action": {}}]},
        {"nodes": [{"kind": "sleep", "durationMillis": 1}]},
        {"failureHandling": None},
        {"onSuccessCallback": {}},
        {"onFailureCallback": {}},
        {"steps": [{"name": "a", "up": {}}, {"name": "b", "up": {}, "label": "c"}], "labels": {}},
        {"start": "a", "nodes": [{"id": "a", "kind": "task", "action": {}}], "failureHandling": {}},
    ],
)
def test_a_document_of_trama_is_known_by_its_words(tree: Json) -> None:
    assert is_trama(tree)


@pytest.mark.parametrize(
    "tree",
    [
        {},
        [],
        None,
        "failureHandling",
        {"steps": [{"id": "up", "kind": "task", "handler": "down"}]},
        {"start": "a", "nodes": [{"id": "a", "kind": "task"}, "action"]},
        {"steps": {"up": 1}, "nodes": "action"},
        {"steps": [{"name": "a"}]},
        {"steps": [{"id": "a", "kind": "task", "handler": "h", "down": {}}]},
        {"steps": [{"name": "a", "kind": "task", "handler": "h", "down": {}}]},
        {"start": "a", "nodes": [{"id": "a", "kind": "task", "action": {}}]},
        {"start": "a", "failureHandling": {}, "nodes": [{"id": "a", "kind": "task", "handler": "h"}]},
        {"steps": [{"id": "a", "kind": "task", "http": {}}], "onFailureCallback": {}},
    ],
)
def test_any_other_document_is_one_of_this_language(tree: Json) -> None:
    assert not is_trama(tree)


def test_the_document_and_its_digest_are_those_that_were_written() -> None:
    tree = saga(step("a b"), failureHandling=RETRY, unknown=1)
    definition = read_definition(tree)
    assert definition.document is tree
    assert definition.digest == digest(tree)
    assert definition.dialect is Dialect.TRAMA
    assert (definition.name, definition.version) == ("d", "1")


def test_a_step_is_a_task_with_a_compensation() -> None:
    task = first_task(saga(step("a", up=call("http://x/up"), down=call("http://x/down", "DELETE"))))
    assert task.activity == HttpActivity(method="POST", url="http://x/up", success=("200", "201", "202"))
    assert task.compensate is not None
    assert task.compensate.activity == HttpActivity(
        method="DELETE", url="http://x/down", success=("200", "202", "204")
    )
    assert (task.timeout_ms, task.compensate.timeout_ms) == (TIMEOUT_MS_DEFAULT, TIMEOUT_MS_DEFAULT)
    assert task.next is None
    assert read(saga(step("a"), step("b"))).body.start is None


@pytest.mark.parametrize(
    ("verb", "success"),
    [
        *((verb, ("200",)) for verb in ("GET", "HEAD", "OPTIONS")),
        ("POST", ("200", "201", "202")),
        *((verb, ("200", "202", "204")) for verb in ("PUT", "PATCH", "DELETE")),
    ],
)
def test_each_verb_has_its_own_statuses_of_success(verb: str, success: tuple[str, ...]) -> None:
    assert http(saga(step(up=call(verb=verb)))).success == success
    assert http(saga(step(up=call(verb=verb)))).method == verb
    assert http(saga(step(up=call(verb=verb, successStatusCodes=[404, 200, 404])))).success == ("404", "200")


def test_of_a_sync_task_its_statuses_count_before_those_of_its_call() -> None:
    request = call(successStatusCodes=[204])
    assert http(flow(task(request=request))).success == ("204",)
    assert http(flow(task(request=request, successStatusCodes=[201]))).success == ("201",)


def test_of_an_async_task_only_the_accepted_statuses_count() -> None:
    request = call(body="{{runtime.callback.token}}", successStatusCodes=[204])
    assert http(flow(awaited(request=request))).success == ("202",)
    assert http(flow(awaited(request=request, acceptedStatusCodes=[200, 202]))).success == ("200", "202")


def test_an_async_task_awaits_its_callback() -> None:
    failure, success = {"==": [{"var": "callback.body.ok"}, False]}, {"var": "input.a"}
    written = {"timeoutMillis": 1500, "failureWhen": failure, "successWhen": '{"var": "input.a"}'}
    callback = first_task(flow(awaited(callback=written))).callback
    assert callback is not None
    assert (callback.timeout_ms, callback.fail_when, callback.success_when) == (1_500, failure, success)
    assert first_task(flow(task())).callback is None


def test_nodes_name_the_next_one() -> None:
    cases = (
        case("b", name="x", when='{"==": [1, {"var": "payload.n"}]}'),
        case("z", name="x"),
        case("z", when=True),
    )
    body = read(flow(switch("pay?", *cases, default="z"), task("b", next="z"), sleep("z"))).body
    assert body.start == "pay_"
    first, second, third = body.nodes
    assert isinstance(first, Switch)
    assert first.label == "pay?"
    assert [one.when for one in first.cases] == [
        {"==": [1, {"var": "payload.n"}]},
        {"var": "payload.a"},
        {"!!": [True]},
    ]
    assert [one.next for one in first.cases] == ["b", "z", "z"]
    # The case that was taken is known again by its name.
    assert [one.name for one in first.cases] == ["x", None, None]
    assert (first.default_next, second.next, third.next) == ("z", "z", None)
    assert isinstance(third, Sleep)
    assert third.for_ == 5


def test_an_operator_may_have_another_name_there() -> None:
    when = {"?:": [{"log": {"var": "payload.a"}}, {"log": ["x"]}, False]}
    chosen = read(flow(switch("s", case("z", when), default="z"), sleep("z"))).body.nodes[0]
    assert isinstance(chosen, Switch)
    assert chosen.cases[0].when == {"if": [{"or": [{"var": "payload.a"}]}, {"or": ["x"]}, False]}


def test_the_graph_of_a_document_is_drawn() -> None:
    drawn = graph(read(saga(step("a b"), step("c"))))
    assert drawn == {
        "nodes": [
            {"id": "a_b", "kind": "task", "label": "a b", "parent": None},
            {"id": "c", "kind": "task", "label": None, "parent": None},
        ],
        "edges": [{"from": "a_b", "to": "c", "label": None, "kind": "next"}],
    }


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["a", "pay-card_1"], ["a", "pay-card_1"]),
        (["a b", "a.b", "a_b"], ["a_b_2", "a_b_3", "a_b"]),
        (["prüfen & buchen", "1st", "-x", "$x"], ["pr_fen___buchen", "_st", "_x", "_x_2"]),
        (["", "a", "a"], ["_", "a", "a_2"]),
        (["x" * 70, "x" * 71], ["x" * 64, "x" * 62 + "_2"]),
        (["a b", "a_b_2", "a:b"], ["a_b", "a_b_2", "a_b_3"]),
        (["😀"], ["_"]),
    ],
)
def test_a_name_that_is_no_id_has_its_other_characters_replaced(names: list[str], ids: list[str]) -> None:
    assert list(ids_of(names)) == ids


def test_many_names_that_are_alike_have_ids_of_their_own() -> None:
    ids = ids_of([f"{'é' * 80}{index}" for index in range(2_000)])
    assert len(set(ids)) == 2_000
    assert all(NODE_ID.fullmatch(node) and len(node) <= ID_CHARS_MAX for node in ids)


def test_retries_are_counted_there_and_calls_here() -> None:
    task = first_task(saga(failureHandling={"type": "retry", "maxAttempts": 3, "delayMillis": 500}))
    fixed = RetryPolicy(max_attempts=4, initial_ms=500, multiplier=1.0, max_ms=500, jitter=0.0, on=("all",))
    assert task.retry == fixed
    assert task.compensate is not None
    assert task.compensate.retry == fixed
    none = first_task(saga(failureHandling={"type": "retry", "maxAttempts": 0, "delayMillis": 0}))
    assert (none.retry.max_attempts, none.retry.initial_ms) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "policy"),
    [
        ({}, RetryPolicy(max_attempts=3, initial_ms=10, multiplier=2.0, max_ms=90, jitter=0.0, on=("all",))),
        (
            {"multiplier": 3, "jitterRatio": 0.5},
            RetryPolicy(max_attempts=3, initial_ms=10, multiplier=3.0, max_ms=90, jitter=0.5, on=("all",)),
        ),
    ],
)
def test_a_backoff_grows(fields: dict[str, Json], policy: RetryPolicy) -> None:
    written = {"type": "backoff", "maxAttempts": 2, "initialDelayMillis": 10, "maxDelayMillis": 90, **fields}
    assert first_task(saga(failureHandling=written)).retry == policy


def test_without_failure_handling_the_defaults_of_this_language_count() -> None:
    task = first_task(saga())
    assert task.retry == RetryPolicy()
    assert task.compensate is not None
    assert task.compensate.retry == RetryPolicy(max_attempts=10)


def test_what_is_called_at_the_end_are_hooks() -> None:
    definition = read(saga(failureHandling=RETRY, onSuccessCallback=call("http://x/done")))
    assert definition.on_failure is None
    assert definition.on_cancel is None
    assert definition.on_success is not None
    assert definition.on_success.activity == HttpActivity(
        method="POST", url="http://x/done", success=("200", "201", "202")
    )
    assert definition.on_success.retry.max_attempts == 3
    assert definition.output is UNSET


@pytest.mark.parametrize(
    ("body", "read_as"),
    [
        ({"id": "{{payload.id}}"}, {"id": "{{payload.id}}"}),
        ({"value": '{"id": "{{payload.id}}"}'}, {"id": "{{payload.id}}"}),
        ('{"id":  "{{payload.id}}"}', {"id": "{{payload.id}}"}),
        (' [1, "{{payload.id}}"]', [1, "{{payload.id}}"]),
        ("{{payload.id}}", "{{payload.id}}"),
        ('{"id": {{payload.id}}}', '{"id": {{payload.id}}}'),
        ('"quoted"', '"quoted"'),
        ("[NaN]", "[NaN]"),
        ("[" * 70 + "]" * 70, "[" * 70 + "]" * 70),
        ({"value": 5}, {"value": 5}),
        ({"value": {"value": "x"}}, {"value": {"value": "x"}}),
        ({"{{payload.k}}": 1}, '{"{{payload.k}}":1}'),
        ('{"a": {"{{payload.k}}": 1}}', '{"a": {"{{payload.k}}": 1}}'),
        ([{"a": 1}], [{"a": 1}]),
        (5, 5),
        (True, True),
    ],
)
def test_a_body_is_read_as_the_json_that_it_is(body: Json, read_as: Json) -> None:
    assert http(saga(step(up=call(body=body)))).body == read_as


def test_texts_are_written_in_three_ways() -> None:
    up = call({"value": "http://x"}, headers={"A": "a", "B": {"value": "b"}, "C": 5, "D": {"e": [1]}})
    activity = http(saga(step(up=up)))
    assert activity.url == "http://x"
    assert activity.headers == {"A": "a", "B": "b", "C": "5", "D": '{"e":[1]}'}


def test_what_is_null_is_not_there() -> None:
    tree = saga(
        step(up=call(body=None)),
        failureHandling=None,
        onSuccessCallback=None,
        onFailureCallback=None,
        nodes=None,
    )
    assert errors(tree) == []
    assert check(tree).warnings == ()
    assert http(tree).body is None

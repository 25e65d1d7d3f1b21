"""Every rule of a Trama document, at the pointer where its cause stands."""

import pytest

from tests.definition.trama.documents import (
    ALWAYS,
    RETRY,
    awaited,
    call,
    case,
    errors,
    flow,
    message,
    saga,
    sleep,
    step,
    switch,
    task,
    warnings,
)
from treadle.definition.bounds import DocumentBounds
from treadle.definition.faults import FAULTS_MAX
from treadle.definition.read import check
from treadle.model.json import Json

BACKOFF: Json = {"type": "backoff", "maxAttempts": 2, "initialDelayMillis": 10, "maxDelayMillis": 100}


def handling(**fields: Json) -> Json:
    return saga(failureHandling=fields)


ERRORS: list[tuple[Json, str, str]] = [
    # The document.
    ({"steps": [step()], "version": "1"}, "", "missing_field"),
    (saga(name=None), "", "missing_field"),
    (saga(name=""), "/name", "invalid_name"),
    (saga(version="  "), "/version", "invalid_name"),
    (saga(version=1), "/version", "wrong_type"),
    (saga(name="an order"), "/name", "invalid_name"),
    ({**saga(failureHandling=RETRY), "steps": []}, "/steps", "missing_field"),
    ({**saga(failureHandling=RETRY), "steps": None}, "", "missing_field"),
    ({**saga(failureHandling=RETRY), "steps": {}}, "/steps", "wrong_type"),
    (saga("a", failureHandling=RETRY), "/steps/0", "wrong_type"),
    # Names of steps.
    (saga(step(name=None)), "/steps/0", "missing_field"),
    (saga(step(" ")), "/steps/0/name", "invalid_id"),
    (saga(step(name=3)), "/steps/0/name", "wrong_type"),
    (saga(step("a"), step("b"), step("a")), "/steps/2/name", "duplicate_id"),
    (saga(step("a b"), step("a b")), "/steps/1/name", "duplicate_id"),
    # Calls.
    (saga(step(down=None)), "/steps/0", "missing_field"),
    (saga({"name": "a", "down": call()}), "/steps/0", "missing_field"),
    (saga(step(up=[])), "/steps/0/up", "wrong_type"),
    (saga(step(up={"verb": "GET"})), "/steps/0/up", "missing_field"),
    (saga(step(up={"url": "http://x"})), "/steps/0/up", "missing_field"),
    (saga(step(up=call(""))), "/steps/0/up/url", "invalid_url"),
    (saga(step(up=call({"value": " "}))), "/steps/0/up/url/value", "invalid_url"),
    (saga(step(up=call("ftp://x"))), "/steps/0/up/url", "invalid_url"),
    (saga(step(up=call(5))), "/steps/0/up/url", "invalid_url"),
    (saga(step(up=call(verb="get"))), "/steps/0/up/verb", "invalid_value"),
    (saga(step(up=call(verb=1))), "/steps/0/up/verb", "wrong_type"),
    (saga(step(up=call(headers=[]))), "/steps/0/up/headers", "wrong_type"),
    (saga(step(up=call(headers={"": "a"}))), "/steps/0/up/headers/", "invalid_header"),
    (saga(step(up=call(headers={"a b": "a"}))), "/steps/0/up/headers/a b", "invalid_header"),
    (saga(step(up=call(headers={"A": " "}))), "/steps/0/up/headers/A", "invalid_header"),
    (saga(step(up=call(headers={"A": "1", "a": "2"}))), "/steps/0/up/headers/a", "invalid_header"),
    (
        saga(step(up=call(headers={"Content-Length": "1"}))),
        "/steps/0/up/headers/Content-Length",
        "invalid_header",
    ),
    (saga(step(up=call(headers={"A/B": "a"}))), "/steps/0/up/headers/A~1B", "invalid_header"),
    (saga(step(up=call(headers={"A": "a\nb"}))), "/steps/0/up/headers/A", "invalid_header"),
    (saga(step(up=call(body=""))), "/steps/0/up/body", "invalid_value"),
    (saga(step(up=call(body={"value": "\n"}))), "/steps/0/up/body/value", "invalid_value"),
    (saga(step(up=call(successStatusCodes=[]))), "/steps/0/up/successStatusCodes", "invalid_success"),
    (
        saga(step(up=call(successStatusCodes=[200, 99]))),
        "/steps/0/up/successStatusCodes/1",
        "invalid_success",
    ),
    (saga(step(up=call(successStatusCodes=[600]))), "/steps/0/up/successStatusCodes/0", "invalid_success"),
    (saga(step(up=call(successStatusCodes=["200"]))), "/steps/0/up/successStatusCodes/0", "invalid_success"),
    (saga(step(up=call(successStatusCodes=[True]))), "/steps/0/up/successStatusCodes/0", "invalid_success"),
    (saga(step(up=call(successStatusCodes=200))), "/steps/0/up/successStatusCodes", "wrong_type"),
    (saga(onSuccessCallback=call("")), "/onSuccessCallback/url", "invalid_url"),
    (saga(onFailureCallback={"url": "http://x"}), "/onFailureCallback", "missing_field"),
    (saga(onFailureCallback="http://x"), "/onFailureCallback", "wrong_type"),
    # failureHandling.
    (saga(failureHandling=[]), "/failureHandling", "wrong_type"),
    (handling(), "/failureHandling", "missing_field"),
    (handling(type="linear"), "/failureHandling/type", "invalid_value"),
    (handling(type=[]), "/failureHandling/type", "wrong_type"),
    (handling(type="retry", maxAttempts=1), "/failureHandling", "missing_field"),
    (handling(type="retry", delayMillis=1), "/failureHandling", "missing_field"),
    (handling(**{**RETRY, "maxAttempts": -1}), "/failureHandling/maxAttempts", "out_of_range"),
    (handling(**{**RETRY, "maxAttempts": 10_000}), "/failureHandling/maxAttempts", "out_of_range"),
    (handling(**{**RETRY, "maxAttempts": 1.5}), "/failureHandling/maxAttempts", "wrong_type"),
    (handling(**{**RETRY, "delayMillis": -1}), "/failureHandling/delayMillis", "out_of_range"),
    (handling(**{**BACKOFF, "multiplier": 0.5}), "/failureHandling/multiplier", "out_of_range"),
    (handling(**{**BACKOFF, "jitterRatio": 2}), "/failureHandling/jitterRatio", "out_of_range"),
    (handling(type="backoff", maxAttempts=1, initialDelayMillis=1), "/failureHandling", "missing_field"),
    # Graphs.
    ({**flow(task()), "nodes": []}, "/nodes", "missing_field"),
    ({**flow(task()), "nodes": {}}, "/nodes", "wrong_type"),
    (flow(task(), entrypoint=None), "", "missing_field"),
    (flow(task(), entrypoint=""), "/entrypoint", "unknown_next"),
    (flow(task(), entrypoint="b"), "/entrypoint", "unknown_next"),
    (flow(task(), entrypoint=1), "/entrypoint", "wrong_type"),
    (flow(task(), "b"), "/nodes/1", "wrong_type"),
    (flow(task(), {"id": "b"}), "/nodes/1", "missing_field"),
    (flow(task(), {"id": "b", "kind": "parallel"}), "/nodes/1/kind", "invalid_value"),
    (flow(task(), {"id": "b", "kind": 1}), "/nodes/1/kind", "wrong_type"),
    (flow(task(next="b")), "/nodes/0/next", "unknown_next"),
    (flow(task("a b", next="a_b")), "/nodes/0/next", "unknown_next"),
    (flow(task(next=1)), "/nodes/0/next", "wrong_type"),
    (flow(task(), task("")), "/nodes/1/id", "invalid_id"),
    (flow(task(), task()), "/nodes/1/id", "duplicate_id"),
    (flow(task(), task("b")), "/nodes/1", "unreachable_node"),
    (
        flow(task(next="s"), sleep("s", next="t"), sleep("t", next="s"), task("b")),
        "/nodes/3",
        "unreachable_node",
    ),
    # Tasks.
    (flow(task(next="b"), {"kind": "task", "id": "b"}), "/nodes/1", "missing_field"),
    (flow(task(next="b"), {"kind": "task", "id": "b", "action": []}), "/nodes/1/action", "wrong_type"),
    (flow(task(mode=None)), "/nodes/0/action", "missing_field"),
    (flow(task(mode="SYNC")), "/nodes/0/action/mode", "invalid_value"),
    (flow(task(request=None)), "/nodes/0/action", "missing_field"),
    (flow(task(request=call(" "))), "/nodes/0/action/request/url", "invalid_url"),
    (flow(task(successStatusCodes=[])), "/nodes/0/action/successStatusCodes", "invalid_success"),
    (flow(task(compensation=call(" "))), "/nodes/0/compensation/url", "invalid_url"),
    (flow(awaited(callback=None)), "/nodes/0/action", "missing_field"),
    (flow(awaited(callback={})), "/nodes/0/action/callback", "missing_field"),
    (flow(awaited(callback=1)), "/nodes/0/action/callback", "wrong_type"),
    (flow(awaited(callback={"timeoutMillis": 0})), "/nodes/0/action/callback/timeoutMillis", "out_of_range"),
    (flow(awaited(callback={"timeoutMillis": "1"})), "/nodes/0/action/callback/timeoutMillis", "wrong_type"),
    (flow(awaited(acceptedStatusCodes=[])), "/nodes/0/action/acceptedStatusCodes", "invalid_success"),
    (flow(awaited(acceptedStatusCodes=[0])), "/nodes/0/action/acceptedStatusCodes/0", "invalid_success"),
    # Switches and sleeps.
    (flow(switch("s", default="s")), "/nodes/0/cases", "missing_field"),
    (flow(switch("s", case("s"))), "/nodes/0", "missing_field"),
    (flow(switch("s", case("s"), default="")), "/nodes/0/default", "unknown_next"),
    (flow(switch("s", case("s"), default="t")), "/nodes/0/default", "unknown_next"),
    (flow(switch("s", case("t"), default="s")), "/nodes/0/cases/0/target", "unknown_next"),
    (flow(switch("s", case(None), default="s")), "/nodes/0/cases/0", "missing_field"),
    (flow(switch("s", {"target": "s"}, default="s")), "/nodes/0/cases/0", "missing_field"),
    (flow(switch("s", "t", default="s")), "/nodes/0/cases/0", "wrong_type"),
    (flow(switch("s", case("s", name=1), default="s")), "/nodes/0/cases/0/name", "wrong_type"),
    (flow({"kind": "sleep", "id": "s"}), "/nodes/0", "missing_field"),
    (flow(sleep("s", durationMillis=0)), "/nodes/0/durationMillis", "out_of_range"),
    (flow(sleep("s", durationMillis="{{payload.n}}")), "/nodes/0/durationMillis", "wrong_type"),
    # Cycles.
    (flow(task(compensation=call(), next="a")), "/nodes/0/compensation", "compensated_cycle"),
    (
        flow(task(compensation=call(), next="s"), sleep("s", next="s")),
        "/nodes/0/compensation",
        "compensated_cycle",
    ),
    # Expressions.
    (saga(step(up=call("http://x/{{#a}}"))), "/steps/0/up/url", "unsupported_expression"),
    (saga(step(down=call("http://x/{{> a}}"))), "/steps/0/down/url", "unsupported_expression"),
    (saga(step(up=call(headers={"A": "{{a"}))), "/steps/0/up/headers/A", "invalid_expression"),
    (
        saga(step(up=call(headers={"A": {"value": "{{a"}}))),
        "/steps/0/up/headers/A/value",
        "invalid_expression",
    ),
    (saga(step(up=call(body={"a": ["{{a..b}}"]}))), "/steps/0/up/body/a/0", "invalid_path"),
    (saga(step(up=call(body='{"a": ["{{a..b}}"]}'))), "/steps/0/up/body", "invalid_path"),
    (
        saga(step(up=call(body={"value": '{"a": "{{^b}}"}'}))),
        "/steps/0/up/body/value",
        "unsupported_expression",
    ),
    (saga(step(up=call(body={"{{^b}}": 1}))), "/steps/0/up/body", "unsupported_expression"),
    (saga(onSuccessCallback=call(body="{{/a}}")), "/onSuccessCallback/body", "unsupported_expression"),
    (flow(task(compensation=call(body="{{}}"))), "/nodes/0/compensation/body", "invalid_expression"),
    (flow(awaited(request=call(body="{{runtime}}"))), "/nodes/0/action/request/body", "invalid_path"),
    (
        flow(switch("s", case("s", {"and": [1, {"nope": 1}]}), default="s")),
        "/nodes/0/cases/0/when/and/1",
        "unknown_operator",
    ),
    (
        flow(switch("s", case("s", '{"and": [1, {"nope": 1}]}'), default="s")),
        "/nodes/0/cases/0/when",
        "unknown_operator",
    ),
    (
        flow(switch("s", case("s", "payload.a == 1"), default="s")),
        "/nodes/0/cases/0/when",
        "invalid_condition",
    ),
    (flow(switch("s", case("s", {}), default="s")), "/nodes/0/cases/0/when", "invalid_condition"),
    (
        flow(switch("s", case("s", "[" * 65 + "]" * 65), default="s")),
        "/nodes/0/cases/0/when",
        "invalid_condition",
    ),
    (
        flow(awaited(callback={"timeoutMillis": 1, "failureWhen": {"nope": 1}})),
        "/nodes/0/action/callback/failureWhen",
        "unknown_operator",
    ),
    (
        flow(awaited(callback={"timeoutMillis": 1, "successWhen": "{"})),
        "/nodes/0/action/callback/successWhen",
        "invalid_condition",
    ),
]


@pytest.mark.parametrize(("tree", "pointer", "code"), ERRORS)
def test_a_fault_has_its_code_at_its_pointer(tree: Json, pointer: str, code: str) -> None:
    assert errors(tree) == [(pointer, code)]


WARNINGS: list[tuple[Json, str, str]] = [
    (saga(descripton="x"), "/descripton", "ignored_field"),
    (saga(nodes=None, entrypoint="a"), "/entrypoint", "ignored_field"),
    (saga(step(retry=1)), "/steps/0/retry", "ignored_field"),
    (saga(step(up=call(timeout=1))), "/steps/0/up/timeout", "ignored_field"),
    (saga(step(up=call({"value": "http://x", "of": 1}))), "/steps/0/up/url/of", "ignored_field"),
    (saga(step(up=call(body={"value": "x", "a/b": 1}))), "/steps/0/up/body/a~1b", "ignored_field"),
    (handling(**RETRY, multiplier=2), "/failureHandling/multiplier", "ignored_field"),
    (handling(**{**BACKOFF, "maxDelayMillis": 1}), "/failureHandling/maxDelayMillis", "max_below_initial"),
    (flow(task(), steps=[]), "/steps", "ignored_field"),
    (flow(task(compensate=call())), "/nodes/0/compensate", "ignored_field"),
    (flow(task(callback={"timeoutMillis": 1})), "/nodes/0/action/callback", "ignored_field"),
    (flow(task(acceptedStatusCodes=[202])), "/nodes/0/action/acceptedStatusCodes", "ignored_field"),
    (flow(awaited(successStatusCodes=[200])), "/nodes/0/action/successStatusCodes", "ignored_field"),
    (flow(switch("s", case("a"), default="a", next="a"), task()), "/nodes/0/next", "ignored_field"),
    (flow(switch("s", case("a", to="a"), default="a"), task()), "/nodes/0/cases/0/to", "ignored_field"),
    (flow(sleep("s", seconds=1)), "/nodes/0/seconds", "ignored_field"),
    (flow(awaited(request=call())), "/nodes/0/action/request", "callback_not_sent"),
    (flow(switch("s", case("a", ALWAYS), default="a"), task()), "/nodes/0/default", "unreachable_case"),
    (saga(step(up=call("http://x/{{payload}}{{x}}"))), "/steps/0/up/url", "unset_variable"),
    (saga(step(up=call(headers={"A": "{{prev.body}}"}))), "/steps/0/up/headers/A", "unset_variable"),
    (saga(step(), step("b", up=call(body={"x": "{{step.1.body}}"}))), "/steps/1/up/body/x", "unset_variable"),
    (
        saga(step(down=call(body="{{nodes.b.response.body}}")), step("b")),
        "/steps/0/down/body",
        "unset_variable",
    ),
    (saga(step(up=call(body="{{runtime.callback.url}}"))), "/steps/0/up/body", "unset_variable"),
    (
        saga(onFailureCallback=call(body='{"a": "{{nodes.c.response.body}}"}')),
        "/onFailureCallback/body",
        "unset_variable",
    ),
    (
        flow(switch("s", case("a", {"var": "x"}), default="a"), task()),
        "/nodes/0/cases/0/when",
        "unset_variable",
    ),
    (
        saga(step(down=call(body={"a": "{{nodes.a.response.body.id}}"}))),
        "/steps/0/down/body",
        "compensation_may_not_render",
    ),
    (saga(step(down=call("http://x/{{prev.body.id}}"))), "/steps/0/down/url", "compensation_may_not_render"),
]


@pytest.mark.parametrize(("tree", "pointer", "code"), WARNINGS)
def test_a_warning_has_its_code_at_its_pointer(tree: Json, pointer: str, code: str) -> None:
    assert warnings(tree) == [(pointer, code)]


def test_cases_behind_one_that_always_matches_are_never_taken() -> None:
    tree = flow(switch("s", case("a"), case("a", ALWAYS), case("a"), default="a"), task())
    assert warnings(tree) == [
        ("/nodes/0/cases/2", "unreachable_case"),
        ("/nodes/0/default", "unreachable_case"),
    ]


@pytest.mark.parametrize(
    "tree",
    [
        saga(),
        saga(failureHandling=RETRY),
        saga(failureHandling={**BACKOFF, "multiplier": 1, "jitterRatio": 1}),
        saga(failureHandling={**RETRY, "maxAttempts": 0, "delayMillis": 0}),
        saga(step(up=call(body=None, headers={}, successStatusCodes=[100, 599]))),
        saga(onSuccessCallback=None, onFailureCallback=None),
        saga(step("prüfen & buchen"), step("1"), step("-"), step("$x"), step("n" * 300)),
        flow(task(next=None, compensation=None, successStatusCodes=None)),
        flow(awaited(acceptedStatusCodes=[200, 202], callback={"timeoutMillis": 1, "successWhen": None})),
        flow(sleep("s", next="t"), task("t", next="u"), switch("u", case("s"), default="t")),
        flow(task(next="b", compensation=call()), task("b")),
        flow(switch("s", case("a", True), case("a", '"x"'), default="a"), task()) | {"name": "A.b-c_1"},
    ],
)
def test_what_trama_takes_is_taken(tree: Json) -> None:
    assert errors(tree) == []


def test_everything_is_told_at_once() -> None:
    tree = {
        "version": 1,
        "failureHandling": {"type": "retry", "delayMillis": -1},
        "entrypoint": "b",
        "nodes": [
            {"kind": "tsk", "id": "a"},
            task("a", request=call("x", headers={"A": "{{#s}}"})),
            switch("s", case("z", {"nope": 1})),
        ],
        "onFailureCallback": call("http://x/{{"),
    }
    assert sorted(errors(tree)) == [
        ("", "missing_field"),
        ("/entrypoint", "unknown_next"),
        ("/failureHandling", "missing_field"),
        ("/failureHandling/delayMillis", "out_of_range"),
        ("/nodes/0/kind", "invalid_value"),
        ("/nodes/1/action/request/headers/A", "unsupported_expression"),
        ("/nodes/1/action/request/url", "invalid_url"),
        ("/nodes/1/id", "duplicate_id"),
        ("/nodes/2", "missing_field"),
        ("/nodes/2/cases/0/target", "unknown_next"),
        ("/nodes/2/cases/0/when", "unknown_operator"),
        ("/onFailureCallback/url", "invalid_expression"),
        ("/version", "wrong_type"),
    ]


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (saga(descripton="x", onSucessCallback=call()), None),
        (saga(onSucessCallback=call()), "did you mean `onSuccessCallback`?"),
        (flow(task(next="notfy"), task("notify")), None),
        (saga(step(up=call(successStatusCode=[200]))), "did you mean `successStatusCodes`?"),
        (saga(step(up=call(verb="PSOT"))), "did you mean `POST`?"),
        (flow(task(), entrypoint="A"), "there is no node `A`"),
        (
            saga(step("reserve"), step("b", up=call(body="{{nodes.reserv.response.body}}"))),
            "did you mean `reserve`?",
        ),
        (saga(step(up=call(body="{{payload}} {{a}} {{b}}"))), "there is no `a` in a request"),
    ],
)
def test_a_message_names_the_word_that_was_meant(tree: Json, said: str | None) -> None:
    if said is not None:
        assert said in message(tree)
    else:
        assert len(check(tree).errors + check(tree).warnings) == 2


def test_a_document_is_not_larger_than_its_bound() -> None:
    tree = saga(*(step(f"s{index}") for index in range(3)))
    assert check(tree, DocumentBounds(nodes=3)).definition is not None
    report = check(tree, DocumentBounds(nodes=2))
    assert [(fault.pointer, fault.code) for fault in report.errors] == [("/steps", "too_many_nodes")]


def test_no_more_faults_are_looked_for_than_are_listed() -> None:
    tree = saga(*(step(f"s{index}", up=call(body=["{{#a}}"] * 20)) for index in range(200)))
    report = check(tree)
    assert len(report.errors) <= FAULTS_MAX + 1


def test_an_unsound_document_is_refused_before_it_is_read() -> None:
    assert errors(saga(failureHandling=RETRY, deep=float("nan"))) == [("/deep", "out_of_range")]

"""Documents of Trama run as they are, over HTTP, with what its own description promises."""

import json
from typing import Any

import msgspec
import pytest

from tests.e2e.trama_services import BROKEN, shop
from treadle.definition.trama import import_trama
from treadle.model.json import Json

pytestmark = pytest.mark.anyio

INPUT: Json = {"orderId": "ord-123", "amount": 99.5, "note": 'Tom & "J"'}
FIRST_VERSION = {"type": "retry", "maxAttempts": 3, "delayMillis": 1}


def saga(url: str) -> Json:
    """Version 1, with every text wrapped in an object, as its first examples were."""

    def call(path: str, body: str) -> Json:
        return {"url": {"value": f"{url}{path}"}, "verb": "POST", "body": {"value": body}}

    order = '{"orderId":"{{payload.orderId}}"}'
    return {
        "name": "order-saga",
        "version": "v1",
        "failureHandling": FIRST_VERSION,
        "steps": [
            {
                "name": "reserve stock",
                "up": call("/reserve", order),
                "down": call("/release", '{"orderId":"{{payload.orderId}}","of":"{{prev.body.id}}"}'),
            },
            {
                "name": "charge",
                "up": call(
                    "/charge",
                    '{"amount":"{{payload.amount}}","reservation":"{{step.0.up.body.id}}",'
                    '"again":"{{nodes.reserve stock.response.body.id}}","note":"{{{payload.note}}}"}',
                ),
                "down": call("/refund", order),
            },
            {
                "name": "ship",
                "up": call("/ship", '{"charge":"{{prev.body.id}}","coupon":"{{payload.coupon}}"}'),
                "down": call("/recall", order),
            },
        ],
        "onSuccessCallback": call("/done", '{"saga":"{{sagaId}}","name":"{{sagaName}} {{sagaVersion}}"}'),
        "onFailureCallback": call("/failed", '{"saga":"{{sagaId}}","step":"{{stepName}}","in":"{{phase}}"}'),
    }


def flow(url: str) -> Json:
    """Version 2 as its description gives it: an async step, then a sync one, and no `failureHandling`."""
    return {
        "name": "payment-flow",
        "version": "v1",
        "entrypoint": "authorize",
        "nodes": [
            {
                "kind": "task",
                "id": "authorize",
                "action": {
                    "mode": "async",
                    "request": {
                        "url": f"{url}/authorize",
                        "verb": "POST",
                        "body": {
                            "orderId": "{{payload.orderId}}",
                            "callbackUrl": "{{runtime.callback.url}}",
                            "callbackToken": "{{runtime.callback.token}}",
                        },
                    },
                    "acceptedStatusCodes": [202],
                    "callback": {"timeoutMillis": 30000},
                },
                "next": "capture",
            },
            {
                "kind": "task",
                "id": "capture",
                "action": {"mode": "sync", "request": {"url": f"{url}/capture", "verb": "POST"}},
            },
        ],
    }


def branching(url: str) -> Json:
    """Version 2 with all kinds of node: a check, a choice of two ways to pay, a sleep, and undoing."""

    def call(path: str, **body: Json) -> Json:
        return {"url": f"{url}{path}", "verb": "POST", "body": body}

    judged = {"or": [{"==": [{"var": "callback.body.status"}, "denied"]}, {"!": [{"var": "input.orderId"}]}]}
    return {
        "name": "checkout",
        "version": "v2",
        "failureHandling": {
            "type": "backoff",
            "maxAttempts": 1,
            "initialDelayMillis": 1,
            "maxDelayMillis": 5,
        },
        "entrypoint": "check",
        "nodes": [
            {
                "kind": "task",
                "id": "check",
                "action": {"mode": "sync", "request": call("/check")},
                "compensation": call("/uncheck", key="{{nodes.check.response.body.key}}"),
                "next": "how to pay?",
            },
            {
                "kind": "switch",
                "id": "how to pay?",
                "cases": [
                    {"name": "pix", "when": {"==": [{"var": "payload.method"}, "pix"]}, "target": "pix"},
                    {
                        "name": "rich",
                        "when": f'{{">": [{{"var": "prev.body.credit"}}, {10}]}}',
                        "target": "card",
                    },
                ],
                "default": "card",
            },
            {
                "kind": "task",
                "id": "pix",
                "action": {
                    "mode": "async",
                    "request": call(
                        "/pix", to="{{runtime.callback.url}}", token="{{runtime.callback.token}}"
                    ),
                    "callback": {"timeoutMillis": 30000, "failureWhen": judged},
                },
                "compensation": call("/unpix", receipt="{{prev.body.receipt}}"),
                "next": "rest",
            },
            {
                "kind": "task",
                "id": "card",
                "action": {"mode": "sync", "request": call("/card"), "successStatusCodes": [299]},
                "compensation": call("/uncard"),
                "next": "rest",
            },
            {"kind": "sleep", "id": "rest", "durationMillis": 5, "next": "notify"},
            {
                "kind": "task",
                "id": "notify",
                "action": {
                    "mode": "sync",
                    "request": call(
                        "/notify",
                        paid="{{prev.body.receipt}}",
                        second="{{step.1.name}}",
                        pix="{{nodes.pix.response.body.receipt}}",
                    ),
                },
            },
        ],
    }


def attempts(execution: dict[str, Any]) -> dict[str, int]:
    return {path: visit["attempt"] for path, visit in execution["nodes"].items()}


async def test_a_saga_completes_and_is_shown_as_it_was_written() -> None:
    async with shop() as (services, api):
        services.answers["/reserve"] = [(201, {"id": "r-1"})]
        services.answers["/charge"] = [(503, {}), (400, {}), (202, {"id": 7})]
        stored = await api.put(saga(services.url))
        assert stored["document"] == saga(services.url)
        assert [node["label"] for node in stored["graph"]["nodes"]] == ["reserve stock", None, None]
        assert (await api.get("/v1/definitions/order-saga/v1"))["document"] == saga(services.url)
        execution = await api.start("order-saga", INPUT)
    assert execution["status"] == "completed"
    # Three retries are four calls, and everything is tried again, a refusal as well.
    assert attempts(execution) == {"reserve_stock": 1, "charge": 3, "ship": 1}
    assert services.paths == ["/reserve", "/charge", "/charge", "/charge", "/ship", "/done"]
    reserve, charge, *_, ship, done = services.received
    assert reserve.body == {"orderId": "ord-123"}
    assert charge.body == {"amount": "99.5", "reservation": "r-1", "again": "r-1", "note": 'Tom & "J"'}
    assert ship.body == {"charge": "7", "coupon": ""}
    assert done.body == {"saga": execution["id"], "name": "order-saga v1"}
    assert charge.headers["idempotency-key"] == f"{execution['id']}/charge"


async def test_a_saga_that_fails_is_undone_newest_first() -> None:
    async with shop() as (services, api):
        services.answers["/reserve"] = [(200, {"id": "r-1"})]
        services.answers["/ship"] = [(409, {})]
        services.answers["/refund"] = [(500, {}), (500, {}), (500, {}), (200, {})]
        await api.put(saga(services.url))
        execution = await api.start("order-saga", INPUT)
    assert execution["status"] == "failed"
    assert (execution["failure"]["path"], execution["failure"]["code"]) == ("ship", "http_409")
    assert services.paths == [
        *("/reserve", "/charge", "/ship", "/ship", "/ship", "/ship"),
        *("/refund", "/refund", "/refund", "/refund", "/release", "/failed"),
    ]
    *_, release, failed = services.received
    assert release.body == {"orderId": "ord-123", "of": "r-1"}
    assert failed.body == {"saga": execution["id"], "step": "onFailureCallback", "in": "DOWN"}
    undone = {each["path"]: each["status"] for each in execution["compensations"]}
    assert undone == {"reserve_stock": "completed", "charge": "completed", "ship": "registered"}


async def test_an_undo_that_keeps_failing_is_tried_as_often_as_the_document_says_and_waits_for_a_person() -> (
    None
):
    async with shop() as (services, api):
        services.answers["/charge"] = [(409, {})]
        services.answers["/release"] = [(500, {})]
        await api.put(saga(services.url))
        execution = await api.start("order-saga", INPUT)
    assert execution["status"] == "stuck"
    assert services.paths.count("/release") == 4
    assert "/failed" not in services.paths


@pytest.mark.parametrize("way", ["by header", "by url", "by both"])
async def test_an_async_step_is_ended_by_a_callback_with_its_token(way: str) -> None:
    async with shop() as (services, api):
        services.answers["/authorize"] = [(202, {"accepted": True})]
        await api.put(flow(services.url))
        started = await api.start("payment-flow@v1", INPUT, wait_s=0)
        told = (await services.next_call("/authorize")).body
        assert told["orderId"] == "ord-123"
        url = f"{api.url}/v1/callbacks" if way == "by header" else told["callbackUrl"]
        headers = {} if way == "by url" else {"x_callback_token": told["callbackToken"]}
        assert await api.call_back(url, {"approved": True}, **headers) == 202
        execution = await api.ended(started["id"])
        assert await api.call_back(url, {"approved": True}, **headers) == 409
    assert execution["status"] == "completed"
    assert services.paths == ["/authorize", "/capture"]
    assert execution["nodes"]["authorize"]["output"] == {"approved": True}
    assert execution["definition"]["name"] == "payment-flow"


async def test_a_document_without_failure_handling_has_the_defaults_of_this_language() -> None:
    async with shop() as (services, api):
        services.answers["/authorize"] = [(400, {})]
        await api.put(flow(services.url))
        execution = await api.start("payment-flow", INPUT)
    assert execution["status"] == "failed"
    assert services.paths == ["/authorize"]


async def test_a_choice_is_made_by_the_input_and_the_callback_is_the_answer_of_its_step() -> None:
    async with shop() as (services, api):
        services.answers["/pix"] = [(202, {"receipt": "not this one"})]
        services.answers["/check"] = [(200, {"key": "k"})]
        drawn = (await api.put(branching(services.url)))["graph"]
        started = await api.start("checkout", {"method": "pix", "orderId": "o"}, wait_s=0)
        told = (await services.next_call("/pix")).body
        denied = {"status": "denied"}
        assert await api.call_back(told["to"], denied, x_callback_token=told["token"]) == 202
        again = (await services.next_call("/pix")).body
        assert again["token"] != told["token"]
        paid = {"status": "paid", "receipt": {"no": 5}}
        assert await api.call_back(again["to"], paid) == 202
        execution = await api.ended(started["id"])
    assert execution["status"] == "completed"
    assert execution["nodes"]["how_to_pay_"]["output"] == {"case": "pix", "value": None}
    assert services.received[-1].body == {"paid": '{"no":5}', "second": "pix", "pix": '{"no":5}'}
    assert ("how_to_pay_", "how to pay?") in [(node["id"], node["label"]) for node in drawn["nodes"]]
    assert {(edge["from"], edge["to"], edge["label"], edge["kind"]) for edge in drawn["edges"]} == {
        ("check", "how_to_pay_", None, "next"),
        ("how_to_pay_", "pix", "pix", "case"),
        ("how_to_pay_", "card", "rich", "case"),
        ("how_to_pay_", "card", "default", "default"),
        ("pix", "rest", None, "next"),
        ("card", "rest", None, "next"),
        ("rest", "notify", None, "next"),
    }


async def test_only_the_branch_that_was_taken_is_undone() -> None:
    async with shop() as (services, api):
        services.answers["/check"] = [(200, {"key": "k", "credit": 11})]
        services.answers["/card"] = [(200, {}), (299, {})]
        services.answers["/notify"] = [(500, {})]
        execution = await api.start({"document": branching(services.url)}, {"method": "card"})
    assert execution["status"] == "failed"
    assert execution["nodes"]["how_to_pay_"]["output"]["case"] == "rich"
    assert services.paths == ["/check", "/card", "/card", "/notify", "/notify", "/uncard", "/uncheck"]
    assert services.received[-1].body == {"key": "k"}


async def test_an_undo_that_needs_an_answer_that_nobody_has_waits_for_a_person() -> None:
    async with shop() as (services, api):
        services.answers["/reserve"] = [(BROKEN, None)]
        document = saga(services.url) | {"failureHandling": {**FIRST_VERSION, "maxAttempts": 0}}
        execution = await api.start({"document": document}, INPUT)
    assert execution["status"] == "stuck"
    assert services.paths == ["/reserve"]
    (owed,) = (each for each in execution["compensations"] if each["path"] == "reserve_stock")
    assert owed["error"]["code"] == "compensation_needs_response"


def rounds(url: str) -> Json:
    """A graph that goes round: `p` and `q` say themselves where it goes on."""

    def asked(node: str, next_: str | None = None) -> Json:
        body = {"before": "{{prev.body.v}}", "p": "{{nodes.p.response.body.v}}"}
        request = {"url": f"{url}/{node}", "verb": "POST", "body": body}
        return {"kind": "task", "id": node, "action": {"mode": "sync", "request": request}, "next": next_}

    def chosen(node: str, **targets: str) -> Json:
        cases = [{"when": {"==": [{"var": "prev.body.go"}, go]}, "target": to} for go, to in targets.items()]
        return {"kind": "switch", "id": node, "cases": cases, "default": "n"}

    return {
        "name": "rounds",
        "version": "1",
        "entrypoint": "p",
        "nodes": [asked("p", "s"), chosen("s", q="q"), asked("q", "t"), chosen("t", p="p"), asked("n")],
    }


async def test_in_a_graph_that_goes_round_the_step_before_is_the_last_one_that_was_taken() -> None:
    async with shop() as (services, api):
        services.answers["/p"] = [(200, {"v": "p1", "go": "q"}), (200, {"v": "p2", "go": "n"})]
        services.answers["/q"] = [(200, {"v": "q1", "go": "p"})]
        execution = await api.start({"document": rounds(services.url)}, {})
    assert execution["status"] == "completed"
    assert services.paths == ["/p", "/q", "/p", "/n"]
    # What a step itself answered before is gone when it is asked again: only its newest visit is kept.
    assert [call.body for call in services.received] == [
        {"before": "", "p": ""},
        {"before": "p1", "p": "p1"},
        {"before": "q1", "p": ""},
        {"before": "p2", "p": "p2"},
    ]


@pytest.mark.parametrize("fails", ["nothing", "/ship", "/charge"])
async def test_an_imported_document_asks_for_the_same(fails: str) -> None:
    asked = []
    for is_imported in (False, True):
        async with shop() as (services, api):
            services.answers["/reserve"] = [(200, {"id": "r-1"})]
            services.answers["/charge"] = [(200, {"id": 7})]
            services.answers[fails] = [(500, {})]
            written = saga("http://services")
            if is_imported:
                written = import_trama(written).document
            document = json.loads(json.dumps(written).replace("http://services", services.url))
            execution = await api.start({"document": document}, INPUT)
        assert execution["status"] == ("completed" if fails == "nothing" else "failed")
        saw = json.dumps([msgspec.to_builtins((call.path, call.body)) for call in services.received])
        asked.append(saw.replace(execution["id"], "the execution"))
    assert asked[0] == asked[1]


async def test_every_fault_of_a_document_is_told_with_its_place() -> None:
    async with shop() as (services, api):
        document = {**branching(services.url), "entrypoint": "chekc"}
        document["nodes"][1]["cases"][0]["target"] = "pixx"
        report = await api.validate(document)
    assert not report["valid"]
    assert [(fault["pointer"], fault["code"]) for fault in report["errors"]] == [
        ("/entrypoint", "unknown_next"),
        ("/nodes/1/cases/0/target", "unknown_next"),
    ]

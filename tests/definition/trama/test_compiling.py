"""What a compiled Trama document asks for, in one state or another."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from tests.definition.trama.documents import (
    RETRY,
    awaited,
    call,
    case,
    flow,
    read,
    saga,
    sleep,
    step,
    switch,
    task,
)
from tests.expressions.roots import FakeRoots
from treadle.definition.compile import compile_definition
from treadle.model.definition import HandlerActivity
from treadle.model.expression import ExpressionError
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.program import ROOT_BODY, ActivityPlan, Body, Program, SleepNode, SwitchNode, TaskNode
from treadle.model.requests import Hole, HoledText, HttpRequest

INPUT: Json = {"id": 'o "1"', "n": 5}


def compiled(tree: Json) -> Program:
    return compile_definition(read(tree))


def node(program: Program, name: str) -> TaskNode:
    found = program.nodes[NodeId(name)]
    assert isinstance(found, TaskNode)
    return found


def asked(plan: ActivityPlan | None, nodes: Mapping[str, Mapping[str, Json]] | None = None) -> HttpRequest:
    """What a plan asks for."""
    assert plan is not None
    request = plan.render(FakeRoots(nodes or {}, input=INPUT, execution={"id": "e"}))
    assert isinstance(request, HttpRequest)
    return request


def test_a_sequence_runs_in_its_order_in_a_scope() -> None:
    program = compiled(saga(step("a b"), step("c"), failureHandling=RETRY))
    assert program.bodies == {ROOT_BODY: Body(start=NodeId("a_b"), is_scope=True)}
    assert [(one.id, one.next) for one in program.nodes.values()] == [("a_b", "c"), ("c", None)]
    first = node(program, "a_b")
    assert (first.activity.retry.max_attempts, first.activity.timeout_ms) == (3, 10_000)
    assert first.compensation is not None
    assert first.compensation.activity.retry.max_attempts == 3
    assert first.compensation.unknown is None


def test_a_graph_runs_as_its_nodes_say() -> None:
    program = compiled(
        flow(switch("s", case("a", name="x"), default="z"), task(next="z"), sleep("z"), entrypoint="s")
    )
    chosen, _, slept = program.nodes.values()
    assert program.bodies[ROOT_BODY].start == "s"
    assert isinstance(chosen, SwitchNode)
    assert [(one.name, one.next, one.body) for one in chosen.cases] == [("x", "a", None)]
    assert chosen.cases[0].when(FakeRoots(input={"a": 1})) is True
    assert (chosen.default_next, chosen.next, node(program, "a").next) == ("z", None, "z")
    assert isinstance(slept, SleepNode)
    assert slept.duration_ms is not None
    assert slept.duration_ms(FakeRoots()) == 5


def test_a_call_is_asked_for_with_its_texts_rendered() -> None:
    body = '{"id": "{{payload.id}}", "n": ["{{payload.n}}"]}'
    up = call("http://x/{{payload.id}}", "PUT", headers={"X-Id": "{{payload.n}}"}, body=body)
    request = asked(node(compiled(saga(step(up=up))), "a").activity)
    assert request == HttpRequest(
        method="PUT",
        url="http://x/o%20%221%22",
        headers={"X-Id": "5"},
        body={"id": 'o "1"', "n": ["5"]},
        success=("200", "202", "204"),
    )


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("{{payload.n}}", "5"),
        ('{"n": {{payload.n}}}', '{"n": 5}'),
        ({"{{payload.n}}": 1}, '{"5":1}'),
        (None, None),
        (7, 7),
    ],
)
def test_what_is_no_json_before_it_is_rendered_is_sent_as_text(body: Json, sent: Json) -> None:
    assert asked(node(compiled(saga(step(up=call(body=body)))), "a").activity).body == sent


def test_a_call_with_nothing_in_it_is_made_once() -> None:
    plan = node(compiled(saga(step(up=call(body={"a": 1})))), "a").activity
    assert asked(plan) is asked(plan)


def test_an_async_call_has_places_for_what_is_filled_in_at_sending() -> None:
    body = {"to": "{{runtime.callback.url}}", "token": "t={{{runtime.callback.token}}}"}
    tree = flow(awaited(request=call("http://x/?t={{runtime.callback.token}}", body=body)))
    request = asked(node(compiled(tree), "a").activity)
    url, token = (Hole(root="callback", name=name) for name in ("url", "token"))
    assert request.body == {"to": None, "token": None}
    assert request.holes == (
        HoledText(pointer="/url", parts=("http://x/?t=", replace(token, is_encoded=True))),
        HoledText(pointer="/body/to", parts=(url,)),
        HoledText(pointer="/body/token", parts=("t=", token)),
    )


def test_a_callback_is_judged_by_its_conditions() -> None:
    callback = {
        "timeoutMillis": 7,
        "failureWhen": {"==": [{"var": "callback.body.status"}, "denied"]},
        "successWhen": {"==": [{"var": "callback.body.id"}, {"var": "input.id"}]},
    }
    plan = node(compiled(flow(awaited(callback=callback))), "a").callback
    assert plan is not None
    assert plan.timeout_ms == 7
    assert plan.fail_when is not None
    assert plan.success_when is not None
    answer = FakeRoots(input={"id": 1}, body={"status": "denied", "id": 1}, headers={})
    assert plan.fail_when(answer) is True
    assert plan.success_when(answer) is True
    assert plan.fail_when(FakeRoots(input={}, body=None)) is False
    plain = node(compiled(flow(awaited())), "a").callback
    assert plain is not None
    assert (plain.success_when, plain.fail_when) == (None, None)


def test_an_undo_looks_from_its_own_step() -> None:
    down = call(body="{{stepName}} {{phase}} {{prev.body.id}} {{nodes.a.response.body.id}}")
    undo = node(compiled(saga(step("a"), step("b c", down=down))), "b_c").compensation
    assert undo is not None
    answers = {"a": {"output": {"id": 1}, "closed": 3}, "b_c": {"output": {"id": 2}}}
    assert asked(undo.activity, answers).body == "b c DOWN 2 1"
    with pytest.raises(ExpressionError, match="the answer of `b c` is not known"):
        asked(undo.activity, {"a": answers["a"]})


def test_hooks_look_back_on_all_steps() -> None:
    body = "{{stepName}} {{phase}} {{prev.body}} {{nodes.a.response.body}}{{step.1.name}}"
    hooks = {"onSuccessCallback": call(body=body), "onFailureCallback": call(body=body)}
    program = compiled(flow(task(next="b"), task("b"), **hooks))
    answers = {"a": {"output": "A", "closed": 3}, "b": {"output": "B", "closed": 9}}
    assert asked(program.on_success, answers).body == "onSuccessCallback UP B Ab"
    assert asked(program.on_failure, answers).body == "onFailureCallback DOWN B Ab"
    assert asked(program.on_failure, {"a": answers["a"]}).body == "onFailureCallback DOWN A A"
    assert program.on_cancel is None


def test_a_definition_of_that_dialect_has_no_other_activities() -> None:
    definition = read(saga())
    (first,) = definition.body.nodes
    body = replace(definition.body, nodes=(replace(first, activity=HandlerActivity(name="h")),))
    with pytest.raises(TypeError, match="no activity such as"):
        compile_definition(replace(definition, body=body))

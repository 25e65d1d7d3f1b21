"""A Trama document in this language: what it comes to, and what is said of what has no equal."""

import pytest

from tests.definition.trama.documents import (
    RETRY,
    awaited,
    call,
    case,
    flow,
    saga,
    sleep,
    step,
    switch,
    task,
)
from tests.expressions.roots import FakeRoots
from treadle.definition.compile import compile_definition
from treadle.definition.read import check, read_definition
from treadle.definition.trama import Imported, import_trama
from treadle.definition.trama.remarks import REMARKS
from treadle.model.errors import Rejected
from treadle.model.json import Json
from treadle.model.program import SwitchNode, TaskNode
from treadle.model.requests import HttpRequest

AS_TEXT = '{{ "" }}'


def imported(tree: Json) -> Imported:
    """It, once it is known to be accepted."""
    found = import_trama(tree)
    assert check(found.document).errors == ()
    assert {remark.code for remark in found.remarks} <= REMARKS.keys()
    return found


def remarks(tree: Json) -> list[tuple[str, str]]:
    """Those about places."""
    return [(one.pointer, one.code) for one in imported(tree).remarks if one.pointer]


def body_of(written: Json, *steps: Json) -> Json:
    """What the body of the last step becomes."""
    document = imported(saga(*steps, step("last", up=call(body=written)))).document
    return document["steps"][-1]["http"]["body"]


def url_of(written: Json) -> Json:
    return imported(saga(step(up=call(written)))).document["steps"][0]["http"]["url"]


def test_a_sequence_stays_one() -> None:
    tree = saga(
        step("a b", up=call("http://x/up"), down=call("http://x/down", "DELETE")),
        failureHandling=RETRY,
        onSuccessCallback=call("http://x/done"),
        onFailureCallback=call("http://x/failed", "GET"),
    )
    found = imported(tree)
    assert found.remarks == ()
    up = {"method": "POST", "url": "http://x/up", "success": ["200", "201", "202"]}
    down = {"method": "DELETE", "url": "http://x/down", "success": ["200", "202", "204"]}
    policy = {"initial": "500ms", "multiplier": 1.0, "max": "500ms", "jitter": 0.0, "on": ["all"]}
    assert found.document == {
        "name": "d",
        "version": "1",
        "defaults": {"retry": {"max_attempts": 3, **policy}},
        "steps": [
            {
                "id": "a_b",
                "label": "a b",
                "kind": "task",
                "http": up,
                "compensate": {"http": down, "retry": {"max_attempts": 3}},
            }
        ],
        "on_success": {"http": {**up, "url": "http://x/done"}},
        "on_failure": {"http": {"method": "GET", "url": "http://x/failed", "success": ["200"]}},
    }
    native = read_definition(found.document)
    read = read_definition(tree)
    assert native.body == read.body
    assert (native.on_success, native.on_failure) == (read.on_success, read.on_failure)


def test_a_graph_stays_one() -> None:
    condition = {"==": [{"var": "callback.body.ok"}, {"var": "input.ok"}]}
    tree = flow(
        awaited(next="s", callback={"timeoutMillis": 90_000, "failureWhen": condition, "successWhen": True}),
        switch("s", case("z", name="x"), case("z", name="x"), default="b"),
        sleep("z", durationMillis=3_600_000, next="b"),
        task("b"),
    )
    assert imported(tree).document["nodes"] == [
        {
            "id": "a",
            "kind": "task",
            "mode": "async",
            "callback": {
                "timeout": "90s",
                "success_when": {"!!": [True]},
                "fail_when": {"==": [{"var": "body.ok"}, {"var": "input.ok"}]},
            },
            "http": {
                "method": "POST",
                "url": "http://x/y",
                "body": "{{ callback.url }}",
                "success": ["202"],
            },
            "next": "s",
        },
        {
            "id": "s",
            "kind": "switch",
            "cases": [
                {"when": {"var": "input.a"}, "name": "x", "next": "z"},
                {"when": {"var": "input.a"}, "next": "z"},
            ],
            "default": "b",
        },
        {"id": "z", "kind": "sleep", "for": "1h", "next": "b"},
        {
            "id": "b",
            "kind": "task",
            "http": {"method": "POST", "url": "http://x/y", "success": ["200", "201", "202"]},
        },
    ]
    assert imported(tree).document["start"] == "a"


@pytest.mark.parametrize(
    ("written", "native"),
    [
        ("{{payload.id}}", '{{ input.?id.orValue("") }}' + AS_TEXT),
        ("{{payload.of.a-b.c}}", '{{ input.?of[?"a-b"].?c.orValue("") }}' + AS_TEXT),
        ("{{payload}}", "{{ input }}" + AS_TEXT),
        ("no {{{payload.id}}}!", 'no {{ input.?id.orValue("") }}!'),
        ("{{sagaId}}", "{{ execution.id }}"),
        ("{{sagaName}} {{sagaVersion}} {{stepName}} {{phase}}", "d 1 last UP"),
        ("{{! said }}plain", "plain"),
        ("{{prev.body.v}}", '{{ nodes.a.?output.?v.orValue("") }}' + AS_TEXT),
        ("{{step.0.body.v}}", '{{ nodes.a.?output.?v.orValue("") }}' + AS_TEXT),
        ("{{nodes.a.response.body}}", '{{ nodes.a.?output.orValue("") }}' + AS_TEXT),
        ({"a": "plain", "b": None}, {"a": "plain", "b": None}),
        ({"a": ["{{payload.id}}", 1]}, {"a": ['{{ input.?id.orValue("") }}' + AS_TEXT, 1]}),
        ('{"a": {{payload.n}}}', '{"a": {{ input.?n.orValue("") }}}'),
        ({"{{payload.k}}": 1}, '{"{{ input.?k.orValue("") }}":1}'),
    ],
)
def test_what_may_be_missing_stays_empty_text(written: Json, native: Json) -> None:
    assert body_of(written, step("a")) == native


def test_a_node_with_a_hyphen_is_read_by_its_name_in_quotes() -> None:
    assert body_of("{{prev.body}}", step("pay-1")) == '{{ nodes["pay-1"].?output.orValue("") }}' + AS_TEXT


def test_an_undo_needs_the_answer_of_its_own_step_here_as_well() -> None:
    tree = saga(step("a", down=call(body={"id": "{{prev.body.id}}"})))
    undo = imported(tree).document["steps"][0]["compensate"]["http"]
    assert undo["body"] == {"id": '{{ nodes.a.output.?id.orValue("") }}' + AS_TEXT}


def test_braces_in_a_name_are_no_template() -> None:
    name = "a {{b}} {"
    document = imported(saga(step(name, up=call(body="{{stepName}}{{payload.id}}")))).document
    program = compile_definition(read_definition(document))
    (node,) = program.nodes.values()
    assert isinstance(node, TaskNode)
    request = node.activity.render(FakeRoots(input={"id": 5}))
    assert isinstance(request, HttpRequest)
    assert request.body == f"{name}5"


@pytest.mark.parametrize(
    ("written", "native"),
    [
        (
            "http://x/{{payload.id}}?of={{payload.n}}",
            'http://x/{{ input.?id.orValue("") }}?of={{ input.?n.orValue("") }}',
        ),
        ("{{payload.url}}", '{{ input.?url.orValue("") }}'),
        ("{{payload.base}}/x", '{{ string(input.?base.orValue("")) + "/x" }}'),
        ("http://x/{{{payload.id}}}", '{{ "http://x/" + string(input.?id.orValue("")) }}'),
        ("http://x/{{stepName}}/{{sagaId}}", "http://x/a/{{ execution.id }}"),
    ],
)
def test_a_url_is_encoded_where_it_was(written: str, native: str) -> None:
    assert url_of(written) == native


def test_braces_in_a_name_are_no_template_in_a_url_either() -> None:
    up = call("{{payload.base}}/{{{stepName}}}")
    document = imported(saga(step('a "{{b}}" c', up=up))).document
    (node,) = compile_definition(read_definition(document)).nodes.values()
    assert isinstance(node, TaskNode)
    request = node.activity.render(FakeRoots(input={"base": "http://x"}))
    assert isinstance(request, HttpRequest)
    assert request.url == 'http://x/a "{{b}}" c'


@pytest.mark.parametrize(
    ("written", "native"),
    [
        ("fixed", "fixed"),
        ("Bearer {{payload.id}}", 'Bearer {{ input.?id.orValue("") }}'),
        ("{{runtime.callback.token}}", "{{ callback.token }}"),
    ],
)
def test_a_header_stays_text(written: str, native: str) -> None:
    request = call(body="{{runtime.callback.url}}", headers={"A": written})
    document = imported(flow(awaited(request=request))).document
    assert document["nodes"][0]["http"]["headers"] == {"A": native}


def test_a_name_that_stands_in_a_url_is_encoded() -> None:
    assert (
        imported(saga(step("a b/c", up=call("http://x/{{stepName}}")))).document["steps"][0]["http"]["url"]
        == "http://x/a%20b%2Fc"
    )


def test_what_was_last_of_several_is_read_from_the_later_one_first() -> None:
    prev = {"==": [{"var": ["prev.body.v", 0]}, 1]}
    tree = flow(
        task("a", next="s"),
        switch("s", case("b"), default="t"),
        task("b", next="t"),
        switch("t", case("c", prev), default="c"),
        task("c", request=call(body="{{prev.body.v}}")),
    )
    nodes = imported(tree).document["nodes"]
    assert nodes[4]["http"]["body"] == '{{ nodes.b.?output.or(nodes.a.?output).?v.orValue("") }}' + AS_TEXT
    a, b = ({"var": [f"nodes.{node}.output.v", 0]} for node in "ab")
    chosen = {"if": [{"==": [{"var": "nodes.b.status"}, "completed"]}, b, a]}
    assert nodes[3]["cases"][0]["when"] == {"==": [chosen, 1]}
    switched = compile_definition(read_definition(imported(tree).document)).nodes["t"]
    assert isinstance(switched, SwitchNode)
    for done, value in (({"a": 1}, True), ({"a": 2, "b": 1}, True), ({"a": 1, "b": 2}, False)):
        seen = {node: {"status": "completed", "output": {"v": v}} for node, v in done.items()}
        assert switched.cases[0].when(FakeRoots(seen)) is value


@pytest.mark.parametrize(
    ("rule", "native"),
    [
        ({"var": "payload.id"}, {"var": "input.id"}),
        ({"var": ["input.id", 5]}, {"var": ["input.id", 5]}),
        ({"!": {"var": "nodes.a.response.body.x"}}, {"!": {"var": "nodes.a.output.x"}}),
        ({"var": "gone"}, {"!!": [None]}),
        ({"==": [{"var": ["gone", 1]}, 1]}, {"==": [1, 1]}),
        ({"missing": ["payload.id", "gone"]}, {"missing": ["input.id", "execution.id.gone"]}),
        ({"missing": "payload.id"}, {"missing": ["input.id"]}),
        ({"missing_some": [1, ["payload.id"]]}, {"missing_some": [1, ["input.id"]]}),
        ({"missing": [{"if": [True, "x"]}, "input.a"]}, {"missing": ["execution.id", "input.a"]}),
        ({"missing": []}, {"missing": []}),
        ({"missing": [["payload.id"]]}, {"missing": ["input.id"]}),
        ({"val": ["prev", "body", "x"]}, {"var": "nodes.a.output.x"}),
        (
            {"some": [{"var": "payload.tags"}, {"==": [{"var": "payload"}, "x"]}]},
            {"some": [{"var": "input.tags"}, {"==": [{"var": "payload"}, "x"]}]},
        ),
        (
            {"reduce": [{"var": "payload.l"}, {"var": "current"}, {"var": "payload.n"}]},
            {"reduce": [{"var": "input.l"}, {"var": "current"}, {"var": "input.n"}]},
        ),
        ('{"var": "payload.id"}', {"var": "input.id"}),
        (False, {"!!": [False]}),
    ],
)
def test_a_condition_reads_by_the_paths_of_this_language(rule: Json, native: Json) -> None:
    tree = flow(task(next="s"), switch("s", case("b", rule), default="b"), task("b"))
    assert imported(tree).document["nodes"][1]["cases"][0]["when"] == native


@pytest.mark.parametrize(
    ("tree", "pointer", "code"),
    [
        (saga(step(up=call(body={"a": "{{payloda.x}}"}))), "/steps/0/up/body/a", "never_set"),
        (saga(step(up=call(body='{"a": "{{x}}"}'))), "/steps/0/up/body", "never_set"),
        (saga(step(up=call(body="{{steps}}"))), "/steps/0/up/body", "no_equal"),
        (saga(step(), step("b", up=call(body="{{nodes.a}}"))), "/steps/1/up/body", "no_equal"),
        (saga(step(up=call(body="{{payload.l.0.x}}"))), "/steps/0/up/body", "read_as_index"),
        (saga(step(up=call("http://x/{{{payload.a}}}"))), "/steps/0/up/url", "one_expression"),
        (
            flow(awaited(request=call("{{payload.base}}/{{runtime.callback.token}}"))),
            "/nodes/0/action/request/url",
            "encoded",
        ),
        (
            flow(task(next="s"), switch("s", case("a", {"var": "prev"}), default="b"), task("b")),
            "/nodes/1/cases/0/when",
            "no_equal",
        ),
        (
            saga(step("a\nb", up=call(headers={"A": "{{stepName}}"}))),
            "/steps/0/up/headers/A",
            "put_in_one_line",
        ),
    ],
)
def test_what_has_no_equal_is_said_with_its_place(tree: Json, pointer: str, code: str) -> None:
    assert remarks(tree) == [(pointer, code)]


def test_in_a_graph_that_goes_round_nobody_can_tell_here_what_was_last() -> None:
    tree = flow(
        task("a", next="s"),
        switch("s", case("b"), default="c"),
        task("b", next="t"),
        switch("t", case("a"), default="c"),
        task("c", request=call(body="{{prev.body.v}}")),
    )
    assert remarks(tree) == [("/nodes/4/action/request/body", "no_equal")]


def test_what_is_true_of_the_whole_document_is_said_once() -> None:
    body = {"a": "{{payload.x}}", "b": "{{payload.y}}"}
    found = imported(saga(step(up=call(body=body)), step("b", up=call(body=body))))
    assert [(one.pointer, one.code) for one in found.remarks] == [
        ("", "null_prints_as_null"),
        ("", "kept_as_text"),
    ]
    inside = imported(saga(step(up=call(body="{{payload.of.a}}!"))))
    assert [one.code for one in inside.remarks] == ["null_prints_as_null", "fails_inside_text"]


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        (saga(step(up=call("ftp://x"))), "invalid_url"),
        (saga(x=float("nan")), "out_of_range"),
        (saga(step(up=call(body="{{payload.abcdefgh}}" * 200))), "expression_too_long"),
        (
            {"name": "d", "version": "1", "steps": [{"id": "a", "kind": "task", "handler": "h"}]},
            "missing_field",
        ),
        ([], "wrong_type"),
    ],
)
def test_what_cannot_be_written_here_is_refused_with_its_faults(tree: Json, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        import_trama(tree)
    assert refused.value.code == "invalid_definition"
    assert code in {fault.code for fault in refused.value.errors}


def test_a_condition_that_grows_too_long_is_refused() -> None:
    nodes = [task("n0", next="s0")]
    for index in range(60):
        following = f"n{index + 1}"
        nodes.append(switch(f"s{index}", case(following), default="end"))
        nodes.append(task(following, next=f"s{index + 1}" if index < 59 else "end"))
    nodes.append(switch("end", case("z", {"==": [{"var": "prev.body.v"}, 1]}), default="z"))
    tree = flow(*nodes, sleep("z"))
    assert check(tree).errors == ()
    with pytest.raises(Rejected) as refused:
        import_trama(tree)
    assert [fault.code for fault in refused.value.errors] == ["expression_too_long"]

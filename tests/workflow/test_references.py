"""References print as templates, and Python's operators over them write JSON Logic."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from tests.workflow.writing import assert_says, misuse, refused, sequence
from treadle.definition.read import check
from treadle.model.json import Json
from treadle.workflow import (
    Node,
    Workflow,
    body,
    callback,
    cel,
    execution,
    failure,
    handler,
    headers,
    http,
    in_,
    index,
    input_,
    item,
    same,
    secrets,
    status,
    this,
    undo,
    vars_,
)
from treadle.workflow.own import named

pytestmark = pytest.mark.filterwarnings("ignore::treadle.workflow.errors.WorkflowWarning")


@pytest.fixture
def charge() -> Node:
    return sequence().task("pay-auth", handler("h"))


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (input_, "input"),
        (input_.order.lines[0].sku, "input.order.lines[0].sku"),
        (input_["order"]["the-key"], 'input.order["the-key"]'),
        (input_["_hidden"], "input._hidden"),
        (input_['say "it"\\'], r'input["say \"it\"\\"]'),
        (input_["a}}b"], 'input["a}}b"]'),
        (input_["ünï"], 'input["ünï"]'),
        (vars_.region, "vars.region"),
        (item.sku, "item.sku"),
        (index, "index"),
        (body.items, "body.items"),
        (status, "status"),
        (headers["content-type"], 'headers["content-type"]'),
        (secrets.token, "secrets.token"),
        (execution.id, "execution.id"),
        (execution.business_key, "execution.business_key"),
        (execution.run, "execution.run"),
        (execution.started_at, "execution.started_at"),
        (failure, "failure"),
        (failure.kind, "failure.kind"),
        (failure.code, "failure.code"),
        (failure.message, "failure.message"),
        (failure.path, "failure.path"),
        (failure.attempt, "failure.attempt"),
        (callback.url, "callback.url"),
        (callback.token, "callback.token"),
    ],
)
def test_a_reference_prints_as_the_template_that_reads_it(read: object, path: str) -> None:
    assert str(read) == f"{{{{ {path} }}}}"
    assert f"a {read} b" == f"a {{{{ {path} }}}} b"


def test_a_node_is_read_by_its_fields(charge: Node) -> None:
    assert str(charge.output) == "{{ nodes.pay-auth.output }}"
    assert str(charge.output.items[1]["a b"]) == '{{ nodes.pay-auth.output.items[1]["a b"] }}'
    assert str(charge.response.headers["x-id"]) == '{{ nodes.pay-auth.response.headers["x-id"] }}'
    assert str(charge.response.status) == "{{ nodes.pay-auth.response.status }}"
    assert str(charge.response.body.id) == "{{ nodes.pay-auth.response.body.id }}"
    assert str(charge.status) == "{{ nodes.pay-auth.status }}"
    assert str(charge.attempts) == "{{ nodes.pay-auth.attempts }}"
    assert str(charge.idempotency_key) == "{{ nodes.pay-auth.idempotency_key }}"
    assert charge.id == "pay-auth"


def test_in_cel_a_reference_is_written_as_cel_writes_it(charge: Node) -> None:
    assert f"{charge.output.id:cel}" == 'nodes["pay-auth"].output.id'
    assert f"{input_.lines[0]['in']:cel}" == 'input.lines[0]["in"]'
    assert str(cel(f"size({input_.lines:cel}) > 1")) == "{{ size(input.lines) > 1 }}"


NAME = {"var": "input.name"}
A, B = {"var": "input.a"}, {"var": "input.b"}


@pytest.mark.parametrize(
    ("condition", "logic"),
    [
        (input_.name == "eu", {"==": [NAME, "eu"]}),
        (input_.name == None, {"==": [NAME, None]}),  # noqa: E711 - what is written, not what is asked
        ("eu" == input_.name, {"==": [NAME, "eu"]}),  # noqa: SIM300 - the other way round
        (input_.name != input_.a, {"!=": [NAME, A]}),
        (input_.a < 1, {"<": [A, 1]}),
        (1 < input_.a, {">": [A, 1]}),  # noqa: SIM300 - the other way round
        (input_.a <= 1.5, {"<=": [A, 1.5]}),
        (input_.a > input_.b, {">": [A, B]}),
        (input_.a >= 1, {">=": [A, 1]}),
        (~input_.a, {"!": [A]}),
        ((input_.a > 1) & input_.b, {"and": [{">": [A, 1]}, B]}),
        (input_.a & input_.b & ~input_.name, {"and": [A, B, {"!": [NAME]}]}),
        (input_.a & (input_.b & input_.name), {"and": [A, {"and": [B, NAME]}]}),
        (input_.a | input_.b | (input_.a & input_.b), {"or": [A, B, {"and": [A, B]}]}),
        (True & input_.a, {"and": [True, A]}),
        (False | input_.a, {"or": [False, A]}),
        (input_.a + 1 > 2 * input_.b, {">": [{"+": [A, 1]}, {"*": [2, B]}]}),
        (1 + input_.a, {"+": [1, A]}),
        (input_.a - 1, {"-": [A, 1]}),
        (1 - input_.a, {"-": [1, A]}),
        (input_.a * input_.b, {"*": [A, B]}),
        (input_.a / 2, {"/": [A, 2]}),
        (2 / input_.a, {"/": [2, A]}),
        (input_.a % 2, {"%": [A, 2]}),
        (7 % input_.a, {"%": [7, A]}),
        (in_(input_.name, ["eu", input_.a]), {"in": [NAME, ["eu", A]]}),
        (in_("e", input_.name), {"in": ["e", NAME]}),
        (same(input_.a, 1), {"===": [A, 1]}),
        (input_.name == {"cat": [input_.a, "x"]}, {"==": [NAME, {"cat": [A, "x"]}]}),
        (input_.lines[0].sku == "a", {"==": [{"var": "input.lines.0.sku"}, "a"]}),
        (input_["a.b"].c, {"val": ["input", "a.b", "c"]}),
        ({"if": [input_.a, True, (input_.b > 1)]}, {"if": [A, True, {">": [B, 1]}]}),
    ],
)
def test_what_operators_write(condition: Any, logic: Json) -> None:
    w = sequence()
    w.task("a", handler("h"), when=condition)
    assert_says(w, {"id": "a", "kind": "task", "handler": "h", "when": logic})


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("input.a > 1", "input.a > 1"),
        (cel("has(input.a)"), "has(input.a)"),
        (cel(f"size({input_.lines:cel}) > 3"), "size(input.lines) > 3"),
    ],
)
def test_a_condition_in_text_is_cel(condition: Any, text: str) -> None:
    w = sequence()
    w.task("a", handler("h"), when=condition)
    assert_says(w, {"id": "a", "kind": "task", "handler": "h", "when": text})


def test_an_expression_of_cel_is_more_than_a_path() -> None:
    w = sequence()
    a = w.task("pay-auth", handler("h"))
    w.task("b", handler("h", input=cel(f"{a.output.lines:cel}.filter(line, line.quantity > 0)")))
    given = '{{ nodes["pay-auth"].output.lines.filter(line, line.quantity > 0) }}'
    assert w.document()["steps"][1]["handler"]["input"] == given
    assert repr(cel("1 + 1")) == "cel('1 + 1')"


def test_a_node_is_compared_by_its_path(charge: Node) -> None:
    assert repr(charge.output.amount > 100) == "Logic({'>': [{'var': 'nodes.pay-auth.output.amount'}, 100]})"


def test_a_text_in_braces_is_a_template_and_not_a_reference() -> None:
    w = sequence()
    w.task("a", handler("h", input=f"{input_.a}{input_.b}"))
    given = {"name": "h", "input": "{{ input.a }}{{ input.b }}"}
    assert_says(w, {"id": "a", "kind": "task", "handler": given})


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda: bool(input_.a), "no value before an execution runs"),
        (lambda: input_.a and input_.b, "write `&`, `|`, `~`"),
        (lambda: not input_.a, "write `&`, `|`, `~`"),
        (lambda: 1 < input_.a < 3, "(a < b) & (b < c)"),
        (lambda: input_.a in ["x"], "`in_(a, b)` instead of `a in b`"),
        (lambda: "x" in input_.a, "write `in_(item, list)`"),
        (lambda: list(input_.lines), "go over them with `w.each`"),
        (lambda: "/orders/" + input_.id, "put together in an f-string"),
        (lambda: input_.id + "/x", "put together in an f-string"),
        (lambda: f"{input_.a:>8}", "no value before an execution runs that `:>8` could format"),
        (lambda: f"{input_.a > 1}", "JSON Logic stands in conditions"),
        (lambda: f"{sequence().task('a', handler('h'))}", "write `.output` or `.id` after it"),
        (lambda: {input_.a: 1}, "unhashable"),
        (lambda: input_[None], "a field is a text and an index a number, not a NoneType"),
        (lambda: input_[1:2], "not a slice"),
        (lambda: execution.id(), "not callable"),
    ],
)
def test_what_cannot_be_known_before_an_execution_runs_is_told(write: Callable[[], Any], told: str) -> None:
    with pytest.raises(TypeError) as raised:
        write()
    assert told in str(raised.value)


@pytest.mark.parametrize(
    "write",
    [
        lambda: input_._private,
        lambda: execution.nothing,
        lambda: failure.nothing,
        lambda: callback.nothing,
        lambda: sequence().task("a", handler("h")).result,
        lambda: sequence().task("a", handler("h")).response.text,
    ],
)
def test_a_field_that_is_none_is_no_attribute(write: Callable[[], Any]) -> None:
    with pytest.raises(AttributeError):
        write()


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda read: pickle.loads(pickle.dumps(read))])
def test_a_reference_can_be_copied(again: Callable[[Any], Any]) -> None:
    assert str(again(input_.order.id)) == "{{ input.order.id }}"


def test_every_printed_path_is_read_back_by_the_language() -> None:
    w = Workflow("d", "1")
    keys = ("plain", "with-hyphen", "with.dot", 'quo"te', "ba\\ck", "}}", "{{", "naïve", "in", "true", " ")
    w.task("a", handler("h", input={str(at): input_[key] for at, key in enumerate(keys)}))
    assert check(w.document()).errors == ()


def test_a_call_reads_its_own_node_before_it_has_a_name() -> None:
    w = sequence()
    w.task(
        "hotel",
        handler("book"),
        compensate=undo(
            handler("cancel", input={"booking": this.output.booking, "of": f"key {this.idempotency_key}"}),
            unknown=http("DELETE", f"http://x/{this.idempotency_key}"),
        ),
    )
    w.task("pay-auth", handler("pay"), compensate=handler("refund", input=this.output))
    assert_says(
        w,
        {
            "id": "hotel",
            "kind": "task",
            "handler": "book",
            "compensate": {
                "handler": {
                    "name": "cancel",
                    "input": {
                        "booking": "{{ nodes.hotel.output.booking }}",
                        "of": "key {{ nodes.hotel.idempotency_key }}",
                    },
                },
                "unknown": {
                    "http": {"method": "DELETE", "url": "http://x/{{ nodes.hotel.idempotency_key }}"},
                },
            },
        },
        {
            "id": "pay-auth",
            "kind": "task",
            "handler": "pay",
            "compensate": {"handler": {"name": "refund", "input": "{{ nodes.pay-auth.output }}"}},
        },
    )


@pytest.mark.parametrize(("node", "read"), [("charge", "nodes.charge"), ("pay-auth", 'nodes["pay-auth"]')])
def test_this_in_cel_is_written_as_cel_writes_it(node: str, read: str) -> None:
    assert named(f"{this.output.id:cel} > 1", node) == f"{read}.output.id > 1"


def test_this_in_a_condition_is_the_node_too() -> None:
    w = sequence()
    call = http("POST", "http://x/y", body=callback.url)
    judged = callback(timeout="1m", fail_when=body.key != this.idempotency_key)
    w.task("a", call, callback=judged)
    ((_, sides),) = w.document()["steps"][0]["callback"]["fail_when"].items()
    assert sides == [{"var": "body.key"}, {"var": "nodes.a.idempotency_key"}]


def test_this_is_no_node_outside_of_a_call() -> None:
    told = misuse(refused(lambda: sequence().output(this.output)))
    assert "`this` is the node in whose call it stands: `output` is that of no node" in told

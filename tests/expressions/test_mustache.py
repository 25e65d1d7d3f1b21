"""Templates and conditions of Trama documents: what is cut, what it comes to, and what is refused."""

from typing import Final

import pytest
from msgspec.structs import replace

from tests.expressions.roots import FakeRoots
from treadle.expressions.compiled import Constant
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.holes import RENDERED_CHARS_MAX, Holed
from treadle.expressions.mustache import Tag, cut_mustache
from treadle.expressions.mustache_conditions import as_rule, compile_saga_condition
from treadle.expressions.mustache_standpoint import IN_CALLBACKS, IN_SWITCHES, Saga, Standpoint, Step
from treadle.expressions.mustache_texts import MustacheTexts
from treadle.expressions.texts import TEMPLATE_BYTES_MAX
from treadle.model.expression import ExpressionError
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.requests import Hole

A, B, C = (Step(node=NodeId(name), name=name) for name in "abc")
SPOKEN: Final = Step(node=NodeId("charge_card"), name="charge card v1.2")
STEPS: Final = (A, B, SPOKEN, C)


def saga(*, is_sequence: bool = True) -> Saga:
    return Saga(
        name="order",
        version="v1",
        steps=STEPS,
        by_name={**{step.node: step for step in STEPS}, **{step.name: step for step in STEPS}},
        is_sequence=is_sequence,
    )


def stand(*before: Step, **fields: object) -> Standpoint:
    """Where these steps may have been completed, the first of them last."""
    nodes = {step.node for step in before}
    base = Standpoint(
        saga=saga(),
        place="a request",
        step_name="c",
        phase="UP",
        last=before,
        may_have_run=nodes.__contains__,
    )
    return replace(base, **fields)


ANYWHERE: Final = stand(C, SPOKEN, B, A, has_callback=True)
INPUT: Final[Json] = {
    "id": "ord 1",
    "n": 5,
    "price": 99.5,
    "big": 2.0,
    "yes": True,
    "none": None,
    "tags": ["x", "y"],
    "of": {"a": [{"b": 1}]},
    "html": "Tom & \"J\" <b> 'q'",
    "0": "zero",
    "order-id": "hyphen",
}
ROOTS: Final = FakeRoots(
    {
        "a": {"output": {"id": "r-1", "items": [{"sku": "s"}]}, "closed": 4},
        "b": {"output": "plain", "closed": 9},
        "charge_card": {"output": {"ok": True}, "closed": 7},
        "c": {"status": "running"},
    },
    input=INPUT,
    execution={"id": "e-1", "run": 1},
    body={"status": "paid"},
)


def shown(text: str, at: Standpoint = ANYWHERE) -> Json:
    return MustacheTexts(at).text(text)(ROOTS)


def doubts(text: str, at: Standpoint = ANYWHERE) -> list[str]:
    """Why what is read never has a value; it prints as nothing."""
    texts = MustacheTexts(at)
    assert texts.text(text, "/p")(ROOTS) == ""
    return [doubt.unset.why for doubt in texts.doubts if doubt.pointer == "/p"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("no braces } {", ["no braces } {"]),
        ("a {{ b.c }} d", ["a ", Tag(segments=("b", "c"), is_plain=False, position=2), " d"]),
        ("{{{ b }}}", [Tag(segments=("b",), is_plain=True, position=0)]),
        ("{{& b }}", [Tag(segments=("b",), is_plain=True, position=0)]),
        ("{{!anything # at {all} }}x", ["x"]),
        ('{"a":{"b":{{n}}}}', ['{"a":{"b":', Tag(segments=("n",), is_plain=False, position=10), "}}"]),
        ('{"a":{{{n}}}}', ['{"a":', Tag(segments=("n",), is_plain=True, position=5), "}"]),
        ("{{a b . c}}", [Tag(segments=("a b", "c"), is_plain=False, position=0)]),
    ],
)
def test_a_text_is_cut_at_its_tags(text: str, parts: list[str | Tag]) -> None:
    assert cut_mustache(text).parts == tuple(parts)
    assert cut_mustache(text).errors == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{#items}}", "unsupported_expression"),
        ("{{^items}}", "unsupported_expression"),
        ("{{/items}}", "unsupported_expression"),
        ("{{> partial}}", "unsupported_expression"),
        ("{{< parent}}", "unsupported_expression"),
        ("{{$block}}", "unsupported_expression"),
        ("{{=<% %>=}}", "unsupported_expression"),
        ("{{%pragma}}", "unsupported_expression"),
        ("{{.}}", "unsupported_expression"),
        ("{{}}", "invalid_expression"),
        ("{{ & }}", "invalid_expression"),
        ("{{ payload.a", "invalid_expression"),
        ("{{{ payload.a }}", "invalid_expression"),
        ("{{payload..a}}", "invalid_path"),
        ("{{.payload}}", "invalid_path"),
        ("{{payload.}}", "invalid_path"),
        ("{{payload{a}}", "invalid_path"),
        ("{{runtime.callback}}", "invalid_path"),
        ("{{runtime}}", "invalid_path"),
        ("x" * (TEMPLATE_BYTES_MAX - 3) + "{{n}}", "expression_too_long"),
    ],
)
def test_what_is_no_variable_is_refused_with_its_place(text: str, code: str) -> None:
    with pytest.raises(InvalidExpression) as refused:
        MustacheTexts(ANYWHERE).text(text, "/steps/0/up/body")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/steps/0/up/body", code)]


def test_everything_wrong_with_a_text_is_told_at_once_with_the_character() -> None:
    with pytest.raises(InvalidExpression) as refused:
        MustacheTexts(ANYWHERE).text("{{#a}} {{payload.x}} {{b..c}} {{> d}}")
    assert [fault.message.rpartition("(at character ")[2] for fault in refused.value.faults] == [
        "1)",
        "22)",
        "31)",
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{payload.id}}", "ord 1"),
        ("{{input.id}}", "ord 1"),
        ("{{payload.n}}", "5"),
        ("{{payload.price}}", "99.5"),
        ("{{payload.big}}", "2.0"),
        ("{{payload.yes}}", "true"),
        ("{{payload.tags}}", '["x","y"]'),
        ("{{payload.of}}", '{"a":[{"b":1}]}'),
        ("{{payload.tags.1}}", "y"),
        ("{{payload.of.a.0.b}}", "1"),
        ("{{payload.0}}", "zero"),
        ("{{payload.order-id}}", "hyphen"),
        ("<{{payload.none}}>", "<>"),
        ("<{{payload.gone}}{{payload.gone.far}}{{payload.n.x}}{{payload.tags.9}}>", "<>"),
        ("{{payload.html}}", "Tom & \"J\" <b> 'q'"),
        ("{{{payload.html}}}", "Tom & \"J\" <b> 'q'"),
        ("{{&payload.html}}", "Tom & \"J\" <b> 'q'"),
        ("{{sagaId}} {{sagaName}} {{sagaVersion}} {{stepName}} {{phase}}", "e-1 order v1 c UP"),
        ("{{nodes.a.response.body.id}}", "r-1"),
        ("{{nodes.a.response.body.items.0.sku}}", "s"),
        ("{{nodes.a.response}}", '{"body":{"id":"r-1","items":[{"sku":"s"}]}}'),
        ("{{nodes.b}}", '{"response":{"body":"plain"}}'),
        ("{{nodes.charge card v1.2.response.body.ok}}", "true"),
        ("{{nodes.charge_card.response.body.ok}}", "true"),
        ("<{{nodes.c.response.body}}>", "<>"),
        ("{{step.a.body.id}}{{step.a.up.body.id}}{{step.0.up.body.id}}", "r-1r-1r-1"),
        ("{{step.charge_card.body.ok}} {{step.2.body.ok}}", "true true"),
        ("{{step.a.name}} {{step.a.index}} {{step.b.index}}", "a 0 2"),
        ("{{steps.0.body.id}}", "r-1"),
        ("{{prev.body}}", "plain"),
        ("{{prev}}", '{"body":"plain"}'),
    ],
)
def test_a_text_prints_what_its_paths_come_to(text: str, value: str) -> None:
    assert shown(text) == value


def test_all_steps_print_in_the_order_in_which_they_were_completed() -> None:
    names = [f"{{{{steps.{index}.name}}}}" for index in range(4)]
    graph = stand(*STEPS, saga=saga(is_sequence=False))
    assert shown("|".join(names), graph) == "a|charge card v1.2|b|"
    assert shown("{{step.1.name}} {{step.1.body.ok}}", graph) == "charge card v1.2 true"
    assert '"index":2,"name":"b","body":"plain"' in str(shown("{{steps}}", graph))
    assert str(shown("{{step}}", graph)).startswith('{"0":{"index":0,"name":"a"')
    assert str(shown("{{nodes}}", graph)).startswith('{"a":{"response":{"body":{"id"')


def test_the_step_before_is_the_one_completed_last_on_the_path_that_was_taken() -> None:
    assert shown("{{prev.body.id}}", stand(A)) == "r-1"
    assert shown("{{prev.body}}", stand(A, B, SPOKEN)) == "plain"
    assert shown("{{prev.body.ok}}", stand(SPOKEN, A)) == "true"
    assert shown("<{{prev.body}}>", stand(C)) == "<>"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{paylod.id}}", "there is no `paylod` in a request, which has payload, input"),
        ("{{orderId}}", "there is no `orderId` in a request"),
        ("{{callback.body}}", "there is no `callback`"),
        ("{{nodes.d.response.body}}", "there is no step `d`"),
        ("{{nodes.charge.response.body}}", "there is no step `charge`"),
        ("{{nodes.a.output}}", "`response.body` and nothing else"),
        ("{{nodes.a.response.status}}", "`response.body` and nothing else"),
        ("{{prev.id}}", "`prev` has a `body`"),
        ("{{step.x.body}}", "there is no step `x`"),
        ("{{step.4.body}}", "there are 4 steps"),
        ("{{step.a.id}}", "a step has index, name, body, up, down"),
        ("{{step.a.down.body}}", "what a compensation answers"),
        ("{{runtime.url}}", "there are `runtime.callback.url`"),
        ("{{runtime.callback.uri}}", "there are `runtime.callback.url`"),
        ("{{sagaId.x}}", "`sagaId` is a text"),
        ("{{stepName.x}}", "`stepName` is a text"),
    ],
)
def test_what_never_has_a_value_prints_as_nothing_and_is_told(text: str, why: str) -> None:
    (told,) = doubts(text)
    assert why in told


def test_a_step_that_cannot_have_run_has_no_answer() -> None:
    assert "`b` cannot have run by then" in doubts("{{nodes.b.response.body}}", stand(A))[0]
    assert "no step has been completed" in doubts("{{prev.body}}", stand())[0]
    itself = stand(A, itself=A)
    assert "`a` is this step itself" in doubts("{{step.a.body}}", itself)[0]
    assert "no step has been completed" in doubts("{{prev.body}}", itself)[0]
    assert "no callback is awaited" in doubts("{{runtime.callback.url}}", stand())[0]
    undone = stand(A, undone=B)
    assert (
        "`c` cannot have run when this is made ready: as soon as `b` is done"
        in doubts("{{nodes.c.response.body}}", undone)[0]
    )


def test_an_undo_reads_its_own_step_as_the_last_one() -> None:
    undone = stand(A, undone=B, phase="DOWN")
    assert shown("{{prev.body}} {{nodes.b.response.body}} {{step.1.body}}", undone) == "plain plain plain"
    assert shown("{{steps.1.name}} {{phase}}", undone) == "b DOWN"
    graph = replace(undone, saga=saga(is_sequence=False))
    assert shown("{{steps.0.name}}{{steps.1.name}}{{steps.1.index}}", graph) == "ab1"


@pytest.mark.parametrize("text", ["{{nodes.c.response.body.id}}", "{{prev.body.id}}", "{{step.c.body}}"])
def test_an_undo_is_not_asked_for_without_the_answer_that_it_needs(text: str) -> None:
    with pytest.raises(ExpressionError, match="the answer of `c` is not known") as failed:
        shown(text, stand(A, undone=C))
    assert failed.value.code == "missing_variable"


def test_an_undo_may_do_without_a_part_of_the_answer() -> None:
    assert shown("<{{nodes.a.response.body.gone}}>", stand(undone=A)) == "<>"


def test_what_is_filled_in_at_sending_has_a_place_in_a_text() -> None:
    built = MustacheTexts(ANYWHERE).text(
        "to {{runtime.callback.url}} for {{payload.n}} {{{runtime.callback.token}}}"
    )
    assert isinstance(built, Holed)
    url, token = (Hole(root="callback", name=name) for name in ("url", "token"))
    assert built(ROOTS) == ("to ", url, " for 5 ", token)
    assert built.reads == {("callback", "url"), ("input", "n"), ("callback", "token")}


def test_a_text_without_values_of_the_run_is_made_once() -> None:
    for text in ("plain", "{{sagaName}}/{{stepName}}", "{{! nothing }}", "{{gone}}"):
        assert isinstance(MustacheTexts(ANYWHERE).text(text), Constant)


def test_a_text_says_what_it_reads() -> None:
    text = "{{payload.a.b}} {{nodes.charge card v1.2.response.body.x}} {{prev.body.y}}"
    assert MustacheTexts(stand(B, A, SPOKEN)).text(text).reads == {
        ("input", "a", "b"),
        ("nodes", "charge_card", "output", "x"),
        *(("nodes", node, "output", "y") for node in ("a", "b", "charge_card")),
    }


def test_a_text_may_not_grow_without_bound() -> None:
    large = FakeRoots(input={"a": "x" * (RENDERED_CHARS_MAX // 2 + 1)})
    with pytest.raises(ExpressionError, match="may become"):
        MustacheTexts(ANYWHERE).text("{{payload.a}}{{payload.a}}")(large)


URLS: Final[Json] = {"host": "svc:80", "base": "http://svc/v1", "a": "a b&c/d?é", "n": None}


@pytest.mark.parametrize(
    ("url", "rendered"),
    [
        ("http://svc/{{payload.a}}", "http://svc/a%20b%26c%2Fd%3F%C3%A9"),
        (
            "http://svc/x?q={{payload.a}}#{{payload.a}}",
            "http://svc/x?q=a%20b%26c%2Fd%3F%C3%A9#a%20b%26c%2Fd%3F%C3%A9",
        ),
        ("http://svc/{{{payload.a}}}?{{&payload.a}}", "http://svc/a b&c/d?é?a b&c/d?é"),
        ("{{payload.base}}/o/{{payload.a}}", "http://svc/v1/o/a%20b%26c%2Fd%3F%C3%A9"),
        ("{{payload.base}}", "http://svc/v1"),
        ("http://{{payload.host}}/x", "http://svc:80/x"),
        ("{{stepName}}://{{payload.host}}/{{payload.host}}", "c://svc:80/svc%3A80"),
        ("http://svc?{{payload.host}}", "http://svc?svc%3A80"),
        ("http://svc/{{payload.gone}}{{payload.n}}/x", "http://svc//x"),
        ("http://svc/{{step.charge_card.name}}", "http://svc/charge%20card%20v1.2"),
        ("http://svc/fixed", "http://svc/fixed"),
    ],
)
def test_in_the_path_and_query_of_a_url_values_are_encoded(url: str, rendered: str) -> None:
    roots = FakeRoots({"charge_card": {"output": 1, "closed": 1}}, input=URLS)
    assert MustacheTexts(ANYWHERE).url(url)(roots) == rendered


def test_a_name_in_a_url_is_encoded_once_and_for_all() -> None:
    at = stand(step_name="a b")
    assert MustacheTexts(at).url("http://svc/{{stepName}}/{{{stepName}}}")(ROOTS) == "http://svc/a%20b/a b"


@pytest.mark.parametrize(
    ("url", "is_encoded"),
    [("http://svc/?to={{runtime.callback.url}}", True), ("{{runtime.callback.url}}/x", False)],
)
def test_a_hole_in_a_url_is_encoded_where_a_value_would_be(url: str, is_encoded: bool) -> None:
    built = MustacheTexts(ANYWHERE).url(url)
    assert isinstance(built, Holed)
    (hole,) = (part for part in built(ROOTS) if isinstance(part, Hole))
    assert hole.is_encoded is is_encoded


def test_a_header_stays_in_one_line() -> None:
    texts = MustacheTexts(stand(step_name="a\nb"))
    assert texts.header("Bearer {{payload.id}}")(ROOTS) == "Bearer ord 1"
    with pytest.raises(InvalidExpression) as refused:
        texts.header("a\r\nb {{payload.id}}", "/h")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/h", "invalid_header")]
    with pytest.raises(InvalidExpression):
        texts.header("a\0")
    for text in ("{{stepName}}", "{{payload.id}}"):
        with pytest.raises(ExpressionError, match="CR, LF or NUL"):
            texts.header(text)(FakeRoots(input={"id": "x\ny"}))


def test_every_string_of_a_value_is_a_text() -> None:
    body: Json = {"n": "{{payload.n}}", "l": ["{{payload.of}}", 7, None, {"to": "{{runtime.callback.url}}"}]}
    template = MustacheTexts(ANYWHERE).value(body, "/body")
    assert template.value(ROOTS) == {"n": "5", "l": ['{"a":[{"b":1}]}', 7, None, {"to": None}]}
    assert [pointer for pointer, _ in template.holed] == ["/body/l/3/to"]
    fixed = MustacheTexts(ANYWHERE).value({"a": [1, "b"]})
    assert isinstance(fixed.value, Constant)


def test_everything_wrong_with_a_value_is_told_with_its_place() -> None:
    with pytest.raises(InvalidExpression) as refused:
        MustacheTexts(ANYWHERE).value({"a": "{{#x}}", "b": ["{{y", "{{payload.ok}}"]}, "/body")
    assert [fault.pointer for fault in refused.value.faults] == ["/body/a", "/body/b/0"]


def test_a_value_that_repeats_a_large_one_is_stopped() -> None:
    body: Json = ["{{payload.a}}"] * 100
    with pytest.raises(ExpressionError) as failed:
        MustacheTexts(ANYWHERE).value(body).value(FakeRoots(input={"a": "x" * 100_000}))
    assert failed.value.code == "rendered_weight_max"


SWITCH: Final = stand(A, B, SPOKEN, roots=IN_SWITCHES, place="the condition of a case")
CALLBACK: Final = stand(roots=IN_CALLBACKS, place="a condition on a callback")


def is_true(rule: Json, at: Standpoint = SWITCH) -> Json:
    return compile_saga_condition(as_rule(rule), at).expression(ROOTS)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"==": [{"var": "payload.id"}, "ord 1"]}, True),
        ({"==": [{"var": "input.n"}, 5]}, True),
        ({"==": [{"var": "nodes.a.response.body.id"}, "r-1"]}, True),
        ({"==": [{"var": "nodes.charge_card.response.body.ok"}, True]}, True),
        ({"==": [{"var": "prev.body"}, "plain"]}, True),
        ({"==": [{"var": "step.a.body.id"}, "r-1"]}, True),
        ({"==": [{"var": "step.0.up.body.id"}, "r-1"]}, True),
        ({"==": [{"var": "step.a.index"}, 0]}, True),
        ({"==": [{"var": "payload.gone"}, None]}, True),
        ({"var": ["payload.gone", "default"]}, True),
        ({"missing": ["payload.id", "payload.gone"]}, True),
        ({"missing": ["payload.id"]}, False),
        ({"some": [{"var": "payload.tags"}, {"==": [{"var": ""}, "y"]}]}, True),
        ({"and": [{"var": "nodes.a"}, {"var": "nodes.a.response.body.id"}]}, True),
        (True, True),
        (False, False),
        ("text", True),
        ([], False),
        (0, False),
    ],
)
def test_a_condition_is_json_logic_with_its_standard_truthiness(rule: Json, value: bool) -> None:
    assert is_true(rule) is value


@pytest.mark.parametrize("rule", [{"var": "callback.body.status"}, {"var": "callback"}, {"var": "input.id"}])
def test_a_condition_on_a_callback_sees_its_body_and_the_input(rule: Json) -> None:
    assert is_true(rule, CALLBACK) is True


@pytest.mark.parametrize(
    ("rule", "at", "why"),
    [
        ({"var": "callback.body.x"}, SWITCH, "there is no `callback`"),
        ({"var": "sagaId"}, SWITCH, "there is no `sagaId`"),
        ({"var": "nodes.a.response.body"}, CALLBACK, "there is no `nodes`"),
        ({"var": "callback.status"}, CALLBACK, "a callback has a `body`"),
        ({"var": "nodes.c.response.body"}, SWITCH, "`c` cannot have run by then"),
    ],
)
def test_what_a_condition_never_finds_is_null_and_told(rule: Json, at: Standpoint, why: str) -> None:
    compiled = compile_saga_condition(rule, at, "/when")
    assert compiled.expression(ROOTS) is False
    (doubt,) = compiled.doubts
    assert doubt.pointer == "/when"
    assert why in doubt.unset.why


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"nope": [1]}, "unknown_operator"),
        ({}, "invalid_condition"),
        ({"==": [1, 1], "!=": [1, 2]}, "invalid_condition"),
        ({"var": {"var": "payload.id"}}, "computed_path"),
        ({"var": ""}, "invalid_path"),
        ({"==": ["x" * 5_000, 1]}, "expression_too_long"),
    ],
)
def test_what_is_no_rule_is_refused(rule: Json, code: str) -> None:
    with pytest.raises(InvalidExpression) as refused:
        compile_saga_condition(rule, SWITCH, "/when")
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_condition_that_cannot_be_judged_fails() -> None:
    with pytest.raises(ExpressionError) as failed:
        is_true({"+": [{"var": "payload.of"}, 1]})
    assert failed.value.code == "condition_error"


def test_only_what_is_read_is_asked_for() -> None:
    roots = FakeRoots({"a": {"output": 1, "closed": 2}}, input={"x": 1})
    compile_saga_condition({"var": "nodes.a.response.body"}, stand(A, roots=IN_SWITCHES)).expression(roots)
    MustacheTexts(stand(A)).text("{{payload.x}}{{prev.body}}")(roots)
    assert roots.asked == ["nodes.a.output", "input", "nodes.a.output"]

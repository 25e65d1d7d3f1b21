"""Templates keep types where they stand alone, print JSON in text, and tell what they read."""

import pytest
from msgspec import UNSET

from tests.expressions.roots import FakeRoots
from treadle.expressions.compiled import NO_ROOTS, Constant
from treadle.expressions.faults import InvalidExpression
from treadle.expressions.holes import RENDERED_CHARS_MAX
from treadle.expressions.places import REQUEST
from treadle.expressions.templates import FAULTS_MAX, compile_template
from treadle.expressions.texts import TEMPLATE_BYTES_MAX
from treadle.expressions.weighing import RENDERED_WEIGHT_MAX, UNWEIGHED_MAX
from treadle.model.expression import ExpressionError
from treadle.model.ids import NodeId
from treadle.model.json import Json

ORDER = {"id": 7, "price": 1.5, "paid": True, "note": None, "name": 'Ann "A" O', "tags": ["x", 2]}
ROOTS = FakeRoots(
    {"pay-auth": {"output": {"items": [{"sku": "s-1"}]}, "status": "completed", "attempts": 2}},
    input={"order": ORDER, "items": [{"sku": "a"}, {"sku": "b"}], "e": {}},
    vars={"n": 3},
    execution={"id": "x-1"},
)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{ input.order.id }}", 7),
        ("{{input.order.price}}", 1.5),
        ("{{ input.order.paid }}", True),
        ("{{ input.order.note }}", None),
        ("{{ input.order.tags }}", ["x", 2]),
        ("{{ input.items[1].sku }}", "b"),
        ("{{ payload.order.id }}", 7),
        ("{{ vars.n }}", 3),
        ("{{ execution.id }}", "x-1"),
        ("{{ nodes.pay-auth.output.items[0].sku }}", "s-1"),
        ("{{ nodes.pay-auth.attempts }}", 2),
        (" {{ input.order.id }}", " 7"),
        ("{{ input.order.id }}{{ input.order.id }}", "77"),
        ("n={{ input.order.price }}", "n=1.5"),
        ("n={{ input.order.paid }}", "n=true"),
        ("n={{ input.order.note }}", "n=null"),
        ("n={{ input.order.name }}", 'n=Ann "A" O'),
        ("n={{ input.order.tags }}", 'n=["x",2]'),
        ("n={{ input.e }}", "n={}"),
        ("n={{ input.items[0] }}", 'n={"sku":"a"}'),
        ("{{ input.order.id + 1 }}", 8),
        ("n={{ input.order.id + 1 }}!", "n=8!"),
        ("{{ 'a' + 'b' }}", "ab"),
        ('{{ input.items.map(i, {"a": i.sku}) }}', [{"a": "a"}, {"a": "b"}]),
        ("{{ input.?order.?nope.orValue('-') }}", "-"),
        ("{{ input.order.price * 2.0 }}", 3.0),
        ("{{ input.order.tags + [input.order.paid] }}", ["x", 2, True]),
        ('{{ nodes["pay-auth"].attempts > 1 ? "again" : "once" }}', "again"),
        ('{{ "{{" }}', "{{"),
        ("{{ r'\\' + '}}' }}", "\\}}"),
        ('{{ """a"}}""" + "" }}', 'a"}}'),
        ("{{ '}}' }}", "}}"),
        ('a {{ "{{ x }}" }} b', "a {{ x }} b"),
        ("{{ \"a\" }}{{ 'b' }}", "ab"),
        (r'{{ "\u00e9\n\"" }}', 'é\n"'),
        ("no template }} at all {", "no template }} at all {"),
        ("", ""),
        (
            {"a": "{{ input.order.id }}", "b": [1, "x{{ vars.n }}", {"c": None}]},
            {"a": 7, "b": [1, "x3", {"c": None}]},
        ),
        ({"a": "{{ 'x' }}"}, {"a": "x"}),
        (["{{ 'x' }}", "{{ vars.n }}", "plain"], ["x", 3, "plain"]),
        (12, 12),
    ],
)
def test_a_template_renders_to(template: Json, value: Json) -> None:
    rendered = compile_template(template, REQUEST)(ROOTS)
    assert rendered == value
    assert type(rendered) is type(value)


def test_the_order_of_keys_is_kept() -> None:
    rendered = compile_template({"z": "{{ vars.n }}", "a": 1, "m": "{{ vars.n }}"}, REQUEST)(ROOTS)
    assert list(rendered) == ["z", "a", "m"]


def test_a_value_without_any_template_is_returned_as_it_is() -> None:
    value = {"a": [1, {"b": "c"}]}
    compiled = compile_template(value, REQUEST)
    assert isinstance(compiled, Constant)
    assert compiled(FakeRoots()) is value
    assert compiled.reads == frozenset()


def test_what_is_read_is_told() -> None:
    compiled = compile_template(
        {"a": "{{ payload.order.id }}", "b": ["{{ nodes.n.output.x[0] }}-{{ vars.n }}"]}, REQUEST
    )
    assert compiled.reads == {("input", "order", "id"), ("nodes", "n", "output", "x", "0"), ("vars", "n")}


def test_a_rendered_value_is_new_each_time() -> None:
    compiled = compile_template({"a": ["{{ vars.n }}", {"b": 1}]}, REQUEST)
    compiled(ROOTS)["a"].append("changed")
    assert compiled(ROOTS) == {"a": [3, {"b": 1}]}


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ input.order.nope.x }}", "input.order.nope.x: `nope` is missing"),
        ("{{ input.order.id.x }}", "input.order.id.x: `x` is missing"),
        ("{{ input.items[2] }}", "input.items[2]: `[2]` is missing"),
        ("{{ input.items.sku }}", "input.items.sku: `sku` is missing"),
        ("{{ input.order[0] }}", "input.order[0]: `[0]` is missing"),
        ("{{ input.order.name[0] }}", "input.order.name[0]: `[0]` is missing"),
        ("{{ input.order.note.x }}", "input.order.note.x: `x` is missing"),
        ("{{ nodes.nope.output.x }}", "nodes.nope.output.x: node `nope` has no output"),
        ("{{ nodes.pay-auth.response }}", "nodes.pay-auth.response: node `pay-auth` has no response"),
        ("a {{ input.nope }} b", "input.nope: `nope` is missing"),
    ],
)
def test_a_missing_segment_is_told_with_the_whole_path(template: str, message: str) -> None:
    compiled = compile_template({"k": [template]}, REQUEST)
    with pytest.raises(ExpressionError) as caught:
        compiled(ROOTS)
    assert (caught.value.code, caught.value.message) == ("missing_variable", message)


@pytest.mark.parametrize("path", ["nodes.n.response.body", "nodes.n.response.body.x"])
def test_what_is_not_set_is_missing(path: str) -> None:
    roots = FakeRoots({"n": {"response": {"status": 200, "body": UNSET}}})
    with pytest.raises(ExpressionError) as caught:
        compile_template(f"{{{{ {path} }}}}", REQUEST)(roots)
    assert caught.value.code == "missing_variable"


def test_a_field_of_the_execution_is_asked_for_alone() -> None:
    roots = FakeRoots(execution={"id": "e1", "run": 2})
    assert compile_template("{{ execution.id }}", REQUEST)(roots) == "e1"
    assert roots.asked == ["execution.id"]


def test_a_field_that_no_execution_has_yet_is_missing() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template("{{ execution.id }}", REQUEST)(FakeRoots())
    assert (caught.value.code, caught.value.message) == ("missing_variable", "execution.id: `id` is missing")


def test_what_reads_nothing_needs_no_roots() -> None:
    assert compile_template("{{ 'x' }}", REQUEST)(NO_ROOTS) == "x"
    assert NO_ROOTS.root("input") is UNSET
    assert NO_ROOTS.of_execution("id") is UNSET
    assert NO_ROOTS.node(NodeId("a"), "output") is UNSET


def test_a_root_that_is_not_there_is_missing() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template("{{ vars }}", REQUEST)(FakeRoots())
    assert caught.value.code == "missing_variable"


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{", "invalid_expression"),
        ("a {{ input", "invalid_expression"),
        ('{{ "}} ', "invalid_expression"),
        ("{{ { }}", "invalid_expression"),
        ("{{ }}", "invalid_expression"),
        ("{{}}", "invalid_expression"),
        ("{{{ input.x }}}", "invalid_expression"),
        ("{{#if input}}", "unsupported_expression"),
        ("{{> partial}}", "unsupported_expression"),
        ("{{ 'a' + }}", "invalid_expression"),
        ('{{ input.items.mop(i, {"a": i}) }}', "unknown_function"),
        ("{{ secrets.key + '' }}", "misplaced_root"),
        ("{{ secrets }}", "invalid_path"),
        ("{{ failure.message }}", "misplaced_root"),
        ("{{ inputs.a }}", "unknown_root"),
        ("{{ input. }}", "invalid_path"),
        ("{{ nodes.a }}", "invalid_path"),
        ("{{ input.a }}" + "x" * TEMPLATE_BYTES_MAX, "expression_too_long"),
        ("{{ input.a }}" + "é" * (TEMPLATE_BYTES_MAX // 2), "expression_too_long"),
    ],
)
def test_a_wrong_template_is_a_fault_with_its_pointer(template: str, code: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_template({"a/b": [0, template]}, REQUEST, "/steps/0/http/body")
    (fault,) = caught.value.faults
    assert (fault.pointer, fault.code) == ("/steps/0/http/body/a~1b/1", code)


def test_all_wrong_templates_of_a_value_are_told_at_once() -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_template({"a": "{{ }}", "b": ["{{ x.y }} {{ item.z }}"], "c": "{{ input.a }}"}, REQUEST)
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [
        ("/a", "invalid_expression"),
        ("/b/0", "unknown_root"),
        ("/b/0", "misplaced_root"),
    ]
    assert "at character 14" in caught.value.faults[2].message


def test_a_template_in_a_key_is_refused() -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_template({"{{ input.a }}": 1}, REQUEST)
    assert caught.value.faults[0].code == "unsupported_expression"


def test_a_text_without_templates_has_no_bound_of_its_own() -> None:
    text = "x" * (TEMPLATE_BYTES_MAX + 1)
    assert compile_template(text, REQUEST)(ROOTS) == text


def test_faults_of_one_value_are_bounded() -> None:
    with pytest.raises(InvalidExpression) as caught:
        compile_template(["{{ }}"] * (FAULTS_MAX + 5), REQUEST)
    assert len(caught.value.faults) == FAULTS_MAX


def test_a_text_that_grows_too_long_has_no_value() -> None:
    roots = FakeRoots(input={"a": "x" * (RENDERED_CHARS_MAX // 2)})
    with pytest.raises(ExpressionError) as caught:
        compile_template("{{ input.a }}-{{ input.a }}", REQUEST)(roots)
    assert caught.value.code == "rendered_chars_max"


def test_a_large_value_repeated_many_times_has_no_value() -> None:
    holes = UNWEIGHED_MAX + 1
    compiled = compile_template(["{{ input }}"] * holes, REQUEST)
    assert compiled(FakeRoots(input=[1])) == [[1]] * holes
    heavy = [{"key": "x" * 1_000}] * (RENDERED_WEIGHT_MAX // holes // 1_000)
    with pytest.raises(ExpressionError) as caught:
        compiled(FakeRoots(input=heavy))
    assert caught.value.code == "rendered_weight_max"


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, 10**5_000], ids=["nan", "set", "int"])
def test_what_json_has_no_form_for_cannot_stand_in_text(value: Json) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template("a {{ input }}", REQUEST)(FakeRoots(input=value))
    assert caught.value.code == "unprintable_value"

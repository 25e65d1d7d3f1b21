"""The published schema: what it refuses the reader refuses, and all good documents fit it."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, meta

from tests.definition.documents import (
    HANDLER,
    awaited,
    case,
    document,
    each,
    flow,
    http,
    node,
    switch,
    task,
)
from tests.definition.test_fault_codes import CAUSES, SUSPICIONS
from tests.definition.test_mutations import WHOLE, bent, containers
from treadle.definition import callbacks, compensation
from treadle.definition import document as document_fields
from treadle.definition.activities import handler as handler_fields
from treadle.definition.activities import http as http_fields
from treadle.definition.activities.table import READERS
from treadle.definition.bodies import WORDS as BODY_WORDS
from treadle.definition.dialects import is_trama
from treadle.definition.durations import SHORT, parse_duration
from treadle.definition.formats import parse_document
from treadle.definition.kinds.body import COMMON_WORDS
from treadle.definition.kinds.switch import CASE_WORDS
from treadle.definition.kinds.table import KINDS
from treadle.definition.policies import RETRY_WORDS
from treadle.definition.read import check
from treadle.definition.schema.document import document_schema, schema_text
from treadle.definition.schema.examples import DOCUMENT_EXAMPLES, NODE_EXAMPLES
from treadle.model.json import Json
from treadle.testing.definitions import definitions

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference" / "definition.schema.json"
SCHEMA = document_schema()
DEFINED = SCHEMA["$defs"]
VALIDATOR = Draft202012Validator(SCHEMA)
WRITTEN = sorted(
    path
    for folder in ("examples", "docs/guide")
    for path in (ROOT / folder).glob("**/*")
    if path.suffix in {".json", ".yaml", ".yml"}
)
CODES_OF_FORM = frozenset(
    {
        "conflicting_fields",
        "invalid_duration",
        "invalid_id",
        "invalid_instant",
        "invalid_method",
        "invalid_name",
        "invalid_retry_on",
        "invalid_success",
        "invalid_value",
        "no_branches",
        "too_many_branches",
        "too_many_faults",
        "too_many_nodes",
        "reserved_id",
        "unknown_field",
        "unknown_kind",
        "unsupported_activity",
        "unsupported_field",
        "wrong_type",
    }
)
"""Faults that a schema can tell nearly wherever they are."""


def refused(tree: Json) -> list[tuple[str, str]]:
    """(pointer, message) of all that the schema refuses."""
    return [
        ("".join(f"/{key}" for key in error.instance_path), error.message)
        for error in VALIDATOR.iter_errors(tree)
    ]


def is_refused(tree: Json) -> bool:
    """What is no JSON at all is none of a schema's business."""
    try:
        return not VALIDATOR.is_valid(tree)
    except (ValueError, TypeError):
        return False


def test_it_is_a_schema_of_2020_12() -> None:
    meta.validate(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_reference_is_current() -> None:
    assert REFERENCE.read_text("utf-8") == schema_text(), "python -m treadle.definition.schema writes it anew"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (SCHEMA, document_fields.WORDS),
        (DEFINED["defaults"], document_fields.DEFAULTS_WORDS),
        (DEFINED["http"], http_fields.WORDS),
        (DEFINED["handler"]["then"], handler_fields.WORDS),
        (DEFINED["retry"], RETRY_WORDS),
        (DEFINED["callback"], callbacks.WORDS),
        (DEFINED["compensate"], {*compensation.WORDS} - {"queue", "message", "wasm", "grpc"}),
        (DEFINED["hook"], {*READERS, "retry"}),
        (DEFINED["activity"], READERS),
        (DEFINED["case"], CASE_WORDS),
        (DEFINED["catch"], {"on", *BODY_WORDS}),
        (DEFINED["weighted_branch"], {"weight", *BODY_WORDS}),
        (DEFINED["body"]["else"], BODY_WORDS),
        (DEFINED["error"], {"code", "message"}),
    ],
)
def test_it_has_the_fields_that_the_reader_has(schema: Json, words: Json) -> None:
    assert schema["properties"].keys() == set(words)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_the_fields_of_every_kind(kind: str) -> None:
    words = {*COMMON_WORDS, *KINDS[kind].words} - {"queue", "message", "wasm", "grpc"}
    assert DEFINED[kind]["properties"].keys() == words
    assert DEFINED["node"]["properties"].keys() == COMMON_WORDS


def objects(schema: Json) -> Iterator[Json]:
    """Every object in the schema that has properties with a value of their own."""
    if isinstance(schema, dict):
        if any(
            isinstance(inner, dict) and "description" in inner
            for inner in schema.get("properties", {}).values()
        ):
            yield schema
        for key, inner in schema.items():
            if key != "examples":
                yield from objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


def test_every_field_has_a_title_and_says_what_it_means() -> None:
    found = [inner for one in objects(SCHEMA) for inner in one["properties"].values() if inner is not True]
    assert len(found) > 90
    for inner in found:
        assert inner["title"]
        assert inner["description"].endswith(".")


def test_every_definition_is_used() -> None:
    text = schema_text()
    unused = [name for name in DEFINED if f'"#/$defs/{name}"' not in text]
    assert unused == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_is_good(kind: str) -> None:
    tree = document(NODE_EXAMPLES[kind])
    report = check(tree)
    assert (report.errors, report.warnings, refused(tree)) == ((), (), [])


@pytest.mark.parametrize("tree", DOCUMENT_EXAMPLES)
def test_the_example_of_a_document_is_good(tree: Json) -> None:
    report = check(tree)
    assert (report.errors, report.warnings, refused(tree)) == ((), (), [])


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_example_of_the_repository_fits(path: Path) -> None:
    tree = parse_document(path.read_bytes(), "json" if path.suffix == ".json" else "yaml")
    assert check(tree).errors or is_trama(tree) or refused(tree) == []


GOOD: list[Json] = [
    WHOLE,
    document(),
    document(http()),
    document(awaited(), each(task("b")), priority=-100),
    document(http(method="post", success=[204, "3xx"], follow_redirects=True)),
    document(http(url="{{ input.url }}")),
    document(http(url="HTTPS://x")),
    document(task(retry={"on": [], "multiplier": 1, "jitter": 0})),
    document(task(handler={"name": "ä b"})),
    document(switch("s")),
    document({"id": "a", "kind": "switch", "cases": [{"when": {"var": "input"}}]}),
    document({"id": "a", "kind": "sleep", "until": "2026-03-01t09:30:00.5+01:00", "jitter": "0s"}),
    document({"id": "a", "kind": "sleep", "for": "PT1.5S"}),
    document(input_schema=True),
    document(node("wait", signal="s", schema=False)),
    document(node("end", status="failed"), node("end", "b", status="completed", output=None)),
    document(task(compensate={"handler": "u", "unknown": HANDLER})),
    flow(switch("a", {"when": {"var": "input"}, "next": "b"}, default="b"), task("b")),
    flow(node("shield", "a", nodes=[task("b")], start="b")),
    *(tree for causes in SUSPICIONS.values() for tree, _ in causes),
]


@pytest.mark.parametrize("tree", GOOD)
def test_a_good_document_fits(tree: Json) -> None:
    assert check(tree).errors == ()
    assert refused(tree) == []


@settings(deadline=None, max_examples=30)
@given(definitions())
def test_every_drawn_document_fits(tree: Json) -> None:
    assert refused(tree) == []


@pytest.mark.parametrize("code", sorted(CODES_OF_FORM & CAUSES.keys()))
def test_nearly_all_that_is_wrong_in_form_is_refused(code: str) -> None:
    trees = [tree for tree, _ in CAUSES[code]]
    passed = [tree for tree in trees if not is_refused(tree)]
    assert len(passed) <= len(trees) // 8, passed


def is_refused_rightly(tree: Json) -> bool:
    """Whether the reader refuses what the schema refuses; documents of another format are none of its."""
    return not is_refused(tree) or is_trama(tree) or bool(check(tree).errors)


@pytest.mark.parametrize("tree", [tree for causes in CAUSES.values() for tree, _ in causes])
def test_what_it_refuses_is_refused(tree: Json) -> None:
    assert is_refused_rightly(tree)


@pytest.mark.parametrize(
    "tree",
    [
        document(http(method="PO\u017fT")),
        document(http(url="http\u017f://x")),
        document(task(timeout="\u0661s")),
        document(task(handler="\u00a0h")),
        document(task("a\n")),
        document(task(timeout="1s\n")),
        document(task(retry={"on": ["\u0665xx"]})),
    ],
)
def test_it_and_the_reader_know_the_same_letters(tree: Json) -> None:
    assert is_refused(tree)
    assert check(tree).errors


@settings(deadline=None, max_examples=80)
@given(bent())
def test_what_it_refuses_of_bent_documents_is_refused(tree: Json) -> None:
    assert is_refused_rightly(tree)


NEAR: list[Json] = [
    *(
        None,
        True,
        0,
        1,
        3.0,
        404,
        "",
        "a",
        "10s",
        "PT",
        "5xx",
        "get",
        "{{ input.a }}",
        "http://x",
        "x@1",
        "all",
    ),
    *([], ["a"], [1], {}, {"a": 1}, {"var": "input.a"}, {"handler": "h"}, {"steps": []}, {"signal": "s"}),
    *(
        [{"signal": "s"}],
        [task("new")],
        {"nodes": [task("new")], "start": "new"},
        "failed",
        "detach",
        "async",
    ),
]
"""What may be good in one place and is wrong in another."""


@st.composite
def nearly_good(draw: st.DrawFn) -> Json:
    """A drawn document with one value exchanged for another that stands somewhere else in the language."""
    tree = deepcopy(draw(definitions()))
    place = draw(st.sampled_from(containers(tree)))
    key = draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
    if draw(st.integers(0, 4)):
        place[key] = deepcopy(draw(st.sampled_from(NEAR)))
    else:
        del place[key]
    return tree


@settings(deadline=None, max_examples=40)
@given(nearly_good())
def test_what_it_refuses_of_nearly_good_documents_is_refused(tree: Json) -> None:
    assert is_refused_rightly(tree)


@settings(deadline=None)
@given(st.from_regex(SHORT, fullmatch=True) | st.text(max_size=8))
def test_a_duration_fits_exactly_if_it_is_one(text: str) -> None:
    fits = not refused(document(task(timeout=text)))
    try:
        parse_duration(text)
    except ValueError:
        return
    assert fits


@pytest.mark.parametrize(
    ("tree", "pointer"),
    [
        (document(task(mode="later")), "/steps/0/mode"),
        (document(task(tiemout="1s")), "/steps/0"),
        (document({"id": "a", "kind": "tsak", "handler": "h"}), "/steps/0/kind"),
        (document(each(task(timeout=10))), "/steps/0/steps/0/timeout"),
        (document(http(url="x")), "/steps/0/http/url"),
        (
            document(node("parallel", branches={"x": [task(retry={"max_attempts": 0})]})),
            "/steps/0/branches/x/0/retry/max_attempts",
        ),
        ({"name": "a", "version": "1"}, ""),
        (document(switch("s", case(next="b"))), "/steps/0/cases/0/steps"),
        (document(task(next="b")), "/steps/0/next"),
        (document(task(callback={"timeout": "1s"})), "/steps/0"),
        (document(task(compensate={})), "/steps/0/compensate"),
        (document({"id": "a", "kind": "task"}), "/steps/0"),
        (document(on_failure={"handler": ""}), "/on_failure/handler"),
    ],
)
def test_one_thing_that_is_wrong_is_told_once_and_where_it_is(tree: Json, pointer: str) -> None:
    assert {at for at, _ in refused(tree)} == {pointer}
    assert len(refused(tree)) <= 2

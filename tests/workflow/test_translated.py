"""Whatever can be written as a document can be written in Python, and is the same definition."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.workflow.translating import translated
from treadle.definition.formats import parse_document
from treadle.definition.read import check, read_definition
from treadle.model.json import Json
from treadle.testing.definitions import definitions

pytestmark = pytest.mark.filterwarnings("ignore::treadle.workflow.errors.WorkflowWarning")

ROOT = Path(__file__).parents[2]
WRITTEN = [path for folder in ("docs", "examples") for path in sorted((ROOT / folder).rglob("*.yaml"))]
"""The documents that the guide and the examples show; those that are there to show faults are left out."""


def assert_same(document: Json) -> None:
    built, read = translated(document).build(), read_definition(document)
    assert built.document == document
    assert built.digest == read.digest
    assert built == read


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(definitions())
def test_a_drawn_document_is_built_to_the_same_definition(document: Json) -> None:
    assert_same(document)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(definitions())
def test_many_drawn_documents_are_built_to_the_same_definitions(document: Json) -> None:
    assert_same(document)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_a_written_document_is_built_to_the_same_definition(path: Path) -> None:
    document = parse_document(path.read_bytes(), "yaml")
    if check(document).errors == ():
        assert_same(document)


def test_there_are_documents_to_look_at() -> None:
    assert len(WRITTEN) > 10

"""What the tests of the builder share: the same thing written twice, and the line that was refused."""

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from treadle.definition.read import check, read_definition
from treadle.model.errors import Fault
from treadle.model.json import Json
from treadle.workflow import Workflow, WorkflowError

MARK = "# refused here"
"""Ends the line that a test expects to be refused."""


def sequence() -> Workflow:
    return Workflow("d", "1")


def graph(start: str = "a") -> Workflow:
    return Workflow("d", "1", start=start)


def assert_says(workflow: Workflow, *steps: Json, **fields: Json) -> None:
    """The workflow is the definition of the document with these nodes in sequence and these fields."""
    assert_is(workflow, {"name": "d", "version": "1", "steps": list(steps), **fields})


def assert_is(workflow: Workflow, document: Json) -> None:
    """The workflow is the definition that the document is."""
    assert workflow.document() == document
    assert workflow.build().digest == read_definition(document).digest
    assert workflow.build() == read_definition(document)


def refused(write: Callable[[], Any], *, as_: type[Exception] = WorkflowError) -> Exception:
    """The error of a call; the innermost frame in the test's own file is the call itself.

    In a function of several lines it is the line that ends with MARK.
    """
    with pytest.raises(as_) as raised:
        write()
    here = write.__code__.co_filename
    frames = [frame for frame in traceback.extract_tb(raised.tb) if frame.filename == here]
    is_there = frames[-1].name == "<lambda>" if write.__name__ == "<lambda>" else is_marked(frames[-1])
    assert is_there, frames[-1]
    return raised.value


def is_marked(frame: traceback.FrameSummary) -> bool:
    return (frame.line or "").endswith(MARK)


def only_fault(error: Exception) -> Fault:
    assert isinstance(error, WorkflowError)
    assert error.code == "invalid_definition"
    (fault,) = error.errors
    assert f"{fault.code} at {fault.pointer}: {fault.message}" in error.message
    return fault


def told_of(tree: Json) -> Fault:
    """What the reader of documents says of a document with one fault."""
    (fault,) = check(tree).errors
    return fault


def misuse(error: Exception) -> str:
    assert isinstance(error, WorkflowError)
    assert error.code == "invalid_use"
    assert error.errors == ()
    return error.message

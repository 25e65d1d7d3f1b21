"""Every word that the language has can be said in Python, and no other."""

import pytest

from treadle.definition import callbacks, compensation, document, policies
from treadle.definition.activities import handler as handlers
from treadle.definition.activities import http as calls
from treadle.definition.activities.table import WORDS as ACTIVITY_WORDS
from treadle.definition.kinds.body import COMMON_WORDS
from treadle.definition.kinds.switch import CASE_WORDS
from treadle.definition.kinds.table import KINDS
from treadle.workflow import Workflow, fields

BODY = {"steps", "nodes"}
"""What a `with` writes."""
GIVEN = {
    "task": (fields.TaskFields, {*ACTIVITY_WORDS}),
    "switch": (fields.NodeFields, {"cases", "default"}),
    "sleep": (fields.SleepFields, set()),
    "wait": (fields.WaitFields, set()),
    "parallel": (fields.NodeFields, {"branches"}),
    "race": (fields.NodeFields, {"branches"}),
    "each": (fields.EachFields, {"items", *BODY}),
    "loop": (fields.LoopFields, BODY),
    "try": (fields.EnclosingFields, {"catch", "finally", *BODY}),
    "shield": (fields.EnclosingFields, BODY),
    "split": (fields.NodeFields, {"branches"}),
    "child": (fields.ChildFields, {"definition"}),
    "emit": (fields.EmitFields, set()),
    "set": (fields.NodeFields, {"vars"}),
    "end": (fields.EndFields, {"status"}),
}
"""By kind: what is given by name, and what is given otherwise."""
SAID_OTHERWISE = {"end": ({"error"}, {"code", "message"})}
"""A word of the language, and the words that say it."""


def words(typed: type) -> set[str]:
    return {word.removesuffix("_") for word in typed.__annotations__}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_can_be_given(kind: str) -> None:
    typed, otherwise = GIVEN[kind]
    hidden, instead = SAID_OTHERWISE.get(kind, (set(), set()))
    assert (words(typed) | otherwise) - instead == (COMMON_WORDS - {"id", "kind"}) | KINDS[
        kind
    ].words - hidden
    assert hasattr(Workflow, kind) or hasattr(Workflow, f"{kind}_")


@pytest.mark.parametrize(
    ("typed", "otherwise", "known"),
    [
        (fields.HttpFields, {"method", "url"}, calls.WORDS),
        (fields.HandlerFields, {"name"}, handlers.WORDS),
        (fields.RetryFields, set(), policies.RETRY_WORDS),
        (fields.CallbackFields, set(), callbacks.WORDS),
        (fields.UndoFields, {*ACTIVITY_WORDS}, compensation.WORDS),
        (fields.DefaultsFields, set(), document.DEFAULTS_WORDS),
        (fields.CaseFields, {"when", *BODY}, CASE_WORDS),
        (
            fields.WorkflowFields,
            {"$schema", "name", "version", "output", "on_success", "on_failure", "on_cancel", *BODY},
            document.WORDS,
        ),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_every_field_of_a_part_can_be_given(typed: type, otherwise: set[str], known: tuple[str, ...]) -> None:
    assert words(typed) | otherwise == set(known)

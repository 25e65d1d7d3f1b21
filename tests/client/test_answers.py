"""What a client reads is what a server writes: a field that one of them lacks is found here."""

import msgspec
import pytest

from treadle.client import answers
from treadle.rest.callbacks import Accepted
from treadle.rest.edge import Info
from treadle.service import definitions, explanations, history, lists, node_pages, node_views, views

PAIRS = [
    (answers.Accepted, Accepted),
    (answers.Attempt, node_views.AttemptView),
    (answers.Compensation, node_views.CompensationView),
    (answers.Counts, lists.Counts),
    (answers.Definition, definitions.DefinitionView),
    (answers.DefinitionRow, definitions.DefinitionRow),
    (answers.Event, history.HistoryItem),
    (answers.Execution, views.ExecutionView),
    (answers.Explanation, explanations.Explanation),
    (answers.FailureGroup, lists.FailureView),
    (answers.Info, Info),
    (answers.Node, node_views.NodeView),
    (answers.NodeItem, node_pages.NodeItem),
    (answers.Reason, explanations.ReasonView),
    (answers.Summary, views.SummaryView),
    (answers.Validation, definitions.Validation),
    (answers.Warned, views.WarningView),
]


def names(struct: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(struct)}


@pytest.mark.parametrize(("read", "written"), PAIRS)
def test_an_answer_has_the_fields_that_are_written(
    read: type[msgspec.Struct], written: type[msgspec.Struct]
) -> None:
    assert names(read) == names(written)

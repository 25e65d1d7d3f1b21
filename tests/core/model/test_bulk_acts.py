"""How far a bulk act has come."""

import pytest
from msgspec.structs import replace

from treadle.model.bulk_acts import BulkAct, BulkAction, BulkStatus
from treadle.model.ids import BulkId, Instant, Namespace
from treadle.model.views import Cursor, ExecutionFilter

ACT = BulkAct(
    id=BulkId("b"),
    where=ExecutionFilter(namespace=Namespace("default")),
    action=BulkAction.CANCEL,
    reason=None,
    actor="dev",
    created_at=Instant(1),
    total=0,
    after=Cursor(created_at=Instant(1), id="x"),
)


@pytest.mark.parametrize(
    ("is_stopping", "ended_at", "status"),
    [
        (False, None, BulkStatus.RUNNING),
        (True, None, BulkStatus.STOPPING),
        (False, Instant(2), BulkStatus.DONE),
        (True, Instant(2), BulkStatus.STOPPED),
    ],
)
def test_it_runs_until_it_has_ended_and_says_who_ended_it(
    is_stopping: bool, ended_at: Instant | None, status: BulkStatus
) -> None:
    assert replace(ACT, is_stopping=is_stopping, ended_at=ended_at).status is status

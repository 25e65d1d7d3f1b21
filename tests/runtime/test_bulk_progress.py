"""How a bulk act counts: every end once, refusals by code, and no more kept than is bounded."""

from treadle.model.bulk_acts import BulkAct, BulkAction, BulkTarget
from treadle.model.ids import BulkId, ExecutionId, Instant, Namespace
from treadle.model.views import Cursor, ExecutionFilter, ListPage
from treadle.runtime.bulk_progress import (
    FURTHER,
    MESSAGE_CHARS_MAX,
    REFUSAL_CODES_MAX,
    REFUSALS_TOLD_MAX,
    BulkEnding,
    counted,
    planned,
)

BEGUN = BulkAct(
    id=BulkId("b"),
    where=ExecutionFilter(namespace=Namespace("default")),
    action=BulkAction.PAUSE,
    reason=None,
    actor="ops",
    created_at=Instant(5),
    total=7,
    after=Cursor(created_at=Instant(6), id=""),
)


def refusal(number: int, code: str = "no", message: str = "not so") -> BulkEnding:
    return BulkEnding(execution_id=ExecutionId(f"e{number}"), code=code, message=message)


def test_ends_are_added_to_those_before() -> None:
    left = BulkTarget(execution_id=ExecutionId("e9"), version=3)
    done = BulkEnding(execution_id=ExecutionId("e1"))
    first = counted(BEGUN, [done, refusal(2), done], [left])
    assert (first.done, first.refused, first.targets) == (2, 1, (left,))
    second = counted(first, [refusal(3), done], [])
    assert (second.done, second.refused, second.targets) == (3, 2, ())
    assert [(group.code, group.count) for group in second.refusals] == [("no", 2)]


def test_the_last_refusals_of_a_code_are_told_newest_first() -> None:
    many = REFUSALS_TOLD_MAX + 3
    act = counted(BEGUN, [refusal(number) for number in range(many)], [])
    (group,) = act.refusals
    assert (act.refused, group.count) == (many, many)
    newest = [f"e{many - 1 - place}" for place in range(REFUSALS_TOLD_MAX)]
    assert [one.execution_id for one in group.last] == newest


def test_further_codes_are_counted_together() -> None:
    endings = [refusal(number, f"code{number}") for number in range(REFUSAL_CODES_MAX + 4)]
    act = counted(counted(BEGUN, endings, []), [refusal(0, "code0")], [])
    assert len(act.refusals) == REFUSAL_CODES_MAX + 1
    counts = {group.code: group.count for group in act.refusals}
    assert (counts[FURTHER], counts["code0"]) == (4, 2)
    assert sum(counts.values()) == act.refused == REFUSAL_CODES_MAX + 5


def test_a_long_message_is_cut() -> None:
    act = counted(BEGUN, [refusal(1, message="x" * (MESSAGE_CHARS_MAX + 1))], [])
    assert act.refusals[0].last[0].message == "x" * MESSAGE_CHARS_MAX


def test_it_ends_with_as_many_as_were_acted_on() -> None:
    act = counted(BEGUN, [BulkEnding(execution_id=ExecutionId("e1")), refusal(2)], [])
    ended = planned(act, ListPage(items=(), next=None), Instant(9))
    assert (ended.total, ended.done + ended.refused, ended.ended_at) == (2, 2, 9)


def test_a_page_without_any_that_match_is_not_the_end() -> None:
    place = Cursor(created_at=Instant(3), id="e3")
    act = planned(BEGUN, ListPage(items=(), next=place), Instant(9))
    assert (act.after, act.targets, act.total, act.ended_at) == (place, (), 7, None)

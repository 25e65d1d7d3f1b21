"""The store's contract: bulk acts."""

from typing import Final

from msgspec.structs import replace

from treadle.model.bulk_acts import (
    BulkAct,
    BulkAction,
    BulkRefusal,
    BulkRefusals,
    BulkStatus,
    BulkTarget,
)
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import BulkId, ExecutionId, Namespace
from treadle.model.views import Cursor, ExecutionFilter
from treadle.testing.contracts.commits import NAMESPACE, at
from treadle.testing.contracts.opened import MakeStore, StoreCases, ViewedStore, needs

MANY: Final = 100
"""More than may run in any of these cases."""


def bulk_act(name: str, namespace: Namespace = NAMESPACE) -> BulkAct:
    """One that was asked for just now."""
    return BulkAct(
        id=BulkId(name),
        where=ExecutionFilter(namespace=namespace),
        action=BulkAction.PAUSE,
        reason=None,
        actor="ops",
        created_at=at(5),
        total=7,
        after=Cursor(created_at=at(6), id=""),
    )


def further(act: BulkAct) -> BulkAct:
    """The same one, with something in every field that changes."""
    refusals = tuple(
        BulkRefusals(
            code=code,
            count=count,
            last=(BulkRefusal(execution_id=ExecutionId("e9"), message="cannot: “it” \x01 ended"),),
        )
        for code, count in (("invalid_transition", 3), ("not_owner", 1))
    )
    return replace(
        act,
        total=9,
        after=Cursor(created_at=at(2), id="e4"),
        targets=(BulkTarget(execution_id=ExecutionId("e5"), version=3),),
        done=4,
        refused=4,
        refusals=refusals,
    )


class BulkCases(StoreCases):
    async def test_bulk_act_comes_back_as_it_was_kept(self, store: ViewedStore) -> None:
        where = ExecutionFilter(
            namespace=NAMESPACE,
            statuses=(ExecutionStatus.WAITING, ExecutionStatus.PAUSED),
            definition="checkout",
            version="1",
            business_key="é\x00",
            labels=(("team", "x"), ("tier", "gold")),
            started_after=at(1),
            started_before=at(2),
        )
        act = replace(further(bulk_act("b1")), where=where, reason="“so”", action=BulkAction.WAKE)
        assert await store.bulk_acts.add(act, MANY)
        assert await store.bulk_acts.find(NAMESPACE, act.id) == act
        assert act.status is BulkStatus.RUNNING

    async def test_bulk_act_is_of_its_namespace(self, store: ViewedStore) -> None:
        await store.bulk_acts.add(bulk_act("b1"), MANY)
        assert await store.bulk_acts.find(Namespace("other"), BulkId("b1")) is None
        assert await store.bulk_acts.find(NAMESPACE, BulkId("b2")) is None

    async def test_progress_of_a_bulk_act_is_kept_whole(self, store: ViewedStore) -> None:
        act = bulk_act("b1")
        await store.bulk_acts.add(act, MANY)
        await store.bulk_acts.save(further(act))
        assert await store.bulk_acts.find(NAMESPACE, act.id) == further(act)

    async def test_bulk_act_that_ended_stays_as_it_ended(self, store: ViewedStore) -> None:
        act = bulk_act("b1")
        await store.bulk_acts.add(act, MANY)
        ended = replace(further(act), ended_at=at(9), targets=())
        await store.bulk_acts.save(ended)
        await store.bulk_acts.save(act)
        found = await store.bulk_acts.find(NAMESPACE, act.id)
        assert found == ended
        assert found.status is BulkStatus.DONE

    async def test_bulk_act_that_is_stopping_stays_so_whatever_is_kept_of_it(
        self, store: ViewedStore
    ) -> None:
        acts, act = store.bulk_acts, bulk_act("b1")
        await acts.add(act, MANY)
        await acts.add(bulk_act("b2"), MANY)
        await acts.stop(Namespace("other"), act.id)
        assert await acts.find(NAMESPACE, act.id) == act
        await acts.stop(NAMESPACE, act.id)
        await acts.save(further(act))
        found = await acts.find(NAMESPACE, act.id)
        assert found == replace(further(act), is_stopping=True)
        assert found.status is BulkStatus.STOPPING
        assert await acts.next_running(None) == found
        await acts.save(replace(found, ended_at=at(9)))
        ended = await acts.find(NAMESPACE, act.id)
        assert ended is not None
        assert ended.status is BulkStatus.STOPPED
        assert await acts.find(NAMESPACE, BulkId("b2")) == bulk_act("b2")

    async def test_bulk_act_that_ended_is_not_stopped(self, store: ViewedStore) -> None:
        acts, ended = store.bulk_acts, replace(bulk_act("b1"), ended_at=at(9))
        await acts.add(bulk_act("b1"), MANY)
        await acts.save(ended)
        await acts.stop(NAMESPACE, ended.id)
        await acts.stop(NAMESPACE, BulkId("b2"))
        assert await acts.find(NAMESPACE, ended.id) == ended

    async def test_progress_of_what_was_never_kept_is_not_kept(self, store: ViewedStore) -> None:
        await store.bulk_acts.save(bulk_act("b1"))
        assert await store.bulk_acts.find(NAMESPACE, BulkId("b1")) is None

    async def test_no_more_bulk_acts_of_a_namespace_run_than_may(self, store: ViewedStore) -> None:
        acts, other = store.bulk_acts, Namespace("other")
        assert await acts.add(bulk_act("b1"), 2)
        assert await acts.add(bulk_act("b2"), 2)
        assert not await acts.add(bulk_act("b3"), 2)
        assert await acts.find(NAMESPACE, BulkId("b3")) is None
        assert await acts.add(bulk_act("b4", other), 2)
        await acts.save(replace(bulk_act("b1"), ended_at=at(9)))
        assert await acts.add(bulk_act("b3"), 2)

    async def test_those_that_run_are_found_one_after_the_other(self, store: ViewedStore) -> None:
        acts, other = store.bulk_acts, Namespace("other")
        for act in (bulk_act("b3"), bulk_act("b1"), bulk_act("b2", other), bulk_act("b4")):
            await acts.add(act, MANY)
        await acts.save(replace(bulk_act("b3"), ended_at=at(9)))
        seen: list[str] = []
        found = await acts.next_running(None)
        while found is not None:
            seen.append(found.id)
            found = await acts.next_running(found.id)
        assert seen == ["b1", "b2", "b4"]

    async def test_those_of_a_namespace_are_listed_newest_first(self, store: ViewedStore) -> None:
        acts = store.bulk_acts
        for act in (bulk_act("b3"), bulk_act("b1"), bulk_act("b2", Namespace("other")), bulk_act("b4")):
            await acts.add(act, MANY)
        ended = replace(bulk_act("b3"), ended_at=at(9))
        await acts.save(ended)
        assert list(await acts.newest(NAMESPACE, None, 2)) == [bulk_act("b4"), ended]
        assert list(await acts.newest(NAMESPACE, ended.id, 2)) == [bulk_act("b1")]
        assert list(await acts.newest(NAMESPACE, BulkId("b1"), 2)) == []

    async def test_none_runs_in_an_empty_store(self, store: ViewedStore) -> None:
        assert await store.bulk_acts.next_running(None) is None

    async def test_bulk_acts_that_ended_long_ago_are_forgotten_oldest_first(self, store: ViewedStore) -> None:
        acts = store.bulk_acts
        for name, ended_at in (("b1", at(30)), ("b2", at(10)), ("b3", at(20)), ("b4", None)):
            await acts.add(bulk_act(name), MANY)
            await acts.save(replace(bulk_act(name), ended_at=ended_at))
        assert await acts.forget_ended(at(30), 1) == 1
        assert await acts.find(NAMESPACE, BulkId("b2")) is None
        assert await acts.find(NAMESPACE, BulkId("b3")) is not None
        assert await acts.forget_ended(at(30), 5) == 1
        assert await acts.forget_ended(at(30), 5) == 0
        left = [await acts.find(NAMESPACE, BulkId(name)) for name in ("b1", "b3", "b4")]
        assert [act is not None for act in left] == [True, False, True]

    @needs("durable_across_restart")
    async def test_bulk_act_is_there_after_reopening(self, store: ViewedStore, make_store: MakeStore) -> None:
        act = bulk_act("b1")
        await store.bulk_acts.add(act, MANY)
        await store.bulk_acts.save(further(act))
        await store.close()
        again = await make_store()
        assert await again.bulk_acts.next_running(None) == further(act)
        await again.close()

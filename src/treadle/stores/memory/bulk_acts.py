"""The bulk acts of the store of dicts."""

from collections.abc import Sequence

from msgspec.structs import replace

from treadle.model.bulk_acts import BulkAct
from treadle.model.ids import BulkId, Instant, Namespace
from treadle.stores.memory.tables import Tables


class MemoryBulkActs:
    def __init__(self, tables: Tables) -> None:
        self._acts = tables.bulk_acts

    async def add(self, act: BulkAct, running_max: int) -> bool:
        of_namespace = [one for one in self._running() if one.where.namespace == act.where.namespace]
        if len(of_namespace) >= running_max:
            return False
        self._acts[act.id] = act
        return True

    async def save(self, act: BulkAct) -> None:
        kept = self._acts.get(act.id)
        if kept is not None and kept.ended_at is None:
            self._acts[act.id] = replace(act, is_stopping=kept.is_stopping)

    async def stop(self, namespace: Namespace, bulk_id: BulkId) -> None:
        kept = await self.find(namespace, bulk_id)
        if kept is not None and kept.ended_at is None:
            self._acts[bulk_id] = replace(kept, is_stopping=True)

    async def find(self, namespace: Namespace, bulk_id: BulkId) -> BulkAct | None:
        act = self._acts.get(bulk_id)
        return act if act is not None and act.where.namespace == namespace else None

    async def newest(self, namespace: Namespace, before: BulkId | None, limit: int) -> Sequence[BulkAct]:
        found = [act for act in self._acts.values() if act.where.namespace == namespace]
        found.sort(key=lambda act: act.id, reverse=True)
        return [act for act in found if before is None or act.id < before][:limit]

    async def next_running(self, after: BulkId | None) -> BulkAct | None:
        following = (act for act in self._running() if after is None or act.id > after)
        return min(following, key=lambda act: act.id, default=None)

    async def forget_ended(self, before: Instant, limit: int) -> int:
        ended = [(act.ended_at, act.id) for act in self._acts.values() if act.ended_at is not None]
        old = [bulk_id for ended_at, bulk_id in sorted(ended) if ended_at < before][:limit]
        for bulk_id in old:
            del self._acts[bulk_id]
        return len(old)

    def _running(self) -> list[BulkAct]:
        return [act for act in self._acts.values() if act.ended_at is None]

"""Every store against the one contract."""

from pathlib import Path

import pytest

from treadle.stores.memory.store import MemoryStore
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.store import Capabilities, MakeStore, StoreContract


class TestMemoryStore(StoreContract):
    capabilities = Capabilities(durable_across_restart=False, single_process=True)

    @pytest.fixture
    def make_store(self) -> MakeStore:
        async def make() -> MemoryStore:
            return MemoryStore()

        return make


class TestSqliteStore(StoreContract):
    capabilities = Capabilities(durable_across_restart=True, single_process=True)

    @pytest.fixture
    def make_store(self, tmp_path: Path) -> MakeStore:
        async def make() -> SqliteStore:
            return SqliteStore.open(tmp_path / "treadle.db")

        return make

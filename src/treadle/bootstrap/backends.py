"""Which store a URL opens."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from treadle.config.store_url import StoreKind, StoreUrl
from treadle.model.errors import Unavailable
from treadle.model.json import Json
from treadle.ports.api_keys import ApiKeys
from treadle.ports.bulk_acts import BulkActs
from treadle.ports.key_rotation import KeyRotation
from treadle.ports.store import Store
from treadle.ports.views import Views
from treadle.stores.memory.store import MemoryStore
from treadle.stores.sqlite.api_keys import SqliteApiKeys
from treadle.stores.sqlite.key_rotation import SqliteKeyRotation
from treadle.stores.sqlite.store import SqliteStore
from treadle.stores.sqlite.views import open_views


class OpenStore(msgspec.Struct, frozen=True, kw_only=True):
    """A store with its views; `facts` is what /v1/info tells of it. Closing the store closes both."""

    store: Store
    views: Views
    bulk_acts: BulkActs
    facts: Mapping[str, Json]

    @property
    def close(self) -> Callable[[], Awaitable[None]]:
        return self.store.close


def open_store(url: StoreUrl) -> OpenStore:
    """The store of that URL, this process's alone until it is closed.

    Raises:
        Unavailable: it is in use, of another version, or cannot be opened.
        Corrupt: it is not what this version made of it.
    """
    return STORES[url.kind](url)


def open_for_audit(url: StoreUrl) -> Views:
    """What stands in a store, read beside an engine that may run on it.

    Raises:
        Unavailable: there is no such store, or it is of another version.
        Corrupt: it is not what this version made of it.
    """
    return open_views(_path_beside(url))


def open_api_keys(url: StoreUrl) -> ApiKeys:
    """The keys of a store, to be made and revoked beside an engine that may run on it.

    Raises:
        Unavailable: it is of another version, cannot be opened, or is its process's alone.
        Corrupt: it is not what this version made of it.
    """
    return SqliteApiKeys.open(_path_beside(url))


def open_key_rotation(url: StoreUrl) -> KeyRotation:
    """The keys of a store that sign callback tokens, to be rotated beside an engine that may run on it.

    Raises:
        Unavailable: it is of another version, cannot be opened, or is its process's alone.
        Corrupt: it is not what this version made of it.
    """
    return SqliteKeyRotation.open(_path_beside(url))


def _path_beside(url: StoreUrl) -> Path:
    """Where a store is that may be opened beside an engine."""
    if url.kind is not StoreKind.SQLITE:
        raise Unavailable("store_unavailable", f"a store of kind {url.kind.value} is its process's alone")
    return Path(url.path)


def _open_sqlite(url: StoreUrl) -> OpenStore:
    store = SqliteStore.open(Path(url.path))
    facts = {"kind": url.kind.value, "durable": True, **msgspec.to_builtins(store.facts())}
    return OpenStore(store=store, views=store.views, bulk_acts=store.bulk_acts, facts=facts)


def _open_memory(url: StoreUrl) -> OpenStore:
    store = MemoryStore()
    facts = {"kind": url.kind.value, "durable": False}
    return OpenStore(store=store, views=store.views, bulk_acts=store.bulk_acts, facts=facts)


STORES: Final[Mapping[StoreKind, Callable[[StoreUrl], OpenStore]]] = {
    StoreKind.SQLITE: _open_sqlite,
    StoreKind.MEMORY: _open_memory,
}

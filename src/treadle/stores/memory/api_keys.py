"""The keys of the store of dicts."""

from collections.abc import Sequence

from msgspec.structs import replace

from treadle.model.api_keys import ApiKey
from treadle.model.ids import Instant
from treadle.stores.memory.tables import Tables


class MemoryApiKeys:
    def __init__(self, tables: Tables) -> None:
        self._keys = tables.api_keys

    def add(self, key: ApiKey) -> bool:
        if key.name in self._keys:
            return False
        self._keys[key.name] = key
        return True

    def revoke(self, name: str, now: Instant) -> bool:
        key = self._keys.get(name)
        if key is None or key.revoked_at is not None:
            return False
        self._keys[name] = replace(key, revoked_at=now)
        return True

    def all(self) -> Sequence[ApiKey]:
        return [self._keys[name] for name in sorted(self._keys)]

    def close(self) -> None:
        """There is no connection."""

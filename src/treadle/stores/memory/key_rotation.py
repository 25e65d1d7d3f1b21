"""The keys of callbacks, of the store of dicts."""

from collections.abc import Sequence

from treadle.model.ids import Instant
from treadle.model.views import StoredKey
from treadle.ports.key_rotation import rotated
from treadle.security.tokens import KEYS_VALID_MAX
from treadle.stores.memory.tables import Tables


class MemoryKeyRotation:
    def __init__(self, tables: Tables) -> None:
        self._keys = tables.callback_keys

    def all(self) -> Sequence[StoredKey]:
        return list(self._keys)

    def rotate(self, fresh: StoredKey, made_until: Instant | None) -> StoredKey | None:
        made = rotated(self._keys, fresh, made_until)
        if made is not None:
            self._keys[:] = [made, *self._keys][:KEYS_VALID_MAX]
        return made

    def close(self) -> None:
        """There is no connection."""

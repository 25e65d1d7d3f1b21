"""The same start asked for twice: one key, one body, one execution."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from treadle.definition.digest import canonical
from treadle.model.errors import Rejected
from treadle.model.ids import IDEMPOTENCY_KEY_CHARS_MAX, Namespace
from treadle.model.json import Json
from treadle.service.workload import worked

T = TypeVar("T")

DIGEST_AT_ONCE_BYTES_MAX: Final = 4_096
KEPT_MS: Final = 7 * 24 * 60 * 60 * 1_000
"""How long the key of a start is remembered."""


async def keyed_digest(key: str, body: Json, body_bytes: int) -> bytes:
    """The digest of the body in its canonical form, to be kept under the caller's key.

    Raises:
        Rejected: `malformed_request`, the key is empty, too long, or not printable ASCII.
    """
    if not (0 < len(key) <= IDEMPOTENCY_KEY_CHARS_MAX and key.isascii() and key.isprintable()):
        limit = IDEMPOTENCY_KEY_CHARS_MAX
        message = f"Idempotency-Key has 1 to {limit} printable ASCII characters"
        raise Rejected("malformed_request", message)
    return await worked(
        body_bytes, lambda: sha256(canonical(body).encode()).digest(), DIGEST_AT_ONCE_BYTES_MAX
    )


class KeyLocks:
    """One start at a time for each key: a repeat waits for the first. Locks nobody holds are forgotten."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[object]] = set()
        self._locks: WeakValueDictionary[tuple[Namespace, str], asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def held(self, namespace: Namespace, key: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault((namespace, key), asyncio.Lock())
        async with lock:
            yield

    async def to_its_end(self, namespace: Namespace, key: str, wanted: Coroutine[None, None, T]) -> T:
        """What `wanted` returns, which has the key to itself to its end, even if the caller goes away before.

        A caller who has gone has what is being written for it written all the same: to let the next one
        look before that is durable would be to have it done twice.
        """

        async def held() -> T:
            async with self.held(namespace, key):
                return await wanted

        task = asyncio.get_running_loop().create_task(held())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

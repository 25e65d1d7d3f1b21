"""The same start asked for twice: one key, one body, one execution."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Final
from weakref import WeakValueDictionary

from treadle.definition.digest import canonical
from treadle.model.errors import Rejected
from treadle.model.ids import IDEMPOTENCY_KEY_CHARS_MAX, Namespace
from treadle.model.json import Json
from treadle.ports.commit import IdempotencyKey
from treadle.service.workload import worked

DIGEST_AT_ONCE_BYTES_MAX: Final = 4_096


async def idempotency_key(key: str, body: Json, body_bytes: int) -> IdempotencyKey:
    """The caller's key with the digest of the body in its canonical form.

    Raises:
        Rejected: `malformed_request`, the key is empty, too long, or not printable ASCII.
    """
    if not (0 < len(key) <= IDEMPOTENCY_KEY_CHARS_MAX and key.isascii() and key.isprintable()):
        limit = IDEMPOTENCY_KEY_CHARS_MAX
        message = f"Idempotency-Key has 1 to {limit} printable ASCII characters"
        raise Rejected("malformed_request", message)
    digest = await worked(
        body_bytes, lambda: sha256(canonical(body).encode()).digest(), DIGEST_AT_ONCE_BYTES_MAX
    )
    return IdempotencyKey(key=key, body_digest=digest)


class KeyLocks:
    """One start at a time for each key: a repeat waits for the first. Locks nobody holds are forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[Namespace, str], asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def held(self, namespace: Namespace, key: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault((namespace, key), asyncio.Lock())
        async with lock:
            yield

"""Signs and verifies callback tokens by the keys that the store has now: others may rotate them meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, TypeAlias

from treadle.model.errors import Corrupt, Unavailable
from treadle.model.views import StoredKey
from treadle.ports.clock import Clock
from treadle.security.tokens import CallbackToken, KeyRing, UnknownKey

ReadKeys: TypeAlias = Callable[[], Awaitable[Sequence[StoredKey]]]

KEPT_MS: Final = 2_000
"""So long after a rotation the key from before it may still sign, and one that was withdrawn be believed."""
SOUGHT_MS: Final = 100
"""How often at most keys that are not known are looked for in the store: forged tokens are no load."""


class CallbackTokens:
    """Nothing is read while nobody signs or verifies; callers share one look."""

    def __init__(self, keys: Sequence[StoredKey], read: ReadKeys, clock: Clock) -> None:
        """`keys` are those of the store now, newest first, which `read` reads again.

        Raises:
            Corrupt: there is none, or one of another length.
        """
        self._ring = KeyRing(keys)
        self._read = read
        self._clock = clock
        self._read_at = clock.now()
        self._reading = asyncio.Lock()

    async def sign(self, token: CallbackToken) -> str:
        """The token as text.

        A store that cannot be read stops no call: the newest key that is known is good, until two rotations
        were made since.
        """
        with suppress(Unavailable, Corrupt):
            await self._read_again(KEPT_MS)
        return self._ring.sign(token)

    async def verify(self, text: str) -> CallbackToken:
        """What the token says; at its `expires_at` it is expired.

        Raises:
            TokenRefused: it is no token, no key of the store has signed it, or its time is over.
            Unavailable: the keys cannot be read.
            Corrupt: what the store keeps is no key.
        """
        await self._read_again(KEPT_MS)
        try:
            return self._ring.verify(text, self._clock.now())
        except UnknownKey:
            await self._read_again(SOUGHT_MS)
        return self._ring.verify(text, self._clock.now())

    async def _read_again(self, age_ms: int) -> None:
        """Read the keys of the store if what was read is older than `age_ms`."""
        if not self._is_older(age_ms):
            return
        async with self._reading:
            if self._is_older(age_ms):
                now = self._clock.now()
                self._ring = KeyRing(await self._read())
                self._read_at = now

    def _is_older(self, age_ms: int) -> bool:
        return self._clock.now() - self._read_at >= age_ms

"""What callbacks need of a process: the keys that sign their tokens, and the URL at which they arrive."""

import secrets
from typing import Final

from treadle.config.loopback import http_url
from treadle.config.server_url import parse_public_url
from treadle.config.settings import Settings
from treadle.model.ids import Instant
from treadle.model.views import StoredKey
from treadle.ports.store import Store
from treadle.security.tokens import SECRET_BYTES, KeyRing

KEY_ID_BYTES: Final = 6
"""An id tells the keys of one store apart; it stands in every token."""


async def load_key_ring(store: Store, now: Instant) -> KeyRing:
    """The keys of the store, which is given a first one if it has none.

    Raises:
        Unavailable: the store cannot be reached.
        Corrupt: what it keeps is no key.
    """
    fresh = StoredKey(
        id=secrets.token_urlsafe(KEY_ID_BYTES), secret=secrets.token_bytes(SECRET_BYTES), created_at=now
    )
    return KeyRing(await store.callback_keys(fresh))


def public_url(settings: Settings, port: int) -> str:
    """Where services reach a server that listens at `port`, without a slash at the end."""
    if settings.public_url is not None:
        return parse_public_url(settings.public_url)
    return http_url(settings.host, port)

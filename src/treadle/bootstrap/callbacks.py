"""What callbacks need of a process: the keys that sign their tokens, and the URL at which they arrive."""

import secrets
from typing import Final

from treadle.config.loopback import http_url
from treadle.config.server_url import parse_public_url
from treadle.config.settings import Settings
from treadle.model.ids import Instant
from treadle.model.views import StoredKey
from treadle.ports.clock import Clock
from treadle.ports.store import Store
from treadle.ports.views import Views
from treadle.runtime.callback_tokens import CallbackTokens
from treadle.security.tokens import SECRET_BYTES

KEY_ID_BYTES: Final = 6
"""An id tells the keys of one store apart; it stands in every token."""


def draw_key(now: Instant) -> StoredKey:
    """A key that no store has yet."""
    return StoredKey(
        id=secrets.token_urlsafe(KEY_ID_BYTES), secret=secrets.token_bytes(SECRET_BYTES), created_at=now
    )


async def load_callback_tokens(store: Store, views: Views, clock: Clock) -> CallbackTokens:
    """Tokens by the keys of the store, which is given a first one if it has none.

    Raises:
        Unavailable: the store cannot be reached.
        Corrupt: what it keeps is no key.
    """
    return CallbackTokens(await store.callback_keys(draw_key(clock.now())), views.callback_keys, clock)


def public_url(settings: Settings, port: int) -> str:
    """Where services reach a server that listens at `port`, without a slash at the end."""
    if settings.public_url is not None:
        return parse_public_url(settings.public_url)
    return http_url(settings.host, port)

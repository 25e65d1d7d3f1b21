"""Callback tokens: which attempt may be answered until when, under a signature (SEMANTICS 3).

A token is base64url without padding over: one byte of version, the MessagePack array of key id, execution
id, activity id and expiry, and the HMAC-SHA256 of all that stands before it.
"""

import base64
import hmac
from collections.abc import Sequence
from typing import Final

import msgspec

from treadle.model.errors import Corrupt, Rejected
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.instants import DAY_MS
from treadle.model.views import StoredKey

EXPIRY_GRACE_MS: Final = DAY_MS
"""A token is good for this much longer than its callback is awaited: who is late is told so."""
ROTATION_MS_MIN: Final = 7 * DAY_MS + EXPIRY_GRACE_MS
"""So long a key has signed before, unforced, the one before it is withdrawn.

The last tokens of that one are over then, but for those of callbacks that are awaited for longer than a week.
"""
KEYS_VALID_MAX: Final = 2
"""The newest key signs; it and the one before it verify."""
SECRET_BYTES: Final = 32
TOKEN_CHARS_MAX: Final = 512
VERSION: Final = b"\x01"
MAC_BYTES: Final = 32
NOT_SIGNED: Final = "the callback token was not signed here"


class CallbackToken(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The right to answer the attempt `activity`, until just before `expires_at`."""

    execution_id: ExecutionId
    activity: ActivityId
    expires_at: Instant


class TokenRefused(Rejected):
    """`code` is `malformed_token`, `bad_signature` or `callback_expired`."""


class UnknownKey(TokenRefused):
    """`bad_signature` by a key that is not in the ring: the ring may be older than the key."""


class _Signed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True, forbid_unknown_fields=True
):
    key: str
    execution_id: ExecutionId
    activity: ActivityId
    expires_at: Instant


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Signed)


class KeyRing:
    """Signs tokens and knows again what it, or its predecessor, has signed."""

    def __init__(self, keys: Sequence[StoredKey]) -> None:
        """`keys` are those of the store, newest first; of more than KEYS_VALID_MAX the oldest are left out.

        Raises:
            Corrupt: there is none, or one whose secret is no 32 bytes.
        """
        valid = keys[:KEYS_VALID_MAX]
        if not valid or any(len(key.secret) != SECRET_BYTES for key in valid):
            raise Corrupt("callback_keys", f"callback tokens need a key of {SECRET_BYTES} bytes")
        self._newest = valid[0]
        self._secrets = {key.id: key.secret for key in reversed(valid)}

    def sign(self, token: CallbackToken) -> str:
        """The token as text, of letters, digits, `-` and `_` only."""
        signed = _Signed(
            key=self._newest.id,
            execution_id=token.execution_id,
            activity=token.activity,
            expires_at=token.expires_at,
        )
        payload = VERSION + _encoder.encode(signed)
        return _to_text(payload + _mac(self._newest.secret, payload))

    def verify(self, text: str, now: Instant) -> CallbackToken:
        """What the token says; at its `expires_at` it is expired.

        Raises:
            UnknownKey: it names a key that is not here.
            TokenRefused: it is no token, nobody here has signed it, or its time is over.
        """
        raw = _to_bytes(text)
        payload, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        signed = _read(payload)
        secret = self._secrets.get(signed.key)
        if secret is None:
            raise UnknownKey("bad_signature", NOT_SIGNED)
        if not hmac.compare_digest(_mac(secret, payload), mac):
            raise TokenRefused("bad_signature", NOT_SIGNED)
        if now >= signed.expires_at:
            raise TokenRefused("callback_expired", "the callback token has expired")
        return CallbackToken(
            execution_id=signed.execution_id, activity=signed.activity, expires_at=signed.expires_at
        )


def _mac(secret: bytes, payload: bytes) -> bytes:
    return hmac.digest(secret, payload, "sha256")


def _to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _to_bytes(text: str) -> bytes:
    """The bytes of a token. The decoder passes over what it does not know, so they are written again."""
    if len(text) > TOKEN_CHARS_MAX:
        raise _malformed()
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise _malformed() from None
    if _to_text(raw) != text:
        raise _malformed()
    return raw


def _read(payload: bytes) -> _Signed:
    if not payload.startswith(VERSION):
        raise _malformed()
    try:
        return _decoder.decode(payload[len(VERSION) :])
    except (msgspec.DecodeError, ValueError):
        raise _malformed() from None


def _malformed() -> TokenRefused:
    return TokenRefused("malformed_token", "this is no callback token")

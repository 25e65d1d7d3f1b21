"""API keys: how one is written, what is kept of it, and how it is known again.

A key that is made here has 32 random bytes, so its SHA-256 cannot be searched for: a slow hash, as a password
needs it, would only make every request slow.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

from treadle.model.api_keys import ApiKey, Scope
from treadle.model.ids import NAME, Instant, Namespace

SECRET_BYTES: Final = 32
KEY_CHARS_MAX: Final = 512
PREFIX: Final = "treadle_"
"""By which people, and scanners of repositories, know what they have found."""
TAKEN: Final = frozenset({"dev", "engine", "nobody"})
"""What history calls actors that have no key."""


def written(secret: bytes) -> str:
    """The key as its owner gets it, of SECRET_BYTES random bytes."""
    return PREFIX + urlsafe_b64encode(secret).decode().rstrip("=")


def digest_of(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def parse_scopes(text: str, separator: str) -> frozenset[Scope]:
    """The scopes of `run,operate` or of `run+operate`.

    Raises:
        ValueError: there is none, or one that does not exist.
    """
    names = [name.strip() for name in text.split(separator)]
    known = ", ".join(Scope)
    for name in names:
        if name not in set(Scope):
            raise ValueError(f"{name!r} is no scope; there are {known}")
    return frozenset(map(Scope, names))


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a key.

    Raises:
        ValueError: it is no name, or history calls another actor so.
    """
    if NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name: letters, digits, `.`, `_` and `-`, at most 128")
    if name in TAKEN:
        raise ValueError(f"{name!r} is what history calls an actor without a key: take another name")


def parse_keys(text: str, now: Instant) -> tuple[ApiKey, ...]:
    """The keys of `name:namespace:scope+scope:key`, separated by commas.

    Raises:
        ValueError: one of them is not written so; the message does not repeat a key.
    """
    entries = filter(None, (each.strip() for each in text.split(",")))
    keys = tuple(_parse_key(entry, number, now) for number, entry in enumerate(entries, start=1))
    names = [key.name for key in keys]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two keys are called {twice!r}: acts could not be told apart")
    return keys


def check_apart(given: Iterable[ApiKey], kept: Iterable[ApiKey]) -> None:
    """Refuse a given key that is called as one that is kept, good or revoked.

    Raises:
        ValueError: there is one.
    """
    names = {key.name for key in kept}
    twice = next((key.name for key in given if key.name in names), None)
    if twice is not None:
        message = f"the store has, or had, a key called {twice!r}: acts could not be told apart"
        raise ValueError(f"{message}; give this one another name")


def _parse_key(entry: str, number: int, now: Instant) -> ApiKey:
    """One of them. What is wrong is told without a word of it: fields may be swapped, a key have a comma."""
    name, namespace, scopes, key = (*entry.split(":", 3), "", "", "")[:4]
    if not key:
        raise ValueError(f"key {number}: it is written `name:namespace:scope+scope:key`")
    if NAME.fullmatch(name) is None or name in TAKEN:
        raise ValueError(f"key {number}: its name is none that a key may have")
    if NAME.fullmatch(namespace) is None:
        raise ValueError(f"key {number}: its namespace is no name")
    try:
        allowed = parse_scopes(scopes, "+")
    except ValueError:
        raise ValueError(f"key {number}: its scopes are not of {', '.join(Scope)}, joined by `+`") from None
    return ApiKey(
        name=name,
        namespace=Namespace(namespace),
        scopes=allowed,
        digest=digest_of(key),
        created_at=now,
    )


class KnownKeys:
    """The keys that are good now, found by what a caller shows."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        """Of two with one digest the first is known; revoked ones are not."""
        self._by_digest: dict[bytes, ApiKey] = {}
        for key in keys:
            if key.revoked_at is None:
                self._by_digest.setdefault(key.digest, key)

    def find(self, key: str) -> ApiKey | None:
        """The key of that text.

        Time tells nothing: what is looked up is a digest, of which nobody can choose the bytes.
        """
        if len(key) > KEY_CHARS_MAX:
            return None
        digest = digest_of(key)
        found = self._by_digest.get(digest)
        return found if found is not None and hmac.compare_digest(found.digest, digest) else None

    def __len__(self) -> int:
        return len(self._by_digest)

"""Keys by which callers of the API are known, and what each of them may do."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from treadle.model.ids import Instant, Namespace


class Scope(StrEnum):
    """What a caller may do: read; start and signal; act on what runs, and on definitions; everything."""

    READ = "read"
    RUN = "run"
    OPERATE = "operate"
    ADMIN = "admin"


GRANTS: Final[Mapping[Scope, frozenset[Scope]]] = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.RUN: frozenset({Scope.RUN, Scope.READ}),
    Scope.OPERATE: frozenset({Scope.OPERATE, Scope.READ}),
    Scope.ADMIN: frozenset(Scope),
}
"""What each scope includes."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is unique in a store for ever: it is what history calls the actor. The key itself is not kept.

    `digest` is the SHA-256 of the key's text.
    """

    name: str
    namespace: Namespace
    scopes: frozenset[Scope]
    digest: bytes
    created_at: Instant
    revoked_at: Instant | None = None


def granted(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """All that these scopes include."""
    return frozenset().union(*(GRANTS[scope] for scope in scopes))

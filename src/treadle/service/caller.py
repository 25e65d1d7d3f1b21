"""Who asks."""

import msgspec

from treadle.model.api_keys import Scope
from treadle.model.ids import Namespace


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """`actor` is what history says of acts: a key's name, or `dev` where there are no keys.

    `scopes` is all that the caller may do.
    """

    namespace: Namespace
    actor: str
    scopes: frozenset[Scope]

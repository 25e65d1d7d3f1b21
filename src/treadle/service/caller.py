"""Who asks."""

import msgspec

from treadle.model.ids import Namespace


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """`actor` is what history says of acts: a key's id, or `dev` where there are no keys."""

    namespace: Namespace
    actor: str

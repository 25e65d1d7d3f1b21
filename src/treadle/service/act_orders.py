"""What a person writes to act on an execution."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.commands import Resolution
from treadle.model.ids import Path
from treadle.model.json import Json

REASON_CHARS_MAX: Final = 2_000
PATH_CHARS_MAX: Final = 1_024
"""Beyond the path of any visit: a node's id, and a number for each of the iterations around it."""
_Reason = Annotated[str, msgspec.Meta(max_length=REASON_CHARS_MAX)]
_Path = Annotated[Path, msgspec.Meta(max_length=PATH_CHARS_MAX)]


class ReasonOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What any act may say; kept in the history."""

    reason: _Reason | None = None


class WakeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`path` names the visit that sleeps or is in back-off; not needed where there is one."""

    reason: _Reason | None = None
    path: _Path | None = None


class ResolveOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`output` is that of the visit, and goes with `done`; `path` is needed where several are unknown."""

    outcome: Resolution
    output: Json | UnsetType = UNSET
    reason: _Reason | None = None
    path: _Path | None = None


ActOrder = ReasonOrder | WakeOrder | ResolveOrder

"""The difference of two definitions, as values."""

import msgspec

from treadle.model.ids import Digest, NodeId
from treadle.model.json import Json


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two definitions."""

    name: str
    version: str
    digest: Digest


class NodePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A node where it stands. `parent` is the node around it, None in the root body.

    `body` is the name of its body among those of `parent` (`0` and `default` of a switch, the name of a
    branch, `item`, `turn`, `try`, `catch.0`, `finally`, `body`), empty for the root.
    """

    id: NodeId
    kind: str
    pointer: str
    parent: NodeId | None
    body: str


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A node that stands in another body, or in another place among the nodes that its sequence kept."""

    id: NodeId
    old: NodePlace
    new: NodePlace


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value that is another one, with all defaults filled in, in the units in which documents write it.

    `pointer` is where it stands in the new document, or would if it was written there, as what comes from
    `defaults` is not; `old_pointer` the same in the old one, if that is elsewhere. `node` is None for a
    field of the document. `old` or `new` is missing if there is none. `is_cosmetic`: it is for people alone.
    """

    pointer: str
    old_pointer: str | None = None
    node: NodeId | None = None
    field: str
    old: Json | msgspec.UnsetType = msgspec.UNSET
    new: Json | msgspec.UnsetType = msgspec.UNSET
    is_cosmetic: bool = False


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why the two do not fit together (`is_breaking`), or what there is to know although they do.

    `pointer` is into the new document, but for what is in the old one alone.
    """

    code: str
    message: str
    pointer: str
    node: NodeId | None = None
    is_breaking: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`compatible`: no reason is breaking."""

    compatible: bool
    reasons: tuple[Reason, ...] = ()


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said of two definitions.

    `added` nodes stand in the new one alone, `removed` ones in the old one alone. `for_running` is about
    executions that were started with the old one and should go on with the new one, `for_new` about those
    who start executions, send them signals and read what comes of them.
    """

    old: Compared
    new: Compared
    added: tuple[NodePlace, ...] = ()
    removed: tuple[NodePlace, ...] = ()
    moved: tuple[Move, ...] = ()
    changed: tuple[Change, ...] = ()
    for_running: Verdict
    for_new: Verdict

    @property
    def is_empty(self) -> bool:
        """Whether the two mean the same; they may be written in other words, and have other digests."""
        return not (self.added or self.removed or self.moved or self.changed)

    @property
    def is_cosmetic(self) -> bool:
        """Whether nothing that an execution does is another."""
        is_same_shape = not (self.added or self.removed or self.moved)
        return is_same_shape and all(change.is_cosmetic for change in self.changed)

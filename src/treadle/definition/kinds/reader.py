"""What a reader of one kind is given and gives."""

from collections.abc import Callable
from typing import TypedDict

import msgspec

from treadle.definition.reading import Outline, Reading
from treadle.definition.section import NO_WORDS, Section
from treadle.model.definition import Node
from treadle.model.ids import NodeId
from treadle.model.json import Json


class HeadFields(TypedDict):
    """The fields that every node has, as its struct takes them."""

    id: NodeId
    label: str | None
    when: Json | None
    next: NodeId | None
    deadline_ms: int | None


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What every node has; `outline` is where its bodies are entered."""

    id: NodeId
    label: str | None
    when: Json | None
    next: NodeId | None
    deadline_ms: int | None
    outline: Outline

    @property
    def fields(self) -> HeadFields:
        return HeadFields(
            id=self.id, label=self.label, when=self.when, next=self.next, deadline_ms=self.deadline_ms
        )


class KindReader(msgspec.Struct, frozen=True, kw_only=True):
    """`words` are the fields of the kind besides those of every node; `later` those not available yet."""

    words: frozenset[str]
    later: frozenset[str] = NO_WORDS
    read: Callable[[Section, Head, Reading], Node]

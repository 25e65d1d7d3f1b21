"""YAML read by libyaml: the same trees and places as read exactly, in a twentieth of the time.

libyaml is a parser of YAML 1.1. It gives the structure and no meaning: what a scalar means is the core schema
of 1.2 here too. Wherever its structure could be another than that of 1.2, and wherever there is something to
refuse, nothing is read at all.
"""

import re
from typing import Final

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from treadle.definition.formats.scalars import plain_value
from treadle.definition.soundness import DEPTH_MAX
from treadle.model.json import Json

try:
    from yaml import CBaseLoader
except ImportError:
    # There are platforms for which PyYAML comes without libyaml: there, everything is read exactly.
    HAS_LIBYAML = False
else:
    HAS_LIBYAML = True

UNSURE: Final = re.compile(
    r"[^\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Tabs, byte order marks, line breaks of YAML 1.1 alone, and what cannot be printed."""
INDENTED_STYLES: Final = frozenset("|>")
CLEAR_INDENT: Final = re.compile(r"[|>][-+]?[\r\n]+ +\S")
"""A block of text with nothing beside its sign, and an indent that its first line with text in it shows."""
KEY_CHARS_MAX: Final = 1_000
"""Both parsers stop at 1,024, with what stands around a key: that they count alike is not relied on."""


class Unsure(Exception):
    """This may be read otherwise, or has to be refused."""


def read_quickly(text: str) -> tuple[Json, list[int]] | None:
    """The tree of a text and the offsets of its keys and values, in code points.

    None for what the exact reader has to see.
    """
    if not HAS_LIBYAML or UNSURE.search(text):
        return None
    tree = Tree(text)
    try:
        for event in iter(CBaseLoader(text).get_event, None):
            _take(event, tree)
    except (Unsure, YAMLError, ValueError):
        return None
    return tree.root, tree.offsets


class Tree:
    """A tree that grows as events are taken."""

    def __init__(self, text: str) -> None:
        self.offsets: list[int] = []
        self._text = text
        # The outermost list is not of the text: it holds the document.
        self._open: list[Json] = [[]]
        self._key: str | None = None
        # What is said more than once is kept once: keys and templates are looked up by many.
        self._texts: dict[str, str] = {}

    @property
    def root(self) -> Json:
        """The document; None if there is nothing in it."""
        return self._open[0][0] if self._open[0] else None

    def begin(self, event: DocumentStartEvent) -> None:
        """A document begins: there is one, without directives."""
        if self._open[0] or event.version is not None or event.tags:
            raise Unsure

    def scalar(self, event: ScalarEvent) -> None:
        """A key of the innermost object, or a value."""
        at, end = _span(event)
        if event.style in INDENTED_STYLES and CLEAR_INDENT.match(self._text, at) is None:
            raise Unsure
        value: Json = plain_value(event.value) if event.implicit[0] else event.value
        if isinstance(value, str):
            value = self._texts.setdefault(value, value)
        into = self._open[-1]
        if self._key is not None or isinstance(into, list):
            self._put(value, at, end)
        elif not isinstance(value, str) or value in into or end - at > KEY_CHARS_MAX:
            raise Unsure
        else:
            self._key = value
            self.offsets.append(at)

    def open(self, event: CollectionStartEvent) -> None:
        """A list or an object, and what comes next is in it."""
        at, end = _span(event)
        into = self._open[-1]
        is_mapping = isinstance(event, MappingStartEvent)
        is_key = isinstance(into, dict) and self._key is None
        # `[a: b]` has an object without braces: how tight the colon may stand there is not the same.
        is_bare = is_mapping and event.flow_style and self._text[at] != "{"
        if is_key or is_bare or len(self._open) > DEPTH_MAX:
            raise Unsure
        container: Json = {} if is_mapping else []
        self._put(container, at, end)
        self._open.append(container)

    def close(self) -> None:
        """The innermost list or object is complete."""
        self._open.pop()

    def _put(self, value: Json, at: int, end: int) -> None:
        into = self._open[-1]
        if self._key is None:
            self.offsets.append(at)
            into.append(value)
            return
        # What is left out after a key has no place of its own: it gets that of the key.
        self.offsets.append(self.offsets[-1] if at == end else at)
        into[self._key] = value
        self._key = None


def _take(event: Event, tree: Tree) -> None:
    """Take what the parser meets next.

    Raises:
        Unsure: it cannot be taken here.
    """
    if isinstance(event, ScalarEvent):
        tree.scalar(event)
    elif isinstance(event, CollectionEndEvent):
        tree.close()
    elif isinstance(event, CollectionStartEvent):
        tree.open(event)
    elif isinstance(event, DocumentStartEvent):
        tree.begin(event)
    elif isinstance(event, AliasEvent) or (isinstance(event, DocumentEndEvent) and event.explicit):
        raise Unsure


def _span(event: ScalarEvent | CollectionStartEvent) -> tuple[int, int]:
    """Where the value begins and ends, in code points; it has neither an anchor nor a tag."""
    begin, end = event.start_mark, event.end_mark
    if begin is None or end is None or event.anchor is not None or event.tag is not None:
        raise Unsure
    return begin.index, end.index

"""YAML 1.2 without anchors, aliases and tags, read slowly: whether it is read and as what, is decided here.

The tree is built from the events of the parser, so that each thing refused is named with its line, depth is
bounded before anything is nested, and what a scalar means is the core schema of YAML 1.2 and nothing else.
"""

from collections.abc import Iterator
from typing import Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from treadle.definition.formats.document_text import refuse_at
from treadle.definition.formats.scalars import plain_value
from treadle.definition.formats.tree import TreeBuilder
from treadle.definition.soundness import DEPTH_MAX, is_unicode
from treadle.expressions.nearest import quoted
from treadle.expressions.pointers import joined
from treadle.model.json import Json

VERSIONS: Final = (None, (1, 2))


class Refusal(Exception):
    """What stands at `offset` is not read; `pointer` is where in the tree, as far as that is known."""

    def __init__(self, message: str, offset: int, pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.pointer = pointer


def read_exactly(text: str) -> tuple[Json, list[int]]:
    """The tree of a text, and the offsets of its keys and values, in code points.

    Raises:
        Rejected: `malformed_request` with the line and column.
    """
    builder = TreeBuilder()
    offsets: list[int] = []
    try:
        for event in _events(text):
            if isinstance(event, NodeEvent):
                # What is left out after a key has no place of its own: it gets that of the key.
                is_left_out = builder.has_key and event.start_mark.index == event.end_mark.index
                offsets.append(offsets[-1] if is_left_out else event.start_mark.index)
            _take(event, builder)
    except Refusal as refusal:
        refuse_at(text, refusal.offset, refusal.message, refusal.pointer)
    return builder.root, offsets


def _events(text: str) -> Iterator[Event]:
    """What the parser meets; whatever it trips over is a fault of the text."""
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = 0 if mark is None else mark.index
        raise Refusal(f"this is no YAML: {error.problem or error.context}", offset) from error
    except ReaderError as error:
        raise Refusal("a character stands here that YAML does not allow", error.position) from error
    except Exception as error:
        # In odd corners (an escape beyond Unicode, a version without a dot) the parser does not catch what
        # its own conversions raise, and the exceptions have nothing in common.
        raise Refusal(f"this is no YAML: {error}", 0) from error


def _take(event: Event, builder: TreeBuilder) -> None:
    if isinstance(event, DocumentStartEvent):
        _check_document(event, builder)
    elif isinstance(event, NodeEvent):
        _check_plainness(event, builder)
        _add(event, builder)
    elif isinstance(event, CollectionEndEvent):
        builder.close()


def _add(event: NodeEvent, builder: TreeBuilder) -> None:
    if builder.needs_key:
        key = _value(event, builder) if isinstance(event, ScalarEvent) else None
        if not isinstance(key, str):
            _refuse(
                event,
                'a key is text: put it in quotes, and a template too, as `"{{ input.id }}"`',
                builder.pointer,
            )
        if not builder.add_key(key):
            message = f"the key {quoted(key)} stands twice in one mapping"
            _refuse(event, message, joined(builder.pointer, key))
    elif isinstance(event, ScalarEvent):
        builder.add(_value(event, builder))
    elif builder.depth >= DEPTH_MAX:
        _refuse(event, f"values may be nested {DEPTH_MAX} deep", builder.pointer)
    else:
        builder.open({} if isinstance(event, MappingStartEvent) else [])


def _value(event: ScalarEvent, builder: TreeBuilder) -> Json:
    """The value of a scalar: text in quotes is text, what is plain means what it says."""
    is_plain = event.implicit[0]
    try:
        value = plain_value(event.value) if is_plain else event.value
    except ValueError as error:
        _refuse(event, f"{quoted(event.value)}: {error}", builder.pointer)
    if isinstance(value, str) and not is_unicode(value):
        _refuse(event, "the text has half of a surrogate pair", builder.pointer)
    return value


def _check_document(event: DocumentStartEvent, builder: TreeBuilder) -> None:
    if not builder.is_empty:
        _refuse(event, "one document is read at a time")
    if event.version not in VERSIONS or event.tags:
        _refuse(event, "of directives only `%YAML 1.2` is read")


def _check_plainness(event: NodeEvent, builder: TreeBuilder) -> None:
    anchor = quoted(str(event.anchor))
    if isinstance(event, AliasEvent):
        _refuse(event, f"aliases are not read: write out what {anchor} stands for", builder.pointer)
    if event.anchor is not None:
        _refuse(event, f"anchors are not read: leave {anchor} out", builder.pointer)
    tag = getattr(event, "tag", None)
    if tag is not None:
        _refuse(
            event, f"tags are not read: leave {quoted(str(tag))} out, or put it in quotes", builder.pointer
        )


def _refuse(event: Event, message: str, pointer: str = "") -> NoReturn:
    raise Refusal(message, event.start_mark.index, pointer)

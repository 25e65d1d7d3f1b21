"""Bytes of a document become a tree of JSON values, and it is known where in the text each of them stands."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from treadle.definition.formats.json import read_json
from treadle.definition.formats.lines import Position
from treadle.definition.formats.positions import Positions
from treadle.definition.formats.yaml import read_yaml
from treadle.model.errors import Fault, Rejected
from treadle.model.json import Json

__all__ = ("Position", "Positions", "Source", "placed", "read_source")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The tree of a document as written; `positions` costs nothing until it is asked."""

    tree: Json
    positions: Positions


READERS: Final[Mapping[str, Callable[[bytes], tuple[Json, Positions]]]] = {
    "json": read_json,
    "application/json": read_json,
    "yaml": read_yaml,
    "application/yaml": read_yaml,
    "application/x-yaml": read_yaml,
    "text/yaml": read_yaml,
}


def read_source(data: bytes, media: str) -> Source:
    """Read a document; `media` is `json` or `yaml`, or a media type of one of them.

    Raises:
        Rejected: `unsupported_media_type`, `too_large`, or `malformed_request` with a fault that has the line
            and the column.
    """
    reader = READERS.get(media)
    if reader is None:
        raise Rejected("unsupported_media_type", f"a document is read as JSON or YAML, not as {media}")
    tree, positions = reader(data)
    return Source(tree=tree, positions=positions)


def placed(faults: Iterable[Fault], positions: Positions) -> tuple[Fault, ...]:
    """The same faults, each with the line and the column of what it is about."""
    return tuple(_placed(fault, positions) for fault in faults)


def _placed(fault: Fault, positions: Positions) -> Fault:
    if fault.line is not None:
        return fault
    position = positions.at(fault.pointer, fault.code)
    return msgspec.structs.replace(fault, line=position.line, column=position.column)

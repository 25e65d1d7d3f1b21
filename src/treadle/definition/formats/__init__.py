"""Bytes of a document become a tree of JSON values."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from treadle.definition.formats.json import parse_json
from treadle.definition.formats.yaml import parse_yaml
from treadle.model.json import Json

Format = Literal["json", "yaml"]
PARSERS: Final[Mapping[str, Callable[[bytes], Json]]] = {"json": parse_json, "yaml": parse_yaml}


def parse_document(data: bytes, format_name: Format) -> Json:
    """The tree of a document as written.

    Raises:
        Rejected: `too_large`, or `malformed_request` with a fault that names line and column.
    """
    return PARSERS[format_name](data)

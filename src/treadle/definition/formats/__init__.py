"""Bytes of a document become a tree of JSON values."""

from typing import Literal

from treadle.definition.formats.sources import read_source
from treadle.model.json import Json

Format = Literal["json", "yaml"]


def parse_document(data: bytes, format_name: Format) -> Json:
    """The tree of a document as written.

    Raises:
        Rejected: `too_large`, or `malformed_request` with a fault that has the line and the column.
    """
    return read_source(data, format_name).tree

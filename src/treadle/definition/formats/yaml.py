"""YAML 1.2 without anchors, aliases and tags: what is left of it is JSON with fewer quotes.

Two readers: a quick one that gives up wherever it could be mistaken, and the exact one, whose word counts. It
sees every text that the quick one does not take, and it alone refuses.
"""

from typing import Final

from treadle.definition.formats.document_text import decoded
from treadle.definition.formats.exact_yaml import read_exactly
from treadle.definition.formats.positions import Positions
from treadle.definition.formats.quick_yaml import read_quickly
from treadle.model.json import Json

YAML_BYTES_MAX: Final = 262_144
"""The longest document in YAML, which is slow to read where it is read exactly."""


def read_yaml(data: bytes) -> tuple[Json, Positions]:
    """The tree of a document in YAML, and where its values stand.

    Raises:
        Rejected: `too_large`, or `malformed_request` with the line and column.
    """
    text = decoded(data, YAML_BYTES_MAX, "YAML")
    tree, offsets = read_quickly(text) or read_exactly(text)
    return tree, Positions(text, tree, lambda: offsets)

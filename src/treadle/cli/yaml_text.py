"""A document as YAML that people go on with: blocks, and quotes where text could be taken for more."""

from io import StringIO
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from treadle.definition.formats.scalars import plain_value
from treadle.model.json import Json

OPENING: Final = "{{"
UNFOLDED: Final = 1 << 30
"""Columns: no line of text is broken where its author did not."""


def yaml_text(tree: Json) -> str:
    """The text; `parse_document` gives the same tree back."""
    writer = YAML(typ="rt", pure=True)
    writer.version = None
    writer.width = UNFOLDED
    writer.allow_unicode = True
    writer.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    writer.dump(_styled(tree), text)
    return text.getvalue()


def _styled(value: Json) -> Json:
    if isinstance(value, dict):
        return {_styled(key): _styled(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_styled(member) for member in value]
    return _styled_text(value) if isinstance(value, str) else value


def _styled_text(text: str) -> str:
    """Templates stand in quotes, as does what would be something else without: single ones around double."""
    if OPENING not in text and _is_plain(text):
        return text
    has_quotes = text.isprintable() and ('"' in text or "\\" in text)
    styled: str = SingleQuotedScalarString(text) if has_quotes else DoubleQuotedScalarString(text)
    return styled


def _is_plain(text: str) -> bool:
    """Whether the text, written without quotes, is still that text."""
    try:
        return text.isprintable() and plain_value(text) == text
    except ValueError:
        return False

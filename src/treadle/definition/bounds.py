"""How large a document may be: named settings."""

from typing import Final

import msgspec


class DocumentBounds(msgspec.Struct, frozen=True, kw_only=True):
    """A breach is a fault with a code of its own."""

    nodes: int = 1_000
    """Nodes of a document, nested ones included."""
    nesting: int = 16
    """Bodies inside each other, the root body counted."""
    branches: int = 64
    """Branches of one `parallel`, `race` or `split`, and signals of one `wait`."""


DEFAULT_BOUNDS: Final = DocumentBounds()

"""A hypothesis strategy of definition documents over all kinds of node, each of which is accepted."""

from treadle.testing.definitions.documents import definitions

__all__ = ["definitions"]

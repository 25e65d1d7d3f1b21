"""In which language a document is written: told by all its words together.

Each of the two languages has words that the other has not. A document in which those of Trama are more is one
of Trama; a single one in a document of this language is a slip, and is told as one.
"""

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from treadle.definition.document import WORDS as DOCUMENT_WORDS
from treadle.definition.kinds.body import COMMON_WORDS
from treadle.definition.kinds.table import KINDS
from treadle.definition.trama.actions import WORDS as TASK_WORDS
from treadle.definition.trama.document import WORDS as TRAMA_WORDS
from treadle.definition.trama.graphs import KINDS as TRAMA_KINDS
from treadle.definition.trama.sequences import WORDS as STEP_WORDS
from treadle.model.json import Json

BOTH: Final = frozenset({"name", "version", "steps", "nodes"})
TRAMA_TOP: Final = frozenset({*TRAMA_WORDS, "entrypoint"}) - BOTH
NATIVE_TOP: Final = frozenset(DOCUMENT_WORDS) - BOTH
NODE_WORDS: Final = COMMON_WORDS.union(*[reader.words for reader in KINDS.values()])
GRAPH_WORDS: Final = frozenset({"id", "kind", *TASK_WORDS}).union(
    *[kind.words for kind in TRAMA_KINDS.values()]
)
NAME: Final = "name"
"""What a step of Trama has in place of an id; people write it in this language too, so it decides nothing."""


class _Words(NamedTuple):
    """What only one of the languages has in one place."""

    trama: frozenset[str]
    native: frozenset[str]


STEP: Final = _Words(frozenset(STEP_WORDS) - NODE_WORDS, NODE_WORDS - frozenset(STEP_WORDS))
NODE: Final = _Words(GRAPH_WORDS - NODE_WORDS, NODE_WORDS - GRAPH_WORDS)
TOP: Final = _Words(TRAMA_TOP, NATIVE_TOP)


def is_trama(tree: Json) -> bool:
    """Whether a document is one of Trama."""
    if not isinstance(tree, dict):
        return False
    told: list[str] = []
    native = 0
    for fields, words in _places(tree):
        told += [word for word in fields if word in words.trama]
        native += sum(word in words.native for word in fields)
    return any(word != NAME for word in told) and len(told) > native


def _places(tree: dict[str, Json]) -> Iterator[tuple[Collection[str], _Words]]:
    yield tree, TOP
    for field, words in (("steps", STEP), ("nodes", NODE)):
        nodes = tree.get(field)
        if isinstance(nodes, list):
            yield from ((node, words) for node in nodes if isinstance(node, dict))

"""In which language a document is written: that of Trama is told by words that only it has."""

from typing import Final

from treadle.model.json import Json

TOP_WORDS: Final = ("failureHandling", "entrypoint", "onSuccessCallback", "onFailureCallback")
STEP_WORDS: Final = ("up", "down")
NODE_WORDS: Final = ("action", "durationMillis")


def is_trama(tree: Json) -> bool:
    """Whether a document is one of Trama."""
    if not isinstance(tree, dict):
        return False
    if any(word in tree for word in TOP_WORDS):
        return True
    return _has_node_with(STEP_WORDS, tree.get("steps")) or _has_node_with(NODE_WORDS, tree.get("nodes"))


def _has_node_with(words: tuple[str, ...], nodes: Json) -> bool:
    """Whether a node has a word of its own that no node of this language has."""
    of_a_list = nodes if isinstance(nodes, list) else []
    return any(isinstance(node, dict) and any(word in node for word in words) for node in of_a_list)

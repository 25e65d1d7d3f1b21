"""Documents in the format of another system are told apart, so that one fault says it and not a hundred."""

from typing import Final

from treadle.model.errors import Fault
from treadle.model.json import Json

TOP_WORDS: Final = ("failureHandling", "entrypoint")
NODE_WORDS: Final = (("steps", ("up", "down")), ("nodes", ("action", "compensation")))


def foreign_format(tree: Json) -> Fault | None:
    """The fault of a document in another format; None for one that is meant to be ours."""
    if not isinstance(tree, dict):
        return None
    sign = _sign(tree)
    if sign is None:
        return None
    pointer, word = sign
    message = f"`{word}` belongs to the Trama format, which is not read yet: write it in this language"
    return Fault(pointer=pointer, code="unsupported_format", message=message)


def _sign(tree: dict[str, Json]) -> tuple[str, str] | None:
    for word in TOP_WORDS:
        if word in tree:
            return f"/{word}", word
    for field, words in NODE_WORDS:
        nodes = tree.get(field)
        for index, node in enumerate(nodes if isinstance(nodes, list) else []):
            for word in words:
                if isinstance(node, dict) and word in node and "kind" not in node:
                    return f"/{field}/{index}/{word}", word
    return None

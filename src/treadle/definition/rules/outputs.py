"""What is read of a node is something that such a node has."""

from collections.abc import Collection
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.reading import Outline
from treadle.definition.rules.document import ReadDocument
from treadle.expressions.nearest import quoted, suggestion

FIXED: Final = {
    "switch": ("case", "value"),
    "sleep": ("slept_until",),
    "race": ("winner", "value"),
    "split": ("branch", "value"),
    "emit": ("message_id",),
}
"""Fields of the output, by kind."""
NAMED: Final = {"parallel": "branches", "set": "vars"}
"""Where the output has a field for each name that stands there."""
OUTPUT_DEPTH: Final = 3
"""Segments of a path to an output: what follows is read in it."""


def check_outputs(document: ReadDocument, faults: Faults) -> None:
    """Warn of paths into the output or the response of a node that lead to nothing."""
    for use, read in document.reads("nodes"):
        standing = document.known.get(read[1])
        if standing is None:
            continue
        node = standing.node
        if read[2] == "response" and not _calls(node):
            message = f"`{'.'.join(read)}` is never there: `{node.id}` makes no HTTP call; read its `output`"
            faults.warn(use.pointer, "no_response", message)
        elif read[2] == "output" and len(read) > OUTPUT_DEPTH:
            fields = output_fields(node)
            if fields is not None and read[OUTPUT_DEPTH] not in fields:
                message = _unknown(".".join(read), node, read[OUTPUT_DEPTH], fields)
                faults.warn(use.pointer, "unknown_output_field", message)


def output_fields(node: Outline) -> Collection[str] | None:
    """The fields that the output of a node can have; None where it is not for the node to say."""
    written = node.written
    if node.kind in NAMED:
        names = written.get(NAMED[node.kind])
        return list(names) if isinstance(names, dict) else None
    if node.kind == "child":
        return ("id",) if written.get("mode") == "detach" else None
    if node.kind == "wait" and "any" in written and "count" not in written:
        return ("index", "value", "timed_out")
    return FIXED.get(node.kind or "")


def _calls(node: Outline) -> bool:
    return node.kind is None or (node.kind == "task" and "handler" not in node.written)


def _unknown(path: str, node: Outline, field: str, fields: Collection[str]) -> str:
    has = f"the output of `{node.id}` has {', '.join(sorted(fields)) or 'no field'}"
    return f"`{path}` is never there: there is no {quoted(field)}{suggestion(field, fields)} ({has})"

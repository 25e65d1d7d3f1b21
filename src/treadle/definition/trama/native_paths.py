"""Paths of a Trama document as expressions of this language, with what is missing taken for empty."""

import json
import re
from typing import Final, NamedTuple

from treadle.definition.trama.remarks import Remarks
from treadle.expressions.mustache_standpoint import Lookup, Path, Standpoint

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
NODE_DEPTH: Final = 3
"""`nodes`, the id and `output`."""
ROOT_DEPTH: Final = 2
"""A root, which is an object as a rule, and a field of it."""
EMPTY: Final = '""'


class Native(NamedTuple):
    """Where expressions are rewritten; `goes_round`: the graph may, and so its order says nothing."""

    stand: Standpoint
    remarks: Remarks
    goes_round: bool

    def has_equal(self, lookup: Lookup, pointer: str) -> bool:
        """Whether there is something to read in place of what was looked up; it is remarked on if not."""
        if lookup.unset is not None:
            self.remarks.add("never_set", pointer, lookup.unset.why)
            return False
        if not lookup.is_exact or (len(lookup.paths) > 1 and self.goes_round):
            self.remarks.add("no_equal", pointer, " or ".join(".".join(path) for path in lookup.paths))
            return False
        return True

    def expression(self, lookup: Lookup, pointer: str) -> str | None:
        """The expression that reads what was looked up, None if there is none."""
        if not self.has_equal(lookup, pointer):
            return None
        path = lookup.paths[0]
        if path == ("execution", "id"):
            return ".".join(path)
        if any(INDEX.fullmatch(segment) for segment in path[1:]):
            self.remarks.add("read_as_index", pointer, ".".join(path))
        self.remarks.add("null_prints_as_null", pointer)
        if len(path) > (NODE_DEPTH if path[0] == "nodes" else ROOT_DEPTH):
            self.remarks.add("fails_inside_text", pointer)
        return self._of_nodes(lookup.paths) if path[0] == "nodes" else _or_empty(path[0], path[1:])

    def _of_nodes(self, paths: tuple[Path, ...]) -> str:
        """The answer of a node, or of the first of several that has one; what is undone has to have one."""
        rest = paths[0][NODE_DEPTH:]
        if self.stand.undone is not None and paths[0][1] == self.stand.undone.node:
            return _or_empty(f"{_node(paths[0][1])}.output", rest)
        first, *others = (f"{_node(path[1])}.?output" for path in paths)
        chosen = "".join([first, *(f".or({other})" for other in others)])
        return f"{chosen}{_selected(rest)}.orValue({EMPTY})"


def literal(text: str) -> str:
    """The text as a string of an expression, with braces that nobody takes for those of a template."""
    return json.dumps(text, ensure_ascii=False).replace("{", "\\u007b").replace("}", "\\u007d")


def _node(node: str) -> str:
    return f"nodes.{node}" if NAME.fullmatch(node) else f"nodes[{literal(node)}]"


def _or_empty(base: str, rest: Path) -> str:
    return f"{base}{_selected(rest)}.orValue({EMPTY})" if rest else base


def _selected(rest: Path) -> str:
    return "".join(_selector(segment) for segment in rest)


def _selector(segment: str) -> str:
    if NAME.fullmatch(segment):
        return f".?{segment}"
    return f"[?{segment if INDEX.fullmatch(segment) else literal(segment)}]"

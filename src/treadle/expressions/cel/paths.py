"""`input.order.id`, `nodes["pay-auth"].?output[0]`: a chain of selections is checked and compiled as a whole.

What is written out at its beginning is a path from a root: it is what the expression reads.
"""

from typing import Final

import msgspec
from msgspec import UNSET

from treadle.expressions.cel.compiling import Compiling, Term, fault, fixed
from treadle.expressions.cel.evaluation import CelError, Evaluation, Step
from treadle.expressions.cel.selecting import (
    is_there,
    read_root,
    select_computed,
    select_fixed,
    select_of_variable,
    select_optional,
    walk_from,
)
from treadle.expressions.cel.syntax import Fixed, Index, Name, Phrase, Presence, Select
from treadle.expressions.cel.values import NONE, TYPES, present
from treadle.expressions.faults import PathError
from treadle.expressions.resolving import read_of
from treadle.expressions.roots import HOLE_ROOTS, NODE_DEPTH, Segments, checked_path
from treadle.model.ids import NodeId
from treadle.model.json import Json

NODE_FORM: Final = "`nodes.<id>.<field>`"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One selection of a chain; `fixed` is its key if that is written out."""

    phrase: Select | Index
    fixed: str | int | None

    @property
    def is_optional(self) -> bool:
        return self.phrase.is_optional


def compile_name(compiling: Compiling, phrase: Phrase) -> Term:
    """A variable, a root or a type."""
    assert isinstance(phrase, Name)
    variable = compiling.variables.get(phrase.name)
    if variable is not None:
        slot = variable.slot
        return Term(step=lambda evaluation: evaluation.variables[slot], is_json=variable.is_json, slot=slot)
    if phrase.name in TYPES:
        return fixed(TYPES[phrase.name])
    return _from_root(compiling, phrase, [], phrase)


def compile_selection(compiling: Compiling, phrase: Phrase) -> Term:
    """A chain of selections, from its beginning."""
    assert isinstance(phrase, Select | Index)
    dotted = TYPES.get(compiling.written(phrase))
    if dotted is not None:
        return fixed(dotted)
    base, links = unrolled(phrase)
    if _is_root(compiling, base):
        return _from_root(compiling, base, links, phrase)
    return _follow(compiling, compiling.term(base), links, compiling.written(phrase))


def compile_presence(compiling: Compiling, phrase: Phrase) -> Term:
    """`has(a.b.c)`: whether there is a `c`; `a.b` must be there."""
    assert isinstance(phrase, Presence)
    base, links = unrolled(phrase.selected)
    whole = compiling.written(phrase.selected)
    if not _is_root(compiling, base):
        before = _follow(compiling, compiling.term(base), links[:-1], whole)
        return compiling.made(is_there(before.step, phrase.selected.field, whole), (before,))
    root, segments, count = _checked(compiling, base, links)
    if root == "nodes" and len(links) == NODE_DEPTH:
        node, field = NodeId(str(segments[0])), str(segments[1])
        return Term(step=lambda evaluation: evaluation.roots.node(node, field) is not UNSET)
    before = _read(
        compiling, (root, segments[: len(links) - 1], min(count, len(links) - 1)), links[:-1], whole
    )
    key = segments[-1] if len(segments) == len(links) else phrase.selected.field
    return Term(step=is_there(before.step, str(key), whole), cost=before.cost + 1)


def unrolled(phrase: Phrase) -> tuple[Phrase, list[Link]]:
    """Where a chain begins, and its links in the order in which they are followed."""
    links: list[Link] = []
    while isinstance(phrase, Select | Index):
        key = phrase.field if isinstance(phrase, Select) else _fixed_key(phrase.key)
        links.append(Link(phrase=phrase, fixed=key))
        phrase = phrase.operand
    links.reverse()
    return phrase, links


def _fixed_key(key: Phrase) -> str | int | None:
    """A key that is written out, as a path may have it."""
    if not isinstance(key, Fixed):
        return None
    is_index = type(key.value) is int and key.value >= 0
    return key.value if is_index or isinstance(key.value, str) else None


def _is_root(compiling: Compiling, base: Phrase) -> bool:
    return isinstance(base, Name) and base.name not in compiling.variables and base.name not in TYPES


def _from_root(compiling: Compiling, base: Phrase, links: list[Link], phrase: Phrase) -> Term:
    return _read(compiling, _checked(compiling, base, links), links, compiling.written(phrase))


def _checked(compiling: Compiling, base: Phrase, links: list[Link]) -> tuple[str, Segments, int]:
    """The root, the segments written out after it, and how many of them must be there; noted as read.

    Raises:
        PathError: there is no such root in this place, or nothing of that name under it.
    """
    assert isinstance(base, Name)
    segments: list[str | int] = []
    count: int | None = None
    for link in links:
        if link.fixed is None:
            break
        if link.is_optional and count is None:
            count = len(segments)
        segments.append(link.fixed)
    _check_node(base, links, len(segments))
    try:
        root, found = checked_path(base.name, tuple(segments), compiling.place)
    except PathError as error:
        raise PathError(error.code, _with_hint(compiling, base, error), base.start) from error
    if root in HOLE_ROOTS:
        message = (
            f"`{root}` is filled in at sending: it may be read by a path alone, not inside an expression"
        )
        raise fault("misplaced_root", message, base)
    compiling.reads.add(read_of(root, found))
    return root, found, len(found) if count is None else count


def _check_node(base: Name, links: list[Link], known: int) -> None:
    """Which node is read, and what of it, stands in the text: else nobody could check it."""
    if base.name != "nodes":
        return
    if known < NODE_DEPTH and len(links) > known:
        message = (
            f"the id and the field of a node are written out, as {NODE_FORM}: what is computed is not checked"
        )
        raise fault("computed_path", message, links[known].phrase)
    if links and links[0].is_optional:
        message = f"`.?` may stand before the field of a node and after it, not before its id: {NODE_FORM}"
        raise fault("invalid_path", message, links[0].phrase)


def _with_hint(compiling: Compiling, base: Name, error: PathError) -> str:
    """A root that nobody knows after a hyphen was probably the end of a key."""
    if error.code != "unknown_root" or compiling.text[base.start - 1 : base.start] != "-":
        return error.message
    return f'{error.message}; a key with a hyphen is written `["the-key"]`'


def _read(compiling: Compiling, checked: tuple[str, Segments, int], links: list[Link], whole: str) -> Term:
    """Read what must be there from the root, then follow the rest of the chain."""
    root, segments, count = checked
    links = [
        Link(phrase=link.phrase, fixed=segments[index]) if index < len(segments) else link
        for index, link in enumerate(links)
    ]
    if root != "nodes":
        keys = segments[:count]
        return _follow(compiling, Term(step=read_root(root, keys, whole), is_json=True), links[count:], whole)
    node, field = NodeId(str(segments[0])), str(segments[1])
    if count < NODE_DEPTH:
        return _follow(compiling, Term(step=_optional_node(node, field)), links[NODE_DEPTH:], whole)
    step = walk_from(_node(node, field, whole), segments[NODE_DEPTH:count], whole)
    return _follow(compiling, Term(step=step, is_json=True), links[count:], whole)


def _node(node: NodeId, field: str, whole: str) -> Step:
    def read(evaluation: Evaluation) -> Json:
        value = evaluation.roots.node(node, field)
        if value is UNSET:
            raise CelError(f"{whole}: node `{node}` has no {field}", "missing_variable")
        return value

    return read


def _optional_node(node: NodeId, field: str) -> Step:
    def read(evaluation: Evaluation) -> Json:
        value = evaluation.roots.node(node, field)
        return NONE if value is UNSET else present(value)

    return read


def _follow(compiling: Compiling, term: Term, links: list[Link], whole: str) -> Term:
    for link in links:
        term = _followed(compiling, term, link, whole)
    return term


def _followed(compiling: Compiling, term: Term, link: Link, whole: str) -> Term:
    if link.fixed is not None:
        key = fixed(link.fixed)
    else:
        assert isinstance(link.phrase, Index)
        key = compiling.term(link.phrase.key)
    if link.is_optional:
        return compiling.made(select_optional(term.step, key.step, whole), (term, key))
    if isinstance(key.fixed, str | int) and type(key.fixed) in {str, int}:
        if term.slot is not None:
            step = select_of_variable(term.slot, key.fixed, whole)
        else:
            step = select_fixed(term.step, key.fixed, whole)
        return compiling.made(step, (term, key), is_json=term.is_json)
    return compiling.made(select_computed(term.step, key.step, whole), (term, key), is_json=term.is_json)

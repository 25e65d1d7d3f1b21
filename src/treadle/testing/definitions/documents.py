"""Whole documents: their bodies as sequences and graphs, and the fields around them."""

from itertools import pairwise
from typing import Final

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from treadle.model.json import Json
from treadle.testing.definitions import activities, nodes
from treadle.testing.definitions.activities import Fields
from treadle.testing.definitions.pen import DEPTH_MAX, LONG, Drawn, Pen, Spot

STEPS_MAX: Final = 4
STEPS_BELOW_MAX: Final = 2
SCHEMA: Final[Json] = {"type": "object", "properties": {"order": {"type": "string"}}}


def definitions() -> SearchStrategy[Fields]:
    """Definition documents as JSON, valid in every respect: `read_definition` has no error to tell."""
    return _documents()


@st.composite
def _documents(draw: DrawFn) -> Fields:
    return document(Pen(Drawn(draw)))


def document(pen: Pen) -> Fields:
    """A whole document, with whatever the pen chooses."""
    body = _body(pen, Spot())
    fields: Fields = {"name": pen.choose(("checkout", "a.b-c_d")), "version": "1", **body}
    if pen.chance():
        fields["input_schema"] = SCHEMA
    if pen.chance():
        fields["defaults"] = {"timeout": pen.choose(LONG), "retry": activities.retry(pen)}
    if pen.chance():
        fields |= {"description": "drawn", "labels": {"team": "orders"}, "priority": pen.number(-100, 100)}
    if pen.chance():
        fields["deadline"] = pen.choose(LONG)
    if pen.chance():
        fields["output"] = pen.template(Spot())
    fields["vars"] = {"region": "eu", **dict.fromkeys(pen.flags, True)}
    return fields | activities.hooks(pen, Spot())


def _body(pen: Pen, spot: Spot) -> Fields:
    """A sequence, or a graph that does the same or more."""
    most = STEPS_MAX if spot.depth == 0 else STEPS_BELOW_MAX
    size = 1 if pen.is_worn else pen.number(1, most)
    if not pen.choose((False, False, True)):
        return {"steps": list(_sequence(pen, spot, size))}
    return _graph(pen, spot, size)


def _sequence(pen: Pen, spot: Spot, size: int) -> list[Fields]:
    found: list[Fields] = []
    for _ in range(size):
        found.append(_node(pen, spot))
        spot = msgspec.structs.replace(spot, before=(*spot.before, str(found[-1]["id"])))
    return found


def _graph(pen: Pen, spot: Spot, size: int) -> Fields:
    """A chain, sometimes with a way past some of it, sometimes with one back that is taken once."""
    has_cycle = pen.chance()
    if has_cycle:
        spot = msgspec.structs.replace(spot, is_undone=False)
    chain = _sequence(pen, spot, size)
    if pen.chance():
        chain = [_choosing(pen, spot, chain), *chain]
    back = _way_back(pen, str(chain[0]["id"])) if has_cycle else ()
    chain += back[:1]
    for node, following in pairwise(chain):
        node["next"] = following["id"]
    return {"nodes": [dict(node) for node in (*chain, *back[1:])], "start": chain[0]["id"]}


def _choosing(pen: Pen, spot: Spot, chain: list[Fields]) -> Fields:
    """A switch that goes to one of the nodes, or in order."""
    case: Json = {"when": pen.condition(spot), "next": pen.choose(chain)["id"]}
    return {"id": pen.name(), "kind": "switch", "cases": [case]}


def _way_back(pen: Pen, first: str) -> tuple[Fields, Fields]:
    """A switch that goes back once, by way of a node that forbids it."""
    flag = pen.flag()
    over: Fields = {"id": pen.name(), "kind": "set", "vars": {flag: False}, "next": first}
    back: Json = {"when": {"==": [{"var": f"vars.{flag}"}, True]}, "next": over["id"]}
    return {"id": pen.name(), "kind": "switch", "cases": [back]}, over


def _node(pen: Pen, spot: Spot) -> Fields:
    return nodes.with_common(pen, spot, _bare(pen, spot))


def _bare(pen: Pen, spot: Spot) -> Fields:
    if spot.depth < DEPTH_MAX and not pen.is_worn and pen.chance():
        return pen.choose(nodes.NESTED)(pen, spot, _body)
    if pen.chance():
        return activities.task(pen, spot)
    return pen.choose((*nodes.PLAIN, activities.child))(pen, spot)

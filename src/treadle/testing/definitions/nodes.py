"""Nodes of every kind, as documents write them; those with bodies are given what draws a body."""

from collections.abc import Callable
from typing import Final, Protocol

from treadle.model.json import Json
from treadle.testing.definitions.activities import BODY_SCHEMAS, Fields
from treadle.testing.definitions.pen import LONG, SHORT, Pen, Spot

SIGNALS: Final = ("go", "stop", "paid")
INSTANT: Final = "2026-03-01T09:30:00Z"


class DrawsBody(Protocol):
    """Draws the fields that make a body: `steps`, or `nodes` and `start`."""

    def __call__(self, pen: Pen, spot: Spot) -> Fields: ...


def sleep(pen: Pen, spot: Spot) -> Fields:
    """For a duration or until an instant."""
    moment: Fields = (
        {"for": pen.choose(SHORT)} if pen.chance() else {"until": pen.choose((INSTANT, "{{ input.at }}"))}
    )
    jitter: Fields = {"jitter": "5ms"} if pen.chance() else {}
    return {"id": pen.name(), "kind": "sleep", **moment, **jitter}


def wait(pen: Pen, spot: Spot) -> Fields:
    """In each of its modes."""
    fields: Fields = {"id": pen.name(), "kind": "wait"}
    mode = pen.choose(("signal", "any", "all"))
    some = SIGNALS[: pen.number(1, len(SIGNALS))]
    fields[mode] = some[0] if mode == "signal" else [{"signal": name} for name in some]
    if mode != "all" and pen.chance():
        fields["count"] = pen.number(1, 3)
    if pen.chance():
        fields |= {"timeout": pen.choose(SHORT), "on_timeout": pen.choose(("fail", "continue"))}
    if pen.chance():
        fields["schema"] = pen.choose(BODY_SCHEMAS)
    return fields


def emit(pen: Pen, spot: Spot) -> Fields:
    """A message to a stream."""
    fields: Fields = {"id": pen.name(), "kind": "emit", "topic": "orders", "type": "order.placed"}
    return fields | {"data": pen.template(spot), **({"key": pen.text(spot)} if pen.chance() else {})}


def set_(pen: Pen, spot: Spot) -> Fields:
    """Variables."""
    return {"id": pen.name(), "kind": "set", "vars": {"region": pen.template(spot)}}


def end(pen: Pen, spot: Spot) -> Fields:
    """Under a condition, so that what comes after it can be reached."""
    fields: Fields = {"id": pen.name(), "kind": "end", "when": pen.condition(spot)}
    if pen.chance():
        return fields | {"status": "completed", **({"output": pen.template(spot)} if pen.chance() else {})}
    error: Fields = {"code": "refused", "message": pen.text(spot)}
    return fields | {"status": "failed", **({"error": error} if pen.chance() else {})}


def switch(pen: Pen, spot: Spot, body: DrawsBody) -> Fields:
    """Cases with a body or without, and a default or none."""
    own = pen.name()
    cases: list[Json] = []
    for at in range(pen.number(0, 2)):
        case: Fields = {"when": pen.condition(spot), **(body(pen, spot.below()) if pen.chance() else {})}
        cases.append({**case, "name": f"case{at}"} if pen.chance() else case)
    fields: Fields = {"id": own, "kind": "switch", "cases": cases}
    if pen.chance():
        fields["default"] = _as_value(body(pen, spot.below()))
    return fields


def parallel(pen: Pen, spot: Spot, body: DrawsBody) -> Fields:
    """One branch to three."""
    return {"id": pen.name(), "kind": "parallel", "branches": _branches(pen, spot, body)}


def race(pen: Pen, spot: Spot, body: DrawsBody) -> Fields:
    """One branch to three."""
    return {"id": pen.name(), "kind": "race", "branches": _branches(pen, spot, body)}


def _branches(pen: Pen, spot: Spot, body: DrawsBody) -> Json:
    return {f"b{at}": _as_value(body(pen, spot.below())) for at in range(pen.number(1, 3))}


def split(pen: Pen, spot: Spot, body: DrawsBody) -> Fields:
    """Branches by weight."""
    own = pen.name()
    branches: Fields = {
        f"b{at}": {"weight": pen.choose((1, 0.5, 7)), **body(pen, spot.below())}
        for at in range(pen.number(1, 2))
    }
    return {"id": own, "kind": "split", "branches": branches}


def each(pen: Pen, spot: Spot, body: DrawsBody) -> Fields:
    """Over a list that is written there or comes with the input."""
    own = pen.name()
    items: tuple[Json, ...] = ([1, "{{ input.order }}", {"a": None}], "{{ input.lines }}", [])
    fields: Fields = {"id": own, "kind": "each", "items": pen.choose(items)}
    if pen.chance():
        fields |= {"concurrency": pen.number(1, 3), "on_item_failure": pen.choose(("fail", "collect"))}
    return fields | body(pen, spot.below("item", "index"))


def loop(pen: Pen, spot: Spot, body: DrawsBody) -> Fields:
    """By its index, before or after each turn."""
    own = pen.name()
    index, turns = {"var": "index"}, pen.number(0, 3)
    ends: Fields = {"while": {"<": [index, turns]}} if pen.chance() else {"until": {">=": [index, turns]}}
    bound: Fields = {"max_iterations": pen.number(1, 5)} if pen.chance() else {}
    return {"id": own, "kind": "loop", **ends, **bound, **body(pen, spot.below("index"))}


def try_(pen: Pen, spot: Spot, body: DrawsBody) -> Fields:
    """With clauses and `finally`, or without."""
    own = pen.name()
    fields: Fields = {"id": own, "kind": "try", **body(pen, spot.below())}
    caught: tuple[Fields, ...] = ({}, {"on": ["error"]}, {"on": ["timeout", "rejected"]})
    clauses: list[Json] = [
        {**pen.choose(caught), **body(pen, spot.below("failure.code"))} for _ in range(pen.number(0, 2))
    ]
    if clauses:
        fields["catch"] = clauses
    if pen.chance():
        fields["finally"] = _as_value(body(pen, spot.below()))
    return fields


def shield(pen: Pen, spot: Spot, body: DrawsBody) -> Fields:
    """A body that no cancel reaches."""
    return {"id": pen.name(), "kind": "shield", **body(pen, spot.below())}


def _as_value(fields: Fields) -> Json:
    """A body in the place of a value: the list alone, or the graph."""
    return fields["steps"] if "steps" in fields else dict(fields)


PLAIN: Final[tuple[Callable[[Pen, Spot], Fields], ...]] = (set_, sleep, wait, emit, end)
NESTED: Final[tuple[Callable[[Pen, Spot, DrawsBody], Fields], ...]] = (
    switch,
    parallel,
    race,
    split,
    each,
    loop,
    try_,
    shield,
)


def with_common(pen: Pen, spot: Spot, fields: Fields) -> Fields:
    """What every node may have besides."""
    if pen.choose((False, False, True)):
        fields = {"when": pen.condition(spot), **fields}
    if pen.choose((False, False, True)):
        fields["label"] = "so it is called"
    if pen.choose((False, False, True)):
        fields["deadline"] = pen.choose(LONG)
    return fields

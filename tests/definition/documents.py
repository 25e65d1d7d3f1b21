"""Documents of which a test says only what it is about."""

from treadle.definition.read import check
from treadle.model.json import Json

HANDLER = {"handler": "h"}


def document(*steps: Json, **fields: Json) -> Json:
    """A document with these nodes; without any it has one task."""
    return {"name": "d", "version": "1", "steps": list(steps) or [task("a")], **fields}


def task(node_id: str = "a", **fields: Json) -> Json:
    """A task; without an activity it calls a handler."""
    has_activity = bool(fields.keys() & {"http", "handler", "queue", "message", "wasm", "grpc"})
    return {"id": node_id, "kind": "task", **({} if has_activity else HANDLER), **fields}


def http(node_id: str = "a", **fields: Json) -> Json:
    """A task that makes an HTTP call with these fields."""
    return task(node_id, http={"url": "http://x/y", **fields})


def switch(node_id: str, *cases: Json, **fields: Json) -> Json:
    return {"id": node_id, "kind": "switch", "cases": list(cases), **fields}


def case(*steps: Json, **fields: Json) -> Json:
    return {"when": {"var": "input.a"}, "steps": list(steps), **fields}


def node(kind: str, node_id: str = "a", /, **fields: Json) -> Json:
    """A node of a kind with nothing but these fields."""
    return {"id": node_id, "kind": kind, **fields}


def flow(*nodes: Json, start: str = "a", **fields: Json) -> Json:
    """A document whose root body is a graph."""
    return {"name": "d", "version": "1", "nodes": list(nodes), "start": start, **fields}


def each(*steps: Json, node_id: str = "e", **fields: Json) -> Json:
    return node("each", node_id, items=[1, 2], steps=list(steps), **fields)


def awaited(node_id: str = "a", **fields: Json) -> Json:
    """An async task, whose callback is awaited for an hour."""
    return task(node_id, **{"mode": "async", "callback": {"timeout": "1h"}, **fields})


def asking(path: str) -> Json:
    """An activity whose request reads a path."""
    return {"handler": {"name": "h", "input": f"{{{{ {path} }}}}"}}


def reading(path: str, node_id: str = "b", **fields: Json) -> Json:
    """A task whose request reads a path."""
    return task(node_id, **asking(path), **fields)


def errors(tree: Json) -> list[tuple[str, str]]:
    """The pointer and code of every error."""
    return [(fault.pointer, fault.code) for fault in check(tree).errors]


def warnings(tree: Json) -> list[tuple[str, str]]:
    """The pointer and code of every warning of a good document."""
    report = check(tree)
    assert report.errors == ()
    return [(fault.pointer, fault.code) for fault in report.warnings]


def message(tree: Json) -> str:
    """The message of the only error."""
    (fault,) = check(tree).errors
    return fault.message

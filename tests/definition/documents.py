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


def reading(path: str, node_id: str = "b", **fields: Json) -> Json:
    """A task whose request reads a path."""
    return task(node_id, handler={"name": "h", "input": f"{{{{ {path} }}}}"}, **fields)


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

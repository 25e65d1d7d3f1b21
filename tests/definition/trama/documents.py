"""Trama documents of which a test says only what it is about."""

from treadle.definition.read import check
from treadle.model.definition import Definition
from treadle.model.json import Json

RETRY: Json = {"type": "retry", "maxAttempts": 2, "delayMillis": 500}
ALWAYS: Json = {"==": [1, 1]}


def call(url: str = "http://x/y", verb: str = "POST", **fields: Json) -> Json:
    return {"url": url, "verb": verb, **fields}


def step(name: str = "a", **fields: Json) -> Json:
    """A step of version 1, with both its calls."""
    return {"name": name, "up": call(), "down": call(), **fields}


def saga(*steps: Json, **fields: Json) -> Json:
    """A document of version 1 with these steps; without any it has one."""
    return {"name": "d", "version": "1", "steps": list(steps) or [step()], **fields}


def task(node: str = "a", **fields: Json) -> Json:
    """A sync task of version 2; fields of its action and of its call are known by their names."""
    action = {"mode": "sync", "request": call()}
    for field in ("mode", "request", "successStatusCodes", "acceptedStatusCodes", "callback"):
        if field in fields:
            action[field] = fields.pop(field)
    return {"kind": "task", "id": node, "action": action, **fields}


def awaited(node: str = "a", **fields: Json) -> Json:
    """An async task that tells where it is to be answered."""
    asking = call(body="{{runtime.callback.url}}")
    return task(node, **{"mode": "async", "request": asking, "callback": {"timeoutMillis": 1000}, **fields})


def switch(node: str, *cases: Json, **fields: Json) -> Json:
    return {"kind": "switch", "id": node, "cases": list(cases), **fields}


def case(target: str, when: Json = None, **fields: Json) -> Json:
    return {"when": {"var": "payload.a"} if when is None else when, "target": target, **fields}


def sleep(node: str, **fields: Json) -> Json:
    return {"kind": "sleep", "id": node, "durationMillis": 5, **fields}


def flow(*nodes: Json, **fields: Json) -> Json:
    """A document of version 2 that begins with its first node."""
    return {"name": "d", "version": "1", "entrypoint": nodes[0].get("id"), "nodes": list(nodes), **fields}


def errors(tree: Json) -> list[tuple[str, str]]:
    """The pointer and code of every error."""
    return [(fault.pointer, fault.code) for fault in check(tree).errors]


def warnings(tree: Json) -> list[tuple[str, str]]:
    """The pointer and code of every warning of a good document."""
    report = check(tree)
    assert report.errors == ()
    return [(fault.pointer, fault.code) for fault in report.warnings]


def message(tree: Json) -> str:
    """The message of the only fault or warning."""
    report = check(tree)
    (fault,) = (*report.errors, *report.warnings)
    return fault.message


def read(tree: Json) -> Definition:
    """The definition of a good document."""
    report = check(tree)
    assert report.errors == ()
    assert report.definition is not None
    return report.definition

"""A document, written again by the calls of the builder."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from treadle.expressions.faults import PathError
from treadle.expressions.paths import parse_path
from treadle.model.json import Json
from treadle.workflow import (
    Node,
    Workflow,
    body,
    callback,
    cel,
    defaults,
    execution,
    failure,
    handler,
    headers,
    http,
    in_,
    index,
    input_,
    item,
    retry,
    status,
    undo,
    vars_,
)

ROOTS: Final[Mapping[str, Any]] = {
    "input": input_,
    "vars": vars_,
    "item": item,
    "index": index,
    "body": body,
    "status": status,
    "headers": headers,
    "execution": execution,
    "failure": failure,
    "callback": callback,
}
WHOLE: Final = re.compile(r"\{\{ ([^{}'\"]+) \}\}")
ACTIVITIES: Final = ("http", "handler")
CONDITIONS: Final = ("when", "while", "success_when", "fail_when")
OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    ">=": lambda left, right: left >= right,
    "and": lambda left, right: left & right,
    "or": lambda left, right: left | right,
    "in": in_,
}
BODY_WORDS: Final = ("steps", "nodes", "start")


class Translation:
    """One document; `workflow` is what came of it."""

    def __init__(self, document: Mapping[str, Json]) -> None:
        self.nodes: dict[str, Node] = {}
        fields = {
            word: document[word]
            for word in ("description", "labels", "input_schema", "deadline", "priority", "vars", "start")
            if word in document
        }
        if "defaults" in document:
            fields["defaults"] = defaults(**self.fields(document["defaults"]))
        self.workflow = Workflow(document["name"], document["version"], **fields)
        self.body(document)
        if "output" in document:
            self.workflow.output(self.value(document["output"]))
        for hook in ("on_success", "on_failure", "on_cancel"):
            if hook in document:
                write = getattr(self.workflow, hook)
                write(self.activity(document[hook]), **self.fields(document[hook], *ACTIVITIES))

    def body(self, holder: Json) -> None:
        """The nodes of a body, which is a list of them or among the fields of an object."""
        nodes = holder if isinstance(holder, list) else holder.get("steps", holder.get("nodes"))
        for node in nodes:
            self.nodes[node["id"]] = KINDS[node["kind"]](self, node)

    def value(self, value: Json) -> Any:
        """The value, with a reference for each text that is a path and nothing else."""
        if isinstance(value, dict):
            return {key: self.value(nested) for key, nested in value.items()}
        if isinstance(value, list):
            return tuple(self.value(nested) for nested in value)
        whole = WHOLE.fullmatch(value) if isinstance(value, str) else None
        return value if whole is None else self.reference(whole[1])

    def reference(self, path: str) -> Any:
        try:
            parsed = parse_path(path)
        except PathError:
            return cel(path)
        if parsed.root != "nodes":
            return walked(ROOTS[parsed.root], parsed.segments)
        node, *rest = parsed.segments
        return walked(self.nodes[str(node)], rest) if node in self.nodes else f"{{{{ {path} }}}}"

    def condition(self, given: Json) -> Any:
        """The condition by Python's operators where there are some."""
        if not isinstance(given, dict):
            return [self.condition(one) for one in given] if isinstance(given, list) else given
        ((operator, arguments),) = given.items()
        if operator == "var":
            # In JSON Logic brackets are characters of a name like any others.
            found = "" if "[" in arguments else self.reference(arguments)
            return given if isinstance(found, str) else found
        sides = self.condition(arguments)
        if operator == "!" and not isinstance(sides[0], dict):
            return ~sides[0]
        if operator in OPERATORS and not all(isinstance(side, int | str | dict) for side in sides):
            return OPERATORS[operator](*sides)
        return {operator: sides}

    def activity(self, holder: Mapping[str, Json]) -> Any:
        if "handler" in holder:
            given = holder["handler"]
            if isinstance(given, str):
                return handler(given)
            return handler(given["name"], input=self.value(given["input"]))
        given = dict(holder["http"])
        address = [given.pop(word) for word in ("method", "url") if word in given]
        return http(*address, **self.value(given))

    def fields(self, holder: Mapping[str, Json], *others: str) -> dict[str, Any]:
        """What the calls take by name, but for `others`."""
        return {
            {"for": "for_", "while": "while_"}.get(word, word): self.field(word, value, holder)
            for word, value in holder.items()
            if word not in {"id", "kind", *others}
        }

    def field(self, word: str, value: Json, holder: Mapping[str, Json]) -> Any:
        if word in CONDITIONS or (word == "until" and holder["kind"] == "loop"):
            return self.condition(value)
        made = {"retry": retry, "callback": callback}.get(word)
        if made is not None:
            return made(**self.fields(value))
        if word in {"probe", "unknown"}:
            return self.activity(value)
        if word == "compensate":
            more = self.fields(value, *ACTIVITIES)
            return undo(self.activity(value), **more) if more else self.activity(value)
        if word == "next" and value in self.nodes:
            return self.nodes[value]
        return self.value(value)


def walked(found: Any, segments: Any) -> Any:
    for segment in segments:
        found = found[segment] if isinstance(segment, int) else getattr(found, segment)
    return found


def start_of(holder: Json) -> dict[str, str]:
    return {"start": holder["start"]} if isinstance(holder, dict) and "start" in holder else {}


def task(to: Translation, node: Json) -> Node:
    return to.workflow.task(node["id"], to.activity(node), **to.fields(node, *ACTIVITIES))


def wait(to: Translation, node: Json) -> Node:
    fields = to.fields(node)
    for word in {"any", "all"} & fields.keys():
        fields[word] = [one["signal"] for one in fields[word]]
    return to.workflow.wait(node["id"], **fields)


def child(to: Translation, node: Json) -> Node:
    return to.workflow.child(node["id"], node["definition"], **to.fields(node, "definition"))


def set_(to: Translation, node: Json) -> Node:
    return to.workflow.set(node["id"], to.value(node["vars"]), **to.fields(node, "vars"))


def end(to: Translation, node: Json) -> Node:
    error = to.value(node.get("error", {}))
    return to.workflow.end(node["id"], node["status"], **error, **to.fields(node, "status", "error"))


def switch(to: Translation, node: Json) -> Node:
    choice = to.workflow.switch(node["id"], **to.fields(node, "cases", "default"))
    for case in node["cases"]:
        opening = choice.case(to.condition(case["when"]), **to.fields(case, "when", "steps", "nodes"))
        if "steps" in case or "nodes" in case:
            with opening:
                to.body(case)
    default = node.get("default")
    if isinstance(default, str):
        choice.default(next=default)
    elif default is not None:
        with choice.default(**start_of(default)):
            to.body(default)
    return choice


def branching(to: Translation, node: Json) -> Node:
    write = to.workflow.parallel if node["kind"] == "parallel" else to.workflow.race
    branches = write(node["id"], **to.fields(node, "branches"))
    for name, value in node["branches"].items():
        with branches.branch(name, **start_of(value)):
            to.body(value)
    return branches


def split(to: Translation, node: Json) -> Node:
    branches = to.workflow.split(node["id"], **to.fields(node, "branches"))
    for name, value in node["branches"].items():
        with branches.branch(name, weight=value["weight"], **start_of(value)):
            to.body(value)
    return branches


def each(to: Translation, node: Json) -> Node:
    fields = to.fields(node, "items", "steps", "nodes")
    with to.workflow.each(node["id"], to.value(node["items"]), **fields) as opened:
        to.body(node)
    return opened


def loop(to: Translation, node: Json) -> Node:
    with to.workflow.loop(node["id"], **to.fields(node, "steps", "nodes")) as opened:
        to.body(node)
    return opened


def shield(to: Translation, node: Json) -> Node:
    with to.workflow.shield(node["id"], **to.fields(node, "steps", "nodes")) as opened:
        to.body(node)
    return opened


def try_(to: Translation, node: Json) -> Node:
    with to.workflow.try_(node["id"], **to.fields(node, "steps", "nodes", "catch", "finally")) as attempted:
        to.body(node)
    for clause in node.get("catch", []):
        with attempted.catch(*clause.get("on", []), **start_of(clause)):
            to.body(clause)
    if "finally" in node:
        with attempted.finally_(**start_of(node["finally"])):
            to.body(node["finally"])
    return attempted


KINDS: Final[Mapping[str, Callable[[Translation, Json], Node]]] = {
    "task": task,
    "sleep": lambda to, node: to.workflow.sleep(node["id"], **to.fields(node)),
    "wait": wait,
    "child": child,
    "emit": lambda to, node: to.workflow.emit(node["id"], **to.fields(node)),
    "set": set_,
    "end": end,
    "switch": switch,
    "parallel": branching,
    "race": branching,
    "split": split,
    "each": each,
    "loop": loop,
    "shield": shield,
    "try": try_,
}


def translated(document: Mapping[str, Json]) -> Workflow:
    """The workflow whose document this is."""
    return Translation(document).workflow

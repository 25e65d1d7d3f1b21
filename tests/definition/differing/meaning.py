"""What a definition means, put together in another way than the comparison does it."""

import msgspec

from treadle.definition.digest import canonical
from treadle.model.definition import Definition
from treadle.model.json import Json

UNORDERED = {"on", "success"}


def meaning(definition: Definition) -> str:
    """The read document without its text; what is written in no order is sorted."""
    bare = msgspec.structs.replace(definition, digest="", document=None)
    tree = msgspec.json.decode(msgspec.json.encode(bare))
    return canonical(_sorted(tree))


def _sorted(value: Json, key: str = "") -> Json:
    if isinstance(value, dict):
        found = {name: _sorted(inner, name) for name, inner in value.items()}
        if found.keys() == {"nodes", "start"}:
            return _as_graph(found["nodes"], found["start"])
        return found
    if isinstance(value, list):
        items = [_sorted(item) for item in value]
        if key in UNORDERED and all(isinstance(item, str) for item in items):
            return sorted(set(items))
        return sorted(items, key=lambda branch: branch["name"]) if key == "branches" else items
    return value


def _as_graph(nodes: list[Json], start: Json) -> Json:
    """A body as a graph, the nodes of which may stand in any order."""
    if start is None and nodes:
        start = nodes[0]["id"]
        following = [*(node["id"] for node in nodes[1:]), None]
        nodes = [{**node, "next": after} for node, after in zip(nodes, following, strict=True)]
    return {"nodes": sorted(nodes, key=lambda node: str(node["id"])), "start": start}

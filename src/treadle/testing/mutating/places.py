"""Where in a tree something can be changed: every member of every object and list."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

import msgspec

from treadle.model.json import Json

BODY_WORDS: Final = frozenset({"steps", "nodes", "default", "finally"})


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A member: what holds it, and its key or index there."""

    holder: Json
    key: Json

    @property
    def value(self) -> Json:
        return self.holder[self.key]

    def put(self, value: Json) -> None:
        """Another value in its place."""
        self.holder[self.key] = value

    def remove(self) -> None:
        del self.holder[self.key]


def places(tree: Json) -> Iterator[Place]:
    """Every place of a tree, those further out first."""
    waiting: list[Json] = [tree]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield Place(holder=holder, key=key)
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])


def some_place(random: Random, tree: Json, is_meant: Callable[[Place], bool] | None = None) -> Place | None:
    """One of the places that are meant, None without any."""
    found = [place for place in places(tree) if is_meant is None or is_meant(place)]
    return random.choice(found) if found else None


def nodes(tree: Json) -> list[dict[str, Json]]:
    """Whatever looks like a node: an object with an id and a kind."""
    found = [place.value for place in places(tree)]
    return [value for value in found if isinstance(value, dict) and "id" in value and "kind" in value]


def bodies(tree: Json) -> list[list[Json]]:
    """The lists of nodes of sequences."""
    found: list[list[Json]] = []
    for place in places(tree):
        is_sequence = place.key in BODY_WORDS and "start" not in place.holder
        if is_sequence and isinstance(place.value, list) and all(map(_is_node, place.value)):
            found.append(place.value)
    return found


def _is_node(value: Json) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def new_id(random: Random, tree: Json) -> str:
    """An id that no node of the tree has."""
    taken = {str(node["id"]) for node in nodes(tree)}
    while (made := f"new{random.randrange(10_000)}") in taken:
        pass
    return made

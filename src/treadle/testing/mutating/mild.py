"""Changes as authors make them: most of them leave a document that is accepted."""

import re
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Final

from treadle.model.json import Json
from treadle.testing.mutating.places import Place, bodies, new_id, nodes, places, some_place
from treadle.testing.mutating.words import DURATIONS, GOOD_PATHS, GOOD_RULES, OPTIONAL, TOPICS

Change = Callable[[Random, Json], None]
DURATION: Final = re.compile(r"\d+(ms|s|m|h|d)")
CONDITION_WORDS: Final = frozenset({"when", "while", "until", "success_when", "fail_when"})
NUDGED_MAX: Final = 100
"""Larger numbers are left to wilder changes."""


def describe(random: Random, tree: Json) -> None:
    """Another text for people, somewhere."""
    node = random.choice([tree, *nodes(tree)])
    if node is tree:
        tree.update(random.choice(({"description": "told anew"}, {"labels": {"team": "b"}}, {"priority": 7})))
    else:
        node["label"] = random.choice(("called otherwise", "so", "größer"))


def shuffle_members(random: Random, tree: Json) -> None:
    """The members of an object in another order, which means nothing."""
    place = some_place(random, tree, lambda found: isinstance(found.value, dict) and len(found.value) > 1)
    if place is not None:
        members = list(place.value.items())
        random.shuffle(members)
        place.put(dict(members))


def shuffle_cases(random: Random, tree: Json) -> None:
    """Cases, signals or items in another order."""
    place = some_place(random, tree, lambda found: found.key in {"cases", "any", "all", "items", "on"})
    if place is not None and isinstance(place.value, list):
        random.shuffle(place.value)


def nudge(random: Random, tree: Json) -> None:
    """A small number one more or one less."""

    def is_small(place: Place) -> bool:
        value = place.value
        return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= NUDGED_MAX

    place = some_place(random, tree, is_small)
    if place is not None:
        place.put(max(1, place.value + random.choice((-1, 1))))


def take_other_time(random: Random, tree: Json) -> None:
    """Another duration."""
    place = some_place(
        random,
        tree,
        lambda found: isinstance(found.value, str) and DURATION.fullmatch(found.value) is not None,
    )
    if place is not None:
        place.put(random.choice(DURATIONS))


def rename_node(random: Random, tree: Json) -> None:
    """A node by another id, wherever it is named."""
    found = [str(node["id"]) for node in nodes(tree)]
    if not found:
        return
    old, new = random.choice(found), new_id(random, tree)
    word = re.compile(rf"(?<![\w-]){re.escape(old)}(?![\w-])")
    for place in list(places(tree)):
        if isinstance(place.value, str):
            place.put(word.sub(new, place.value))


def leave_out(random: Random, tree: Json) -> None:
    """Something that may be there or not."""
    place = some_place(random, tree, lambda found: found.key in OPTIONAL)
    if place is not None:
        place.remove()


def read_something_else(random: Random, tree: Json) -> None:
    """Another path in a template."""
    place = some_place(
        random, tree, lambda found: isinstance(found.value, str) and found.value.startswith("{{")
    )
    if place is not None:
        path = f"{{{{ {random.choice(GOOD_PATHS)} }}}}"
        place.put(random.choice((path, f"of {path}!", "fixed")))


def ask_something_else(random: Random, tree: Json) -> None:
    """Another condition."""
    place = some_place(random, tree, lambda found: found.key in CONDITION_WORDS)
    if place is not None:
        place.put(deepcopy(random.choice(GOOD_RULES)))


def add_step(random: Random, tree: Json) -> None:
    """A new step in a sequence."""
    found = bodies(tree)
    if found:
        body = random.choice(found)
        body.insert(random.randint(0, len(body)), step(random, new_id(random, tree)))


def drop_step(random: Random, tree: Json) -> None:
    """One step less, if another is left."""
    found = [body for body in bodies(tree) if len(body) > 1]
    if found:
        body = random.choice(found)
        del body[random.randrange(len(body))]


def copy_step(random: Random, tree: Json) -> None:
    """A step once more, with ids of its own."""
    found = [body for body in bodies(tree) if body]
    if not found:
        return
    body = random.choice(found)
    at = random.randrange(len(body))
    copied = deepcopy(body[at])
    for node in nodes([copied]):
        node["id"] = f"{new_id(random, tree)}-{node['id']}"[:60]
    body.insert(at + 1, copied)


def wrap_step(random: Random, tree: Json) -> None:
    """A step inside another."""
    found = [body for body in bodies(tree) if body]
    if not found:
        return
    body = random.choice(found)
    at = random.randrange(len(body))
    body[at] = around(random, new_id(random, tree), body[at])


def add_field(random: Random, tree: Json) -> None:
    """A field that every node may have."""
    found = nodes(tree)
    if found:
        added: Json = random.choice(
            (
                {"when": deepcopy(random.choice(GOOD_RULES))},
                {"deadline": random.choice(DURATIONS)},
                {"label": "x"},
            )
        )
        random.choice(found).update(added)


def swap_steps(random: Random, tree: Json) -> None:
    """Two steps of a sequence change places."""
    found = [body for body in bodies(tree) if len(body) > 1]
    if found:
        body = random.choice(found)
        one, other = random.sample(range(len(body)), 2)
        body[one], body[other] = body[other], body[one]


def step(random: Random, own: str) -> dict[str, Json]:
    """A node that stands anywhere."""
    read = f"{{{{ {random.choice(GOOD_PATHS)} }}}}"
    made: tuple[dict[str, Json], ...] = (
        {"kind": "task", "handler": {"name": "charge", "input": {"of": read}}},
        {"kind": "task", "http": {"url": "http://svc/new", "method": "POST", "body": [read]}},
        {"kind": "set", "vars": {"region": read}},
        {"kind": "sleep", "for": random.choice(DURATIONS)},
        {"kind": "emit", "topic": random.choice(TOPICS), "type": "made", "data": read},
        {"kind": "wait", "signal": "go", "timeout": "2s", "on_timeout": "continue"},
        {"kind": "switch", "cases": [{"when": deepcopy(random.choice(GOOD_RULES))}]},
    )
    return {"id": own, **random.choice(made)}


def around(random: Random, own: str, inner: Json) -> dict[str, Json]:
    """A node with a body of one node."""
    made: tuple[dict[str, Json], ...] = (
        {"kind": "shield", "steps": [inner]},
        {"kind": "try", "steps": [inner], "catch": [{"steps": []}]},
        {"kind": "parallel", "branches": {"one": [inner], "two": []}},
        {"kind": "race", "branches": {"one": [inner]}},
        {"kind": "switch", "cases": [], "default": [inner]},
        {"kind": "each", "items": [1, 2], "steps": [inner]},
        {"kind": "loop", "until": {">=": [{"var": "index"}, 1]}, "steps": [inner]},
        {"kind": "split", "branches": {"a": {"weight": 1, "steps": [inner]}}},
    )
    return {"id": own, **random.choice(made)}


MILD: Final[tuple[Change, ...]] = (
    describe,
    shuffle_members,
    shuffle_cases,
    nudge,
    take_other_time,
    rename_node,
    leave_out,
    read_something_else,
    ask_something_else,
    add_step,
    drop_step,
    copy_step,
    wrap_step,
    add_field,
    swap_steps,
)

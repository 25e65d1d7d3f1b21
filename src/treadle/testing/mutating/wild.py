"""Changes that nobody means: most of them leave a document that is refused."""

from copy import deepcopy
from random import Random
from typing import Final

from treadle.model.json import Json
from treadle.testing.mutating.mild import CONDITION_WORDS, Change
from treadle.testing.mutating.places import nodes, places, some_place
from treadle.testing.mutating.words import EXPRESSIONS, FIELDS, JUNK, KINDS, NUMBERS, RULES

DEPTHS: Final = (1, 2, 20, 70)
TIMES: Final = (2, 3, 70, 1_100)
COPIED_MAX: Final = 20_000
"""Values that copies have together: a document is no larger than a request."""
POINTING: Final = frozenset({"next", "start", "default"})


def replace_value(random: Random, tree: Json) -> None:
    """Anything in the place of anything."""
    place = some_place(random, tree)
    if place is not None:
        place.put(deepcopy(random.choice(JUNK)))


def remove_value(random: Random, tree: Json) -> None:
    place = some_place(random, tree)
    if place is not None:
        place.remove()


def rename_field(random: Random, tree: Json) -> None:
    """A value under another word."""
    place = some_place(random, tree, lambda found: isinstance(found.holder, dict))
    if place is not None:
        value = place.value
        place.remove()
        place.holder[random.choice((*FIELDS, f"{place.key}s", str(place.key)[:-1]))] = value


def add_value(random: Random, tree: Json) -> None:
    """One member too many."""
    place = some_place(random, tree)
    if place is None:
        return
    value = deepcopy(random.choice(JUNK))
    if isinstance(place.holder, dict):
        place.holder[random.choice(FIELDS)] = value
    else:
        place.holder.insert(random.randint(0, len(place.holder)), value)


def splice(random: Random, tree: Json) -> None:
    """What stands in one place, in another too."""
    one, other = some_place(random, tree), some_place(random, tree)
    if one is not None and other is not None:
        one.put(deepcopy(other.value))


def exchange(random: Random, tree: Json) -> None:
    """Two places change what stands there, as far as neither is inside the other."""
    one, other = some_place(random, tree), some_place(random, tree)
    if one is None or other is None:
        return
    left, right = deepcopy(one.value), deepcopy(other.value)
    one.put(right)
    if any(place.holder is other.holder for place in places(tree)):
        other.put(left)


def take_other_kind(random: Random, tree: Json) -> None:
    found = nodes(tree)
    if found:
        random.choice(found)["kind"] = random.choice(KINDS)


def take_other_number(random: Random, tree: Json) -> None:
    """An extreme in the place of a number."""
    place = some_place(random, tree, lambda found: isinstance(found.value, int | float))
    if place is not None:
        place.put(random.choice(NUMBERS))


def take_other_expression(random: Random, tree: Json) -> None:
    """An expression in the place of a text."""
    place = some_place(random, tree, lambda found: isinstance(found.value, str))
    if place is not None:
        place.put(random.choice(EXPRESSIONS))


def take_other_rule(random: Random, tree: Json) -> None:
    place = some_place(random, tree, lambda found: found.key in CONDITION_WORDS)
    if place is not None:
        place.put(deepcopy(random.choice(RULES)))


def misspell(random: Random, tree: Json) -> None:
    """A character of a text is left out, doubled or exchanged."""
    place = some_place(random, tree, lambda found: isinstance(found.value, str) and bool(found.value))
    if place is not None:
        text = place.value
        at = random.randrange(len(text))
        place.put(text[:at] + random.choice(("", text[at] * 2, "}", ".", "'", "é", "\\")) + text[at + 1 :])


def deepen(random: Random, tree: Json) -> None:
    """A value inside lists or objects that were not there."""
    place = some_place(random, tree)
    if place is not None:
        value = place.value
        for _ in range(random.choice(DEPTHS)):
            value = random.choice(([value], {"a": value}))
        place.put(value)


def repeat(random: Random, tree: Json) -> None:
    """An item of a list many times."""
    place = some_place(random, tree, lambda found: isinstance(found.holder, list))
    if place is not None:
        most = COPIED_MAX // (1 + sum(1 for _ in places([place.value])))
        place.holder.extend(deepcopy(place.value) for _ in range(min(random.choice(TIMES), most)))


def take_other_id(random: Random, tree: Json) -> None:
    """The id of another node, or one that is none."""
    found = nodes(tree)
    if found:
        random.choice(found)["id"] = random.choice(
            (random.choice(found)["id"], "$x", "", "a b", "a" * 200, 1)
        )


def point_elsewhere(random: Random, tree: Json) -> None:
    """A way of a graph leads to another node, or to none."""
    found = nodes(tree)
    place = some_place(random, tree, lambda one: one.key in POINTING)
    if place is not None and found:
        place.put(random.choice((random.choice(found)["id"], "nowhere", None)))


def take_other_type(random: Random, tree: Json) -> None:
    """The same, written otherwise."""
    place = some_place(random, tree)
    if place is not None:
        value = place.value
        place.put(random.choice((str(value), [value], {"a": value}, not value, {"handler": value}, None)))


WILD: Final[tuple[Change, ...]] = (
    replace_value,
    remove_value,
    rename_field,
    add_value,
    splice,
    exchange,
    take_other_kind,
    take_other_number,
    take_other_expression,
    take_other_rule,
    misspell,
    deepen,
    repeat,
    take_other_id,
    point_elsewhere,
    take_other_type,
)

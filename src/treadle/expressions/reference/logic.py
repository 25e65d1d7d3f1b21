"""Every operator of JSON Logic that conditions have."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from treadle.model.json import Json


class LogicRow(NamedTuple):
    """`names` have the same meaning; `gives` is the value of the example."""

    names: tuple[str, ...]
    meaning: str
    example: Json
    gives: Json


def _read(path: str) -> Mapping[str, Json]:
    return {"var": f"input.{path}"}


LOGIC: Final[tuple[LogicRow, ...]] = (
    LogicRow(
        ("var",),
        "The value at a path, names and indexes with dots between; if it is missing null, or the default.",
        {"var": ["input.items.0.sku", "none"]},
        "loom",
    ),
    LogicRow(
        ("val",),
        "The same with a list of names; a list of a number before them looks so many levels out.",
        {"val": ["input", "address", "city"]},
        "York",
    ),
    LogicRow(
        ("missing",),
        "Of these paths those that are missing, null or an empty text.",
        {"missing": ["input.name", "input.gift"]},
        ["input.gift"],
    ),
    LogicRow(
        ("missing_some",),
        "The same, or an empty list if so many of them are there.",
        {"missing_some": [1, ["input.name", "input.gift"]]},
        [],
    ),
    LogicRow(
        ("==",),
        "Whether values are equal; a number and a text that says it are.",
        {"==": [_read("n"), "7"]},
        True,
    ),
    LogicRow(("===",), "Whether they are equal and of one type.", {"===": [_read("n"), "7"]}, False),
    LogicRow(("!=",), "The opposite of `==`.", {"!=": [_read("name"), "Ada"]}, True),
    LogicRow(("!==",), "The opposite of `===`.", {"!==": [_read("n"), "7"]}, True),
    LogicRow(
        (">",),
        "The order of numbers, or of texts; with three values, of each after the one before.",
        {">": [_read("n"), 5]},
        True,
    ),
    LogicRow((">=",), "The same, or equal.", {">=": [_read("n"), 7]}, True),
    LogicRow(
        ("<",),
        "The order the other way; with three values, whether one is between two.",
        {"<": [5, _read("n"), 9]},
        True,
    ),
    LogicRow(("<=",), "The same, or equal.", {"<=": [_read("n"), 6]}, False),
    LogicRow(
        ("!",),
        "Whether a value counts as false: false, 0, null, an empty text or list.",
        {"!": [_read("gift")]},
        True,
    ),
    LogicRow(("!!",), "Whether it counts as true.", {"!!": [_read("tags")]}, True),
    LogicRow(
        ("and",),
        "The first value that counts as false, or the last.",
        {"and": [_read("n"), _read("price")]},
        2.5,
    ),
    LogicRow(
        ("or",), "The first value that counts as true, or the last.", {"or": [_read("gift"), "none"]}, "none"
    ),
    LogicRow(
        ("if", "?:"),
        "Condition, value, and so on in pairs, and what it is otherwise.",
        {"if": [{">": [_read("n"), 5]}, "many", "few"]},
        "many",
    ),
    LogicRow(("+",), "The sum; of one value the number that it is.", {"+": [_read("n"), 1, 2]}, 10),
    LogicRow(
        ("-",), "The difference; of one value the number with the other sign.", {"-": [_read("n"), 10]}, -3
    ),
    LogicRow(("*",), "The product.", {"*": [_read("n"), 2]}, 14),
    LogicRow(("/",), "The quotient, with its fraction.", {"/": [_read("n"), 2]}, 3.5),
    LogicRow(("%",), "The rest of a division.", {"%": [_read("n"), 2]}, 1),
    LogicRow(("max",), "The greatest number.", {"max": [_read("n"), 3]}, 7),
    LogicRow(("min",), "The least.", {"min": [_read("n"), 3]}, 3),
    LogicRow(("cat",), "The values as one text.", {"cat": [_read("n"), " pieces"]}, "7 pieces"),
    LogicRow(
        ("substr",),
        "Characters from a place on, so many; below 0 from the end.",
        {"substr": [_read("id"), 0, 3]},
        "a/7",
    ),
    LogicRow(
        ("in",), "Whether a list has an element, or a text a part.", {"in": ["new", _read("tags")]}, True
    ),
    LogicRow(("merge",), "Lists put together.", {"merge": [_read("tags"), ["old"]]}, ["new", "large", "old"]),
    LogicRow(
        ("filter",),
        "The items for which a rule holds; in it, paths begin at the item.",
        {"filter": [_read("items"), {">": [{"var": "qty"}, 0]}]},
        [{"sku": "loom", "qty": 1}],
    ),
    LogicRow(
        ("map",),
        "The value of a rule for each item.",
        {"map": [_read("items"), {"var": "sku"}]},
        ["loom", "yarn"],
    ),
    LogicRow(
        ("reduce",),
        "One value of all: a rule over `current` and `accumulator`, and what the latter begins with.",
        {"reduce": [_read("items"), {"+": [{"var": "current.qty"}, {"var": "accumulator"}]}, 0]},
        1,
    ),
    LogicRow(
        ("all",),
        "Whether a rule holds for every item; not for an empty list.",
        {"all": [_read("items"), {">": [{"var": "qty"}, 0]}]},
        False,
    ),
    LogicRow(
        ("some",),
        "Whether it holds for one at least.",
        {"some": [_read("items"), {">": [{"var": "qty"}, 0]}]},
        True,
    ),
    LogicRow(
        ("none",), "Whether it holds for none.", {"none": [_read("items"), {">": [{"var": "qty"}, 5]}]}, True
    ),
)

"""What is written between values and around them, and the macros."""

from typing import Final

from treadle.expressions.reference.described import Described, row

READING: Final[tuple[Described, ...]] = (
    row(
        "value.name",
        "The field of an object; an error if it is missing (`missing_variable`).",
        "input.address.city",
        "York",
    ),
    row(
        "value[key]",
        "The element of a list, from 0, or the field of an object.",
        "input.tags[1] + input.address['city']",
        "largeYork",
    ),
    row(
        "value.?name",
        "An optional value: the field, or nothing. What follows is asked only if it is there.",
        "input.?gift.note.orValue('none')",
        "none",
    ),
    row("value[?key]", "The same for an element.", "input.tags[?5].orValue('none')", "none"),
    row(
        "[a, b]",
        "A list; `?` before an element leaves it out if there is nothing.",
        "[1, ?input.?gift, 2]",
        [1, 2],
    ),
    row(
        "{'name': a}",
        "An object; `?` before a key leaves it out if there is nothing.",
        "{'city': input.address.city, ?'gift': input.?gift}",
        {"city": "York"},
    ),
)
OPERATORS: Final[tuple[Described, ...]] = (
    row(
        "a + b",
        "The sum of two numbers of one type; texts or lists as one; an instant and a length of time.",
        "input.tags + ['old']",
        ["new", "large", "old"],
    ),
    row("a - b", "The difference; of two instants the time between them.", "input.n - 10", -3),
    row("a * b", "The product of two numbers of one type.", "double(input.n) * input.price", 17.5),
    row("a / b", "The quotient; of whole numbers without a fraction.", "input.n / 2", 3),
    row("a % b", "The rest of a division of whole numbers.", "input.n % 2", 1),
    row("-a", "The number with the other sign.", "-input.n", -7),
    row(
        "a == b", "Whether two values are the same; numbers are compared as numbers.", "input.n == 7.0", True
    ),
    row("a != b", "Whether they are not.", "input.address != null", True),
    row("a < b", "The order of numbers, texts, instants and lengths of time.", "input.price < 3", True),
    row("a <= b", "The same, or equal.", "input.n <= 7", True),
    row("a > b", "The order the other way.", "'b' > 'a'", True),
    row("a >= b", "The same, or equal.", "input.n >= 8", False),
    row("a in b", "Whether a list has an element, or an object a key.", "'new' in input.tags", True),
    row(
        "a && b",
        "Both. If one is false, the error of the other counts for nothing.",
        "has(input.gift) && input.gift.paid",
        False,
    ),
    row("a || b", "One of them or both; likewise if one is true.", "input.n > 5 || input.gift.paid", True),
    row("!a", "The opposite.", "!(input.n > 5)", False),
    row(
        "a ? b : c",
        "`b` if `a` holds, else `c`; only that one is looked at.",
        "input.n > 5 ? 'many' : 'few'",
        "many",
    ),
)
MACROS: Final[tuple[Described, ...]] = (
    row(
        "has(value.name)",
        "Whether a field is there; the value before it has to be.",
        "has(input.gift)",
        False,
    ),
    row(
        "list.all(x, condition)",
        "Whether the condition holds for each element, or key of an object.",
        "input.items.all(x, x.qty > 0)",
        False,
    ),
    row(
        "list.exists(x, condition)",
        "Whether it holds for one at least.",
        "input.items.exists(x, x.qty > 0)",
        True,
    ),
    row(
        ("list.exists_one(x, condition)", "list.existsOne(x, condition)"),
        "Whether it holds for exactly one.",
        "input.items.exists_one(x, x.qty > 0)",
        True,
    ),
    row(
        "list.filter(x, condition)",
        "The elements for which it holds.",
        "input.items.filter(x, x.qty > 0)",
        [{"sku": "loom", "qty": 1}],
    ),
    row(
        ("list.map(x, value)", "list.map(x, condition, value)"),
        "A value for each element, or for each for which the condition holds.",
        "input.items.map(x, x.qty > 0, x.sku)",
        ["loom"],
    ),
    row(
        "optional.optMap(x, value)",
        "An optional value made of another one, if there is something in it.",
        "input.?address.optMap(x, x.city).orValue('none')",
        "York",
    ),
    row(
        "optional.optFlatMap(x, optional)",
        "The same with an optional value as its result.",
        "input.?address.optFlatMap(x, x.?street).orValue('none')",
        "none",
    ),
)

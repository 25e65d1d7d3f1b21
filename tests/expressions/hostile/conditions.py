"""Conditions of JSON Logic that are written to hang, to fill the memory, or to reach what is not theirs."""

from typing import Final

from tests.expressions.hostile.cases import Hostile, nested
from treadle.model.json import Json

MEGA: Final = 1_000_000
MANY: Final = 30_000
OVER_COST: Final = "failed condition_error"
UNBOUNDED: Final = "refused unbounded_condition"
ACCUMULATOR: Final[Json] = {"var": "accumulator"}
CURRENT: Final[Json] = {"var": "current"}
ITEM: Final[Json] = {"var": ""}
LIST: Final[Json] = {"var": "input.list"}
TEXT: Final[Json] = {"val": [[2], "input", "text"]}
"""The text of the data, read from inside an iteration."""


def case(name: str, rule: Json, ends: str, **given: Json) -> Hostile:
    """A condition over an input; a number stands for a list or a text so long."""

    def roots() -> dict[str, Json]:
        made: dict[str, Json] = dict(given)
        if isinstance(made.get("list"), int):
            made["list"] = list(range(made["list"]))
        if isinstance(made.get("text"), int):
            made["text"] = "1" * made["text"]
        return {"input": made}

    return Hostile(name=name, form="condition", made=lambda: rule, ends=ends, roots=roots)


def reduced(body: Json, start: Json, over: Json = LIST) -> Json:
    return {"reduce": [over, body, start]}


def over_list(operator: str, body: Json) -> Json:
    return {operator: [LIST, body]}


def kept(read: Json) -> Json:
    """The body of a reduction that looks at something at each item, and keeps its accumulator."""
    return {"if": [read, ACCUMULATOR, ACCUMULATOR]}


LITERAL: Final[Json] = [0] * 300

COSTLY: Final = (
    case(
        "map in map in map", over_list("map", {"map": [LITERAL, {"map": [LITERAL, 1]}]}), OVER_COST, list=MANY
    ),
    case(
        "literal lists in each other",
        {"map": [LITERAL, {"map": [LITERAL, {"map": [LITERAL, 1]}]}]},
        OVER_COST,
    ),
    case(
        "all of all of all",
        {"all": [LITERAL, {"none": [LITERAL, {"some": [LITERAL, ITEM]}]}]},
        OVER_COST,
    ),
    case(
        "the same list in each other",
        over_list(
            "map", {"map": [{"val": [[2], "input", "list"]}, {"map": [{"val": [[4], "input", "list"]}, 1]}]}
        ),
        OVER_COST,
        list=1_000,
    ),
    case(
        "reduce in reduce",
        reduced(reduced({"+": [ACCUMULATOR, 1]}, ACCUMULATOR, LITERAL), 0),
        OVER_COST,
        list=MANY,
    ),
    case(
        "filter of filter of filter",
        over_list("filter", {"filter": [LITERAL, {"filter": [LITERAL, 1]}]}),
        OVER_COST,
        list=1_000,
    ),
    case(
        "a long list searched for each item",
        over_list("some", {"in": [-1, {"val": [[2], "input", "list"]}]}),
        OVER_COST,
        list=MANY,
    ),
    case(
        "a long text searched for each item",
        over_list("some", {"in": ["2", TEXT]}),
        OVER_COST,
        list=MANY,
        text=MEGA,
    ),
)
DOUBLING: Final = (
    case(
        "a text doubled by cat", reduced({"cat": [ACCUMULATOR, ACCUMULATOR]}, "12345678"), OVER_COST, list=64
    ),
    case(
        "a text doubled by cat of a list",
        reduced({"cat": [[ACCUMULATOR, ACCUMULATOR]]}, "12345678"),
        UNBOUNDED,
        list=64,
    ),
    case(
        "a literal doubled by cat",
        reduced({"cat": [ACCUMULATOR, ACCUMULATOR]}, "12345678", LITERAL),
        OVER_COST,
    ),
    case(
        "a list doubled by merge", reduced({"merge": [ACCUMULATOR, ACCUMULATOR]}, [1, 2]), OVER_COST, list=64
    ),
    case(
        "a list doubled by map",
        reduced({"merge": [ACCUMULATOR, {"map": [ACCUMULATOR, ITEM]}]}, [1]),
        OVER_COST,
        list=64,
    ),
    case("a number squared", reduced({"*": [ACCUMULATOR, ACCUMULATOR]}, 10), "given", list=64),
    case(
        "a long text doubled once",
        {"cat": [{"var": "input.text"}, {"var": "input.text"}]},
        "given",
        text=MEGA,
    ),
    case(
        "a long text in a list written out", {"cat": over_list("map", TEXT)}, OVER_COST, list=MANY, text=MEGA
    ),
)
LISTS_IN_LISTS: Final = (
    case("the accumulator twice in a list", reduced([ACCUMULATOR, ACCUMULATOR], [1]), UNBOUNDED, list=64),
    case("the accumulator once in a list", reduced([ACCUMULATOR], [1]), UNBOUNDED, list=MANY),
    case(
        "the accumulator twice in a literal",
        reduced([ACCUMULATOR, ACCUMULATOR], [1], LITERAL[:64]),
        UNBOUNDED,
    ),
    case(
        "two such compared",
        {"===": [reduced([ACCUMULATOR, ACCUMULATOR], [1]), reduced([ACCUMULATOR] * 2, [1], LITERAL[:64])]},
        UNBOUNDED,
        list=64,
    ),
    case("one such searched", {"in": [1, reduced([ACCUMULATOR, ACCUMULATOR], [1])]}, UNBOUNDED, list=64),
    case("one such merged", reduced({"merge": [[ACCUMULATOR], [ACCUMULATOR]]}, [1]), UNBOUNDED, list=64),
    case("one such by if", reduced({"if": [True, [ACCUMULATOR, ACCUMULATOR]]}, [1]), UNBOUNDED, list=64),
    case("one such by and", reduced({"and": [1, [ACCUMULATOR, ACCUMULATOR]]}, [1]), UNBOUNDED, list=64),
    case(
        "one such by a default",
        reduced({"var": ["current.no", [ACCUMULATOR, ACCUMULATOR]]}, [1]),
        UNBOUNDED,
        list=64,
    ),
    case(
        "one such by filter", reduced({"filter": [[ACCUMULATOR, ACCUMULATOR], True]}, [1]), UNBOUNDED, list=64
    ),
    case(
        "one such by map", reduced({"map": [[1, 2], {"val": [[1], "accumulator"]}]}, [1]), UNBOUNDED, list=64
    ),
    case(
        "one such by map from outside",
        reduced({"map": [[1, 2], {"val": [[2], "accumulator"]}]}, [1]),
        UNBOUNDED,
        list=64,
    ),
    case("all that is there in a reduction", reduced(ITEM, [1]), UNBOUNDED, list=64),
    case("all that is there, merged", reduced({"merge": [ITEM, ITEM]}, [1]), UNBOUNDED, list=64),
    case(
        "one such inside another reduction",
        reduced(reduced([{"val": [[2], "accumulator"]}] * 2, [], [1, 2]), [1]),
        UNBOUNDED,
        list=64,
    ),
    case(
        "lists of a long text written out",
        {"cat": [[over_list("map", TEXT)]]},
        UNBOUNDED,
        list=MANY,
        text=MEGA,
    ),
    case(
        "a list of a long text cut", {"substr": [over_list("map", TEXT), 1]}, UNBOUNDED, list=MANY, text=MEGA
    ),
    case(
        "a list of a long text cut, by if",
        {"substr": [{"if": [1, over_list("map", TEXT)]}, 1]},
        UNBOUNDED,
        list=MANY,
        text=MEGA,
    ),
    case(
        "what a reduction put together cut",
        {"substr": [reduced({"merge": [ACCUMULATOR, TEXT]}, []), 1]},
        UNBOUNDED,
        list=MANY,
        text=MEGA,
    ),
    case("lists of lists kept", over_list("map", over_list("map", 1)), "given", list=300),
)
LONG: Final = (
    case(
        "a long number read for each item",
        reduced(kept({"==": [{"var": "accumulator.text"}, CURRENT]}), {"var": "input"}),
        OVER_COST,
        list=MANY,
        text=MEGA,
    ),
    case(
        "a longer number read for each item",
        reduced(kept({"<": [{"var": "accumulator.text"}, CURRENT]}), {"var": "input"}),
        OVER_COST,
        list=MANY,
        text=8 * MEGA,
    ),
    case(
        "long texts compared for each item",
        over_list("filter", {"===": [TEXT, {"val": [[2], "input", "other"]}]}),
        OVER_COST,
        list=MANY,
        text=MEGA,
        other="1" * MEGA,
    ),
    case(
        "a long number added for each item",
        over_list("map", {"+": [TEXT, 1]}),
        OVER_COST,
        list=MANY,
        text=MEGA,
    ),
    case(
        "a large object looked into for each item",
        reduced(kept({"var": "accumulator.none"}), {"var": "input.keys"}),
        OVER_COST,
        list=MANY,
        keys={f"k{at}": at for at in range(100_000)},
    ),
    case("a long number compared", {"==": [{"var": "input.text"}, 1]}, "given", text=8 * MEGA),
    case("a long text that is nothing", {"!!": {"var": "input.text"}}, "given", text=8 * MEGA),
)
DEEP: Final = (
    case("operators deeper than documents", nested(70, lambda rule: {"!": [rule]}, 1), "refused too_deep"),
    case("lists deeper than documents", {"in": [1, nested(70, lambda rule: [rule], 1)]}, "refused too_deep"),
    case(
        "lists as deep as a condition is long", {"in": [1, nested(2_000, lambda rule: [rule], 1)]}, "refused"
    ),
    case("operators deeper than any stack", nested(100_000, lambda rule: {"!": [rule]}, 1), "refused"),
    case(
        "conditions inside a condition",
        nested(31, lambda rule: {"if": [rule, 1]}, {"var": "input.a"}),
        "given",
    ),
    case("a default inside a default", nested(31, lambda rule: {"var": ["input.a", rule]}, 1), "given"),
    case(
        "reductions inside each other",
        nested(20, lambda rule: {"reduce": [LIST, rule, 0]}, ACCUMULATOR),
        "given",
        list=1,
    ),
)
HUGE: Final = (
    case("a long text", {"==": ["a" * MEGA, 1]}, "refused expression_too_long"),
    case("a long list", {"in": [1, [0] * MEGA]}, "refused expression_too_long"),
    case("a long operator", {"a" * 5_000: [1]}, "refused expression_too_long"),
    case("a long path", {"var": "input" + ".a" * 1_900}, "given"),
    case("many paths", {"missing": [f"input.a{at}" for at in range(250)]}, "given"),
    case("many arguments", {"and": [True] * 700}, "given"),
    case("many texts", {"cat": ["x"] * 900}, "given"),
    case("two operators", {"==": [1, 1], "!=": [1, 1]}, "refused invalid_condition"),
    case("no operator", {"": [1]}, "refused unknown_operator"),
    case("half of a surrogate pair", {"==": ["\ud800", 1]}, "refused invalid_condition"),
    case("half of a surrogate pair in a path", {"var": "input.\ud800"}, "refused invalid_condition"),
    case("a zero byte", {"var": "input.\0"}, "given"),
)
COMPUTED: Final = (
    case("a path read", {"var": {"var": "input.path"}}, "refused computed_path", path="secrets.key"),
    case(
        "a path put together",
        {"var": {"cat": ["sec", "rets.", {"var": "input.path"}]}},
        "refused computed_path",
    ),
    case(
        "a path chosen", {"var": {"if": [{"var": "input.a"}, "input.a", "input.b"]}}, "refused computed_path"
    ),
    case("a path of an item", over_list("map", {"var": ITEM}), "refused computed_path", list=2),
    case("paths merged", {"missing": {"merge": [["input.a"], {"var": "input.b"}]}}, "refused computed_path"),
    case("some of paths read", {"missing_some": [1, {"var": "input.paths"}]}, "refused computed_path"),
    case("a segment read", {"val": ["input", {"var": "input.path"}]}, "refused computed_path"),
    case("everything", {"var": ""}, "refused invalid_path"),
    case("everything by its list", {"var": []}, "refused invalid_path"),
    case("everything from inside", over_list("map", {"val": [[2]]}), "refused invalid_path", list=2),
    case("from outside of everything", over_list("map", {"val": [[9], "input", "list"]}), "given", list=2),
    case("from so far outside", over_list("map", {"val": [[2**63 - 1], "input", "list"]}), "given", list=2),
    case("from so far inside", over_list("map", {"val": [[-(2**63)], "input", "list"]}), "given", list=2),
)
NOT_THEIRS: Final = (
    *(
        case(f"{name} of a value", {"var": f"input.{name}"}, "given")
        for name in (
            "__class__",
            "__class__.__mro__",
            "__proto__",
            "__proto__.polluted",
            "constructor",
            "list.__len__",
            "keys",
        )
    ),
    *(
        case(f"{name} as a root", {"var": name}, "refused unknown_root")
        for name in ("__class__", "__proto__", "constructor.prototype", "toString", "process.env", "self")
    ),
    case("a secret", {"var": "secrets.key"}, "refused"),
    case("the token of a callback", {"var": "callback.token"}, "refused misplaced_root"),
    case("what is inside a node", {"var": "nodes.__class__.__init__"}, "refused invalid_path"),
    case("a node without a name", {"var": "nodes..output"}, "given"),
    *(
        case(f"the operator {name}", {name: ["input.a"]}, "refused unknown_operator")
        for name in (
            "log",
            "method",
            "now",
            "match",
            "regex",
            "throw",
            "try",
            "exists",
            "__class__",
            "constructor",
            "eval",
            "apply",
            "preserve",
            "sort",
            "split",
        )
    ),
)
NUMBERS: Final = (
    case("not a number, written", {"==": [float("nan"), 1]}, "refused invalid_condition"),
    case("infinity, written", {"==": [float("inf"), 1]}, "refused invalid_condition"),
    case("beyond 64 bits, written", {"==": [2**70, 1]}, "refused invalid_condition"),
    case("not a number, read", {"==": [{"var": "input.n"}, 1]}, "given", n=float("nan")),
    case("infinity, read", {"<": [{"var": "input.n"}, 1]}, "given", n=float("inf")),
    case("beyond 64 bits, read", {"==": [{"var": "input.n"}, 1]}, "failed condition_error", n=2**70),
    case("a text beyond all numbers", {"<": [{"var": "input.n"}, 1]}, "failed condition_error", n="1e999"),
    case("a text that is not a number", {"+": [{"var": "input.n"}, 1]}, "failed condition_error", n="NaN"),
    case("division by zero", {"/": [{"var": "input.n"}, 0]}, "failed condition_error", n=1),
    case("the rest of a division by zero", {"%": [{"var": "input.n"}, 0]}, "failed condition_error", n=1),
    case("the least by minus one", {"/": [{"var": "input.n"}, -1]}, "given", n=-(2**63)),
    case("the rest of the least by minus one", {"%": [{"var": "input.n"}, -1]}, "given", n=-(2**63)),
    case("the negative of the least", {"-": [{"var": "input.n"}]}, "given", n=-(2**63)),
    case("less than the least", {"-": [{"var": "input.n"}, 1]}, "given", n=-(2**63)),
    case("more than the most", {"+": [{"var": "input.n"}, {"var": "input.n"}]}, "given", n=2**63 - 1),
    case("the most by itself", {"*": [{"var": "input.n"}, {"var": "input.n"}]}, "given", n=2**63 - 1),
    case("the largest double by itself", {"*": [{"var": "input.n"}, {"var": "input.n"}]}, "given", n=1e308),
    case(
        "a cut at the ends of all numbers",
        {"substr": [{"var": "input.text"}, -(2**63), 2**63 - 1]},
        "given",
        text=9,
    ),
    case("a cut beyond the end", {"substr": [{"var": "input.s"}, 2**63 - 1, 2**63 - 1]}, "given", s="äöü"),
    case(
        "a cut before the beginning", {"substr": [{"var": "input.s"}, -(2**63), -(2**63)]}, "given", s="äöü"
    ),
    case("a cut in a character", {"substr": [{"var": "input.s"}, 1, 1]}, "given", s="💥💥"),
    case("an index beyond all lists", {"var": "input.list.99999999999999999999"}, "given", list=3),
    case("an index before the list", {"var": "input.list.-1"}, "given", list=3),
    case("more than any number missing", {"missing_some": [2**63 - 1, ["input.a"]]}, "given"),
    case("fewer than none missing", {"missing_some": [-(2**63), ["input.a"]]}, "given"),
    case("the greatest of a text", {"max": ["a"]}, "failed condition_error"),
    case("the greatest of nothing", {"max": []}, "refused invalid_arity"),
    case("lists compared", {"<": [[1], [2]]}, "failed condition_error"),
    case(
        "half of a surrogate pair, read",
        {"==": [{"var": "input.s"}, 1]},
        "failed condition_error",
        s="\ud800",
    ),
    case("what is no JSON, read", {"==": [{"var": "input.s"}, 1]}, "failed condition_error", s=b"bytes"),
)
CONDITIONS: Final = (
    *COSTLY,
    *DOUBLING,
    *LISTS_IN_LISTS,
    *LONG,
    *DEEP,
    *HUGE,
    *COMPUTED,
    *NOT_THEIRS,
    *NUMBERS,
)

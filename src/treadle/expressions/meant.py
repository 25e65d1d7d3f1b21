"""What people write who know another language, and what it is written as here."""

from collections.abc import Mapping
from typing import Final

CHOICE: Final = "`condition ? a : b`"
DEFAULT: Final = "`input.?name.orValue(...)`"
SIZE: Final = "`value.size()`"
QUOTES: Final = "text in quotes, `'...'` or `\"...\"`, and put it together with `+`"
CONSTANTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("True", "TRUE"), "`true`"),
    **dict.fromkeys(("False", "FALSE"), "`false`"),
    **dict.fromkeys(("None", "Null", "NULL", "nil", "undefined"), "`null`"),
}
"""Names that stand for a value."""
WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("and", "AND"), "`&&`"),
    **dict.fromkeys(("or", "OR"), "`||`"),
    **dict.fromkeys(("not", "NOT"), "`!`, as in `!(a in b)`"),
    "is": "`==`",
    **dict.fromkeys(("if", "then", "else", "elif", "when", "case"), CHOICE),
    **dict.fromkeys(("contains", "includes"), "`x in list`, or of a text `text.contains(x)`"),
    **dict.fromkeys(("matches", "like"), "`text.matches(pattern)`"),
    **dict.fromkeys(("for", "lambda"), "`list.map(item, item.name)`"),
    **dict.fromkeys(("let", "var", "const"), "the value in its place, or keep it with a `set`"),
}
"""Words between values, or before one."""
SIGNS: Final[Mapping[str, str]] = {
    "=": "a comparison as `==`",
    "===": "`==`",
    "!==": "`!=`",
    "=>": "`list.map(item, item.name)`",
    "&": "`&&`",
    "|": "`||`; there are no filters",
    "`": QUOTES,
    "$": "the path alone, as `input.name`",
    "#": "a comment outside of the expression",
    ";": "one expression",
    "~": "`text.matches(pattern)`",
    "??": DEFAULT,
    "?:": CHOICE,
    "?.": "`.?`, as in `input.?name`",
    "<>": "`!=`",
    "**": "`x * x`",
}
"""Signs that mean nothing, or not where they stand."""
FUNCTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("len", "length", "count"), SIZE),
    **dict.fromkeys(("str", "text", "toString", "String"), "`string(value)`"),
    **dict.fromkeys(("float", "number", "Number", "parseFloat"), "`double(value)`"),
    **dict.fromkeys(("parseInt", "integer", "round", "floor"), "`int(value)`, which cuts a fraction off"),
    **dict.fromkeys(("not", "NOT"), "`!`"),
    **dict.fromkeys(("defined", "isset", "exists", "isDefined"), "`has(input.name)`"),
    **dict.fromkeys(("coalesce", "default", "ifnull", "nvl"), DEFAULT),
    **dict.fromkeys(("concat", "cat", "format"), "`a + b`"),
    **dict.fromkeys(("iif", "cond"), CHOICE),
    **dict.fromkeys(("date", "instant", "datetime"), "`timestamp(text)`"),
    **dict.fromkeys(("encodeURIComponent", "urlencode", "urlEncode", "uriEncode"), "`text.percentEncode()`"),
    **dict.fromkeys(
        ("now", "today", "uuid", "random"),
        "what is given with the input: an expression reads no clock and draws nothing",
    ),
}
"""Functions of other languages."""
METHODS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("length", "len", "count"), SIZE),
    **dict.fromkeys(("includes", "contain"), "`x in list`, or of a text `text.contains(x)`"),
    **dict.fromkeys(("toUpperCase", "upper", "toUpper", "upcase"), "`text.upperAscii()`"),
    **dict.fromkeys(("toLowerCase", "lower", "toLower", "downcase"), "`text.lowerAscii()`"),
    **dict.fromkeys(("strip", "trimmed"), "`text.trim()`"),
    **dict.fromkeys(("toString", "str"), "`string(value)`"),
    **dict.fromkeys(("some", "any"), "`list.exists(item, item.name == x)`"),
    "every": "`list.all(item, item.name == x)`",
    **dict.fromkeys(("find", "first"), "`list.filter(item, item.name == x)[0]`"),
    **dict.fromkeys(("get", "getOrDefault", "orElse", "or_else"), DEFAULT),
    **dict.fromkeys(("append", "push", "add", "concat"), "`list + [item]`"),
    **dict.fromkeys(("keys", "values", "entries"), "`map.map(key, map[key])`"),
    **dict.fromkeys(("slice", "substr"), "`text.substring(start, end)`"),
    **dict.fromkeys(("test", "match", "search"), "`text.matches(pattern)`"),
    **dict.fromkeys(("urlEncode", "urlencode", "encode"), "`text.percentEncode()`"),
}
"""Methods of other languages."""
SIZES: Final = frozenset({"length", "len", "size", "count"})
"""Fields that lists and texts have in other languages."""


def written(meant: Mapping[str, str], word: str) -> str:
    """`; write ...` for a word of one of these tables, or nothing; to be put at the end of a message."""
    return f"; write {meant[word]}" if word in meant else ""


def size_hint(value: object, key: object) -> str:
    """The same for a field that is missing because a list or a text has no fields."""
    is_meant = isinstance(value, list | str) and isinstance(key, str) and key in SIZES
    return f"; write {SIZE}" if is_meant else ""

"""Every function and every method, by what they are for."""

from typing import Final

from treadle.expressions.reference.described import Described, row

CONVERSIONS: Final[tuple[Described, ...]] = (
    row(
        "int(value)",
        "A whole number: of text, of a double (its fraction is cut off), of an instant its seconds.",
        "int('12') + int(2.9)",
        14,
    ),
    row("uint(value)", "A whole number that is not below 0.", "uint(7)", 7),
    row(
        "double(value)",
        "A number with a fraction: of text or of a whole number.",
        "double(input.n) / 2.0",
        3.5,
    ),
    row(
        "string(value)",
        "A number, boolean, instant or length of time as text.",
        "string(input.n) + ' pieces'",
        "7 pieces",
    ),
    row("bytes(value)", "A text as bytes in UTF-8; as a result they are Base64.", "bytes('Ada')", "QWRh"),
    row("bool(value)", "`true`, `t`, `1` and their opposites, read from text.", "bool('true')", True),
    row(
        "timestamp(value)",
        "An instant, of text in RFC 3339 or of seconds since 1970.",
        "timestamp(0)",
        "1970-01-01T00:00:00Z",
    ),
    row(
        "duration(value)",
        "A length of time, of text such as `1h30m`, `1.5s`, `200ms`.",
        "timestamp(input.at) + duration('1h')",
        "2027-01-31T10:30:15.250Z",
    ),
    row("type(value)", "The type of a value.", "type(input.n) == int", True),
    row("dyn(value)", "The value itself.", "dyn(input.n)", 7),
)
SIZES: Final[tuple[Described, ...]] = (
    row(
        ("size(value)", "value.size()"),
        "Characters of a text, elements of a list, entries of an object, bytes.",
        "input.tags.size()",
        2,
    ),
)
TEXTS: Final[tuple[Described, ...]] = (
    row("text.contains(part)", "Whether the part stands in the text.", "input.name.contains('Lo')", True),
    row("text.startsWith(part)", "Whether the text begins with the part.", "input.id.startsWith('a/')", True),
    row("text.endsWith(part)", "Whether the text ends with the part.", "input.id.endsWith('b')", True),
    row(
        ("matches(text, pattern)", "text.matches(pattern)"),
        "Whether a part of the text is as a pattern of RE2 says; the whole with `^` and `$`.",
        "input.id.matches('^[a-z]/[0-9]')",
        True,
    ),
    row("text.lowerAscii()", "The letters A to Z small.", "input.name.lowerAscii()", " ada lo "),
    row("text.upperAscii()", "The letters a to z in capitals.", "input.tags[0].upperAscii()", "NEW"),
    row("text.trim()", "The text without the blanks around it.", "input.name.trim()", "Ada Lo"),
    row("text.reverse()", "The characters from the last to the first.", "input.tags[0].reverse()", "wen"),
    row(
        "text.percentEncode()",
        "The text as it may stand in a URL; all but letters, digits and `-._~` is encoded.",
        "'http://shop/' + input.id.percentEncode()",
        "http://shop/a%2F7%20b",
    ),
    row("text.charAt(index)", "The character at an index from 0.", "input.id.charAt(2)", "7"),
    row(
        ("text.indexOf(part)", "text.indexOf(part, start)"),
        "Where the part first stands, from `start` on; -1 if nowhere.",
        "input.id.indexOf('b')",
        4,
    ),
    row(
        ("text.lastIndexOf(part)", "text.lastIndexOf(part, start)"),
        "Where it last stands, at `start` at most; -1 if nowhere.",
        "'a-b-c'.lastIndexOf('-')",
        3,
    ),
    row(
        ("text.substring(start)", "text.substring(start, end)"),
        "The characters from `start` to before `end`, or to the last.",
        "input.id.substring(0, 3)",
        "a/7",
    ),
    row(
        ("text.replace(old, new)", "text.replace(old, new, most)"),
        "The text with one part in place of another, everywhere or so many times.",
        "input.id.replace('/', '-')",
        "a-7 b",
    ),
    row(
        ("text.split(separator)", "text.split(separator, most)"),
        "The parts between separators, all or so many.",
        "input.id.split('/')",
        ["a", "7 b"],
    ),
    row(
        ("list.join()", "list.join(separator)"),
        "The texts of a list as one, with the separator between them.",
        "input.tags.join(', ')",
        "new, large",
    ),
)
OPTIONALS: Final[tuple[Described, ...]] = (
    row(
        "optional.orValue(other)",
        "The value, or the other one if there is nothing; it is looked at only then.",
        "input.?gift.orValue('none')",
        "none",
    ),
    row(
        "optional.or(optional)",
        "The optional value, or another one if there is nothing in it.",
        "input.?gift.or(input.?name).orValue('')",
        " Ada Lo ",
    ),
    row("optional.hasValue()", "Whether there is something.", "input.?gift.hasValue()", False),
    row("optional.value()", "The value; an error if there is nothing.", "input.?n.value()", 7),
    row("optional.of(value)", "An optional value with this in it.", "optional.of(input.n).hasValue()", True),
    row("optional.none()", "One with nothing in it.", "optional.none().orValue(1)", 1),
    row(
        "optional.ofNonZeroValue(value)",
        "One with nothing in it for false, 0, null and what is empty.",
        "optional.ofNonZeroValue('').orValue('none')",
        "none",
    ),
)


def _getter(name: str, meaning: str, gives: int, *, of: str = "timestamp(input.at)") -> Described:
    return row((f"time.{name}()", f"time.{name}(offset)"), meaning, f"{of}.{name}()", gives)


TIMES: Final[tuple[Described, ...]] = (
    _getter("getFullYear", "The year, in UTC or at an offset such as `+02:00`.", 2027),
    _getter("getMonth", "The month, from 0.", 0),
    _getter("getDate", "The day of the month, from 1.", 31),
    _getter("getDayOfMonth", "The day of the month, from 0.", 30),
    _getter("getDayOfWeek", "The day of the week, from 0, Sunday.", 0),
    _getter("getDayOfYear", "The day of the year, from 0.", 30),
    _getter("getHours", "The hour; of a length of time all its hours.", 9),
    _getter("getMinutes", "The minute; of a length of time all its minutes.", 90, of="duration('1h30m')"),
    _getter("getSeconds", "The second; of a length of time all its seconds.", 15),
    _getter("getMilliseconds", "The milliseconds within the second.", 250),
)

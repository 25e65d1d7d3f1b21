"""Expressions drawn from a small grammar: mostly of the type that is wanted, now and then of another."""

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

DEPTH: Final = 4
KINDS: Final = ("int", "uint", "double", "bool", "string", "list", "map", "time", "duration", "optional")
LEAVES: Final = {
    "int": ["0", "1", "-1", "2", "7", "9223372036854775807", "-9223372036854775808", "input.n", "input.m.k"],
    "uint": ["0u", "1u", "3u", "18446744073709551615u"],
    "double": ["0.0", "1.5", "-2.25", "1e308", "input.f", "0.0/0.0"],
    "bool": ["true", "false", "input.b"],
    "string": [
        "''",
        "'a'",
        "'ab'",
        "'éa'",
        "'12'",
        "'1.5'",
        "'true'",
        "input.s",
        "input.l[0]",
        "'2024-02-29T10:20:30Z'",
    ],
    "list": ["[]", "[1, 2, 3]", "['a', 'b']", "[1, 'a', null, 1.5]", "input.l", "input.o", "[[1], [2]]"],
    "map": ["{}", "{'a': 1}", "{'a': [1], 'b': 2}", "{1: 'x', 2: 'y'}", "input.m", "input"],
    "time": ["timestamp(0)", "timestamp('2024-02-29T23:59:59.5Z')", "timestamp(4102444800)"],
    "duration": ["duration('0s')", "duration('1h1.5s')", "duration('-90m')"],
    "optional": [
        "optional.none()",
        "optional.of(1)",
        "optional.of('a')",
        "input.?s",
        "input.?nope",
        "input.l[?0]",
        "input.l[?9]",
        "input.?m.k",
        "input.m[?'nope']",
    ],
    "missing": ["input.nope", "input.m.nope.x", "input.l[9]", "1/0", "input.l.x", "null"],
}
"""`%i` and the like stand for an operand of a type, `%*` for one of any."""
FORMS: Final = {
    "int": [
        "%i + %i",
        "%i - %i",
        "%i * %i",
        "%i / %i",
        "%i % %i",
        "-(%i)",
        "size(%s)",
        "size(%l)",
        "size(%m)",
        "int(%d)",
        "int(%s)",
        "int(%u)",
        "int(%t)",
        "%b ? %i : %i",
        "(%s).indexOf(%s)",
        "(%s).indexOf(%s, %i)",
        "(%s).lastIndexOf(%s, %i)",
        "(%t).getFullYear()",
        "(%t).getDayOfYear('+05:30')",
        "(%t).getMonth()",
        "(%t).getDayOfWeek()",
        "(%D).getMinutes()",
        "(%t).getMilliseconds()",
        "%l[%i]",
        "(%o).orValue(%i)",
    ],
    "uint": ["%u + %u", "%u - %u", "%u * %u", "%u / %u", "%u % %u", "uint(%i)", "uint(%s)"],
    "double": ["%d + %d", "%d - %d", "%d * %d", "%d / %d", "-(%d)", "double(%s)", "double(%u)"],
    "bool": [
        "%i < %i",
        "%d >= %d",
        "%i <= %d",
        "%u > %i",
        "%s < %s",
        "%t < %t",
        "%D > %D",
        "%b < %b",
        "%* == %*",
        "%* != %*",
        "%* in %l",
        "%s in %m",
        "%i in %m",
        "%b && %b",
        "%b || %b",
        "%b && %b && %b",
        "%* || %b",
        "%b && %*",
        "!(%b)",
        "(%s).contains(%s)",
        "(%s).startsWith(%s)",
        "(%s).endsWith(%s)",
        "(%s).matches('^[a-c]*$')",
        "(%l).all(x, x == %*)",
        "(%l).exists(x, x == %*)",
        "(%l).exists_one(x, x == %*)",
        "(%l).all(x, x < %i)",
        "(%l).exists(x, %b)",
        "(%m).exists(k, k == %s)",
        "(%m).all(k, k != %*)",
        "has(input.m.k)",
        "has(input.m.nope)",
        "has((%m).a)",
        "has(input.s.x)",
        "(%o).hasValue()",
        "%o == %o",
        "type(%*) == type(%*)",
        "bool(%s)",
        "%b ? %b : %b",
    ],
    "string": [
        "%s + %s",
        "string(%i)",
        "string(%b)",
        "string(%u)",
        "string(%t)",
        "string(%D)",
        "(%s).lowerAscii()",
        "(%s).upperAscii()",
        "(%s).trim()",
        "(%s).reverse()",
        "(%s).replace(%s, %s)",
        "(%s).replace(%s, %s, %i)",
        "(%s).substring(%i)",
        "(%l).join(%s)",
        "%b ? %s : %s",
        "%l[%i]",
        "%m[%s]",
        "(%o).orValue(%s)",
    ],
    "list": [
        "[%*, %*]",
        "[%i, %i, %i]",
        "[?%o, %*]",
        "%l + %l",
        "(%l).map(x, [x, %*])",
        "(%l).map(x, x + %i)",
        "(%l).map(x, x == %*, x)",
        "(%l).filter(x, x != %*)",
        "(%l).filter(x, %b)",
        "(%l).map(x, (%l).map(y, [x, y]))",
        "(%s).split(',')",
        "(%s + 'z').split(%s, %i)",
        "%b ? %l : %l",
    ],
    "map": ["{'p': %*, 'q': %*}", "{%s: %*}", "{%i: %*}", "{?'p': %o, 'q': %*}", "%b ? %m : %m"],
    "time": ["%t + %D", "%D + %t", "%t - %D", "timestamp(%s)", "timestamp(%i)"],
    "duration": ["%t - %t", "%D + %D", "%D - %D"],
    "optional": [
        "optional.of(%*)",
        "optional.ofNonZeroValue(%*)",
        "(%o).or(%o)",
        "(%o).optMap(x, [x])",
        "(%o).optFlatMap(x, %o)",
        "(%m).?a",
        "(%l)[?%i]",
    ],
}
LETTERS: Final = {
    "i": "int",
    "u": "uint",
    "d": "double",
    "b": "bool",
    "s": "string",
    "l": "list",
    "m": "map",
    "t": "time",
    "D": "duration",
    "o": "optional",
}
SLIPS: Final = 30
"""One operand of so many is of another type than is wanted."""


@st.composite
def expressions(draw: DrawFn) -> str:
    """The text of an expression whose value can be shown: no optional one."""
    kind = draw(st.sampled_from([kind for kind in KINDS if kind != "optional"]))
    return _drawn(draw, kind, draw(st.integers(1, DEPTH)))


def _drawn(draw: DrawFn, kind: str, depth: int) -> str:
    if depth == 0:
        kind = "missing" if draw(st.integers(1, SLIPS)) == 1 else kind
        return draw(st.sampled_from(LEAVES[kind]))
    return _filled(draw, draw(st.sampled_from(FORMS[kind])), depth)


def _filled(draw: DrawFn, form: str, depth: int) -> str:
    parts = form.split("%")
    text = parts[0]
    for part in parts[1:]:
        if part[:1] not in {*LETTERS, "*"}:
            text += f"%{part}"
            continue
        is_any = part[0] == "*" or draw(st.integers(1, SLIPS)) == 1
        kind = draw(st.sampled_from(KINDS)) if is_any else LETTERS[part[0]]
        operand = _drawn(draw, kind, draw(st.integers(0, depth - 1)))
        text += f"({operand}){part[1:]}"
    return text

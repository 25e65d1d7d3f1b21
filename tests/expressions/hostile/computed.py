"""Expressions of CEL that are written to hang, to fill the memory, or to reach what is not theirs."""

from typing import Final

from tests.expressions.hostile.cases import Form, Hostile, nested
from treadle.model.json import Json

MEGA: Final = 1_000_000
MANY: Final = 100_000
OVER_OPERATIONS: Final = "failed expression_operations_max"
OVER_BUILT: Final = "failed expression_built_max"
OVER_RESULT: Final = "failed expression_result_max"
ERROR: Final = "failed expression_error"
WRONG: Final = "refused invalid_expression"
TOO_DEEP: Final = "refused expression_too_deep"
INPUT: Final = {
    "text": lambda: "x" * MEGA,
    "same": lambda: "x" * (MEGA - 1) + "x",
    "short": lambda: "y" * 1_000,
    "many": lambda: list(range(MANY)),
    "list": lambda: list(range(5_000)),
    "maps": lambda: [{"k": at, "t": "z" * 200} for at in range(5_000)],
    "keys": lambda: {f"k{at}": at for at in range(5_000)},
    "texts": lambda: ["q" * 1_000 for _ in range(1_000)],
    "pattern": lambda: "(a?){30}a{30}",
    "digits": lambda: 10**5_000,
    "nan": lambda: float("nan"),
    "half": lambda: "\ud800",
    "deep": lambda: nested(100_000, lambda value: [value], 1),
}


def roots_of(text: str) -> dict[str, Json]:
    """An input that has the members of INPUT which the text names."""
    return {"input": {field: make() for field, make in INPUT.items() if f"input.{field}" in text}}


def case(text: str, ends: str, name: str = "", form: Form = "template") -> Hostile:
    """An expression, in braces unless it is a condition."""
    made = text if form == "condition" else f"{{{{ {text} }}}}"
    return Hostile(
        name=f"cel, {name or text}", form=form, made=lambda: made, ends=ends, roots=lambda: roots_of(text)
    )


def value(name: str, made: Json, ends: str) -> Hostile:
    """A value with many expressions in it, which share one budget."""
    return Hostile(
        name=f"cel, {name}", form="template", made=lambda: made, ends=ends, roots=lambda: roots_of(str(made))
    )


LONG: Final = (
    case("input.list.all(x, input.list.all(y, true))", OVER_OPERATIONS),
    case("input.many.map(a, input.many.map(b, input.many.map(c, a)))", OVER_OPERATIONS),
    case("input.many.exists(a, input.many.exists(b, input.many.exists(c, false)))", OVER_OPERATIONS),
    case("input.many.all(x, x in input.many)", OVER_OPERATIONS),
    case("input.many.exists(x, 'a' in input.texts)", OVER_OPERATIONS),
    case("input.many.exists(x, input.text in input.texts)", OVER_OPERATIONS),
    case("input.list.all(x, input.keys == input.keys)", OVER_OPERATIONS),
    case("input.list.all(x, input.maps == input.maps)", OVER_OPERATIONS),
    case("input.many.all(x, input.text == input.same)", OVER_OPERATIONS),
    case("input.many.all(x, input.text <= input.same)", OVER_OPERATIONS),
    case("input.many.all(x, input.text.startsWith(input.same))", OVER_OPERATIONS),
    case("input.many.exists(x, input.text.contains('y'))", OVER_OPERATIONS),
    case("input.many.exists(x, input.text.indexOf('y') > 0)", OVER_OPERATIONS),
    case("input.many.exists(x, has(input.keys.k1) && input.keys[?input.text].hasValue())", OVER_OPERATIONS),
    case("input.many.exists(x, input.nope)", OVER_OPERATIONS),
    case("input.many.all(x, input.nope || true)", OVER_OPERATIONS),
    case("input.many.map(x, timestamp(x).getFullYear())", OVER_OPERATIONS),
    case("input.many.map(x, int(string(double(x))))", OVER_OPERATIONS),
    case("input.many.all(x, 'aaaa'.matches('a{0,9}' + string(x)) || true)", OVER_OPERATIONS),
    case("input.list.exists(x, input.list.map(y, y) == [])", OVER_OPERATIONS),
    case("input.many.all(x, input.many.all(y, true))", "failed condition_error", form="condition"),
)
PATTERNS: Final = (
    case("input.text.matches('(x+x+)+y')", OVER_OPERATIONS),
    case("input.text.matches('^(x?){50}x{50}$')", OVER_OPERATIONS),
    case("input.short.matches('^(y|yy|yyy)+z$')", "given"),
    case("input.short.matches(input.pattern)", "given"),
    case("input.text.matches(input.pattern)", OVER_OPERATIONS),
    case("input.short.matches('(((((y{9}){9}){9}){9}){9})')", "refused invalid_pattern"),
    case("input.short.matches('y{1001}')", "refused invalid_pattern"),
    case("input.short.matches('(?=y)')", "refused invalid_pattern"),
    case(r"input.short.matches(r'(y)\1')", "refused invalid_pattern"),
    case(f"input.short.matches('{'(' * 1_000}')", "refused invalid_pattern", "a pattern of brackets"),
    case(f"input.short.matches('{'y' * 2_000}')", "refused invalid_pattern", "a long pattern"),
    case("input.short.matches(input.text)", "failed invalid_pattern"),
    case("input.half.matches('a')", ERROR),
    case("'a'.matches(input.half)", "failed invalid_pattern"),
)
BUILDING: Final = (
    case("input.list.map(x, input.text + input.text)", OVER_BUILT),
    case("input.text + input.text", OVER_BUILT),
    case("input.text.replace('x', input.text)", OVER_BUILT),
    case("input.text.replace('', input.short)", OVER_BUILT),
    case("input.text.split('')", OVER_BUILT),
    case("input.text.split('x')", OVER_BUILT),
    case("[input.text, input.text].join(input.text)", OVER_BUILT),
    case("input.texts.join(input.text)", OVER_BUILT),
    case("input.list.map(x, input.text.lowerAscii())", OVER_BUILT),
    case("input.list.map(x, input.text.reverse())", OVER_BUILT),
    case("input.list.map(x, input.text.trim())", OVER_BUILT),
    case("input.list.map(x, input.text.substring(1))", OVER_BUILT),
    case("input.list.map(x, bytes(input.text))", OVER_BUILT),
    case("input.list.map(x, input.texts + input.texts)", OVER_BUILT),
    case("input.many.map(x, {'a': x})", OVER_BUILT),
    case("input.many.map(x, [[x]])", OVER_OPERATIONS),
    case("input.list.map(x, [x, x, x, x]).map(x, x + x).map(x, x + x).map(x, x + x)", OVER_OPERATIONS),
    case("'a'" + ".replace('a', 'aaaaaaaaaaaaaaaaaaaa')" * 40, OVER_BUILT, "replacing what was replaced"),
    case("[input.short]" + ".map(a, a + a)" * 40, OVER_BUILT, "a text doubled"),
    case("[[0]]" + ".map(a, a + a)" * 40, OVER_BUILT, "a list doubled"),
)
WIDE: Final = (
    case("input.list.map(x, input.list)", OVER_OPERATIONS),
    case("input.list.map(x, input.keys)", OVER_OPERATIONS),
    case("[" + ",".join(["input.text"] * 100) + "]", OVER_RESULT, "a long text many times"),
    case("{" + ",".join(f"'{at}': input.text" for at in range(9)) + "}", OVER_RESULT, "a map of long texts"),
    case("[0]" + ".map(a, [a, a])" * 40, OVER_OPERATIONS, "values in each other twice"),
    case("optional.of(0)" + ".optMap(a, [a, a])" * 40 + ".value()", OVER_OPERATIONS, "optional values twice"),
    case(
        "([0]" + ".map(a, [a, a])" * 30 + ") == ([0]" + ".map(a, [a, a])" * 30 + ")",
        OVER_OPERATIONS,
        "comparing what is in each other twice",
    ),
    case("input.deep == input.deep", OVER_OPERATIONS),
    case("[input.deep]", OVER_OPERATIONS),
    case("size(input.deep)", "given"),
)
WRITTEN: Final = (
    case("[" * 2_000 + "]" * 2_000, TOO_DEEP, "lists in lists"),
    case("(" * 2_000 + "1" + ")" * 2_000, TOO_DEEP, "brackets in brackets"),
    case("{1:" * 1_000 + "1" + "}" * 1_000, TOO_DEEP, "maps in maps"),
    case("-" * 4_000 + "1", "refused", "signs"),
    case("!" * 4_000 + "true", TOO_DEEP, "exclamation marks"),
    case("true ? 1 : " * 300 + "1", TOO_DEEP, "choices in choices"),
    case("1" + " + 1" * 1_000, TOO_DEEP, "a long sum"),
    case("true" + " && true" * 400, "given", "a long conjunction"),
    case("input.list" + ".filter(x, true)" * 250, TOO_DEEP, "a long chain of macros"),
    case("a(" * 1_300 + ")" * 1_300, TOO_DEEP, "calls in calls"),
    case("[" + "1," * 2_000 + "]", "given", "a long list"),
    case("{" + "1:1," * 900 + "}", WRONG, "a map with one key many times"),
    case("9" * 4_000, WRONG, "a long number"),
    case("1e999999", WRONG),
    case("0x" + "f" * 4_000, WRONG, "a long hexadecimal number"),
    case("'" + "a" * 4_000, WRONG, "a text that never ends"),
    case("1 " + '"' * 3_999, "refused", "quotes of three"),
    case("'" + "\\x41" * 1_000 + "' + 'a'", "given", "a text of escapes"),
    case("input." + "?" * 4_000, WRONG, "question marks"),
    case("1 //" + "/" * 4_000, "given", "a long comment"),
    case("'a' + " * 600, "refused", "a sum that never ends"),
    case("input." + "a" * 2_000 + "(" + "b" * 1_900 + ")", "refused unknown_function", "a long name"),
    case("input.a\0 + 1", "refused"),
    case("ⅰnput.a + 1", WRONG),
)
NOT_THEIRS: Final = (
    *(case(f"{text} + ''", "failed missing_variable") for text in ("input.__class__", "input.keys.items")),
    *(
        case(text, "refused")
        for text in (
            "input.text.format('a')",
            "input.text.encode()",
            "input.keys.__getitem__('k1')",
            "''.__class__()",
            "eval('1')",
            "exec('1') + 1",
            "getattr(input, 'a')",
            "type(input).mro()",
            "os.system('id') == 0",
            "globals()['x']",
            "secrets.key + 'a'",
            "callback.url + 'a'",
            "size(nodes) > 0",
            "nodes.map(n, n)",
            "nodes[input.short].output",
            "execution.parent.input + 1",
            "executions['other'].input",
            "roots.roots + 1",
            "evaluation + 1",
            "now() > 1",
            "input.list.map(__import__, __import__('os'))",
        )
    ),
    case("input['__class__' + '']", "failed missing_variable"),
    case("input.keys['__init' + '__']", "failed missing_variable"),
    case("type(input)", "given"),
)
VALUES: Final = (
    case("input.digits + 1", ERROR),
    case("string(input.digits)", ERROR),
    case("double(input.digits)", ERROR),
    case("timestamp(input.digits)", ERROR),
    case("input.digits % 7", ERROR),
    case("input.list[input.digits]", "failed missing_variable"),
    case("input.short.substring(input.digits)", ERROR),
    case("{input.digits: 1}", ERROR),
    case("input.list[input.nan]", "failed missing_variable"),
    case("[input.nan]", "failed unprintable_value"),
    case("int(input.nan)", ERROR),
    case("0.0 / 0.0 + double(input.short)", ERROR),
    case("bytes(input.half)", ERROR),
    case("[timestamp(0), input.deep]", "failed"),
    case("optional.of(input.list)", "failed unprintable_value"),
    case("{1: 1, '1': input.list}", "failed unprintable_value"),
    case("input.text.charAt(0) + input.texts[0]", "given"),
)
SHARED: Final = (
    value("a text built in many values", ["{{ input.text + '' }}"] * 1_000, OVER_BUILT),
    value(
        "a long search in many values",
        {f"k{at}": "{{ input.list.exists(x, x < 0) }}" for at in range(1_000)},
        OVER_OPERATIONS,
    ),
    value("a long search in one text", "{{ size(input.list.filter(x, x < 0)) }}" * 90, OVER_OPERATIONS),
    value("what is written in many values", ["{{ [input.text] }}"] * 100, OVER_RESULT),
)
COMPUTED: Final = (
    *LONG,
    *PATTERNS,
    *BUILDING,
    *WIDE,
    *WRITTEN,
    *NOT_THEIRS,
    *VALUES,
    *SHARED,
)

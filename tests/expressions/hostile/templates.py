"""Templates and paths that are written to hang, to fill the memory, or to reach what is not theirs."""

from typing import Final

from tests.expressions.hostile.cases import Form, Hostile, nested
from treadle.model.json import Json

MEGA: Final = 1_000_000
MISSING: Final = "failed missing_variable"
TOO_LONG: Final = "refused expression_too_long"
INPUT: Final = {
    "text": lambda: "x" * MEGA,
    "list": lambda: [{"sku": "s"}],
    "keys": lambda: {f"k{at}": at for at in range(100_000)},
    "lines": lambda: "a\r\nX-Admin: 1",
    "half": lambda: "\ud800",
    "nan": lambda: float("nan"),
    "digits": lambda: 10**5_000,
    "bytes": lambda: b"bytes",
    "deep": lambda: nested(100_000, lambda value: [value], 1),
    "looks": lambda: "{{ secrets.key }} ${jndi:ldap://x} %s {0}",
}


def case(name: str, value: Json, ends: str, form: Form = "template") -> Hostile:
    """A template over an input that has the members of INPUT it names."""
    text = str(value)[:5_000]

    def roots() -> dict[str, Json]:
        return {"input": {field: make() for field, make in INPUT.items() if f"input.{field}" in text}}

    return Hostile(name=name, form=form, made=lambda: value, ends=ends, roots=roots)


BRACES: Final = (
    case("braces that never close", "{{" * 2_000, "refused invalid_expression"),
    case("braces that only close", "}}" * 2_000, "given"),
    case("braces in braces", "{{ " * 500 + "input" + " }}" * 500, "refused"),
    case("braces opened inside", "{{" + "{" * 4_000, "refused invalid_expression"),
    case("braces opened and closed inside", "{{" + "{}" * 2_000 + "}}", "refused"),
    case("nothing", "{{}}", "refused invalid_expression"),
    case("blanks", "{{" + " " * 4_000 + "}}", "refused invalid_expression"),
    case("a string that never ends", "{{ '" + "a" * 4_000, "refused invalid_expression"),
    case("a string of escapes", "{{ '" + "\\" * 4_001 + "' }}", "refused invalid_expression"),
    case("strings that never end", "{{ '" * 1_000, "refused invalid_expression"),
    case("quotes", "{{ " + "'" * 4_000 + " }}", "refused"),
    case("a literal of braces", '{{ "{{" }}', "given"),
    case("longer than a template may be", "{{ input }}" + "a" * 4_096, TOO_LONG),
    case("far longer", "{{ input }}" * MEGA, TOO_LONG),
    case("longer in bytes than in characters", "{{ input }}" + "💥" * 1_024, TOO_LONG),
    case("a text of a million without a template", "a" * MEGA, "given"),
)
PATHS: Final = (
    case("as many segments as fit", "{{ input" + ".a" * 2_000 + " }}", MISSING),
    case("as many brackets as fit", "{{ input" + "[0]" * 1_300 + " }}", MISSING),
    case("as many brackets without an end", "{{ input" + "[" * 4_000 + " }}", "refused"),
    case("as many dots", "{{ input" + "." * 4_000 + " }}", "refused invalid_path"),
    case("a name as long as fits", "{{ input." + "a" * 4_000 + " }}", MISSING),
    case("a name as long as fits, and a wrong sign", "{{ input." + "a" * 4_000 + "! }}", "refused"),
    case("an index as large as fits", "{{ input.list[999999999] }}", MISSING),
    case("an index beyond that", "{{ input.list[99999999999999999999] }}", "refused"),
    case("an index before the list", "{{ input.list[-1] }}", MISSING),
    case("an index of a text", "{{ input.text[0] }}", MISSING),
    case("an index of an object", "{{ input.keys[0] }}", MISSING),
    case("a key of a list", '{{ input.list["0"] }}', MISSING),
    case("a slice", "{{ input.list[0:1] }}", "refused"),
    case("a star", "{{ input.list[*].sku }}", "refused"),
    case("everything below", "{{ input..sku }}", "refused invalid_path"),
    case("characters that look like others", "{{ inрut.a }}", "refused"),
    case("a name from right to left", "{{ input.\u202ea }}", "refused"),
    case("a zero byte", "{{ input.\0 }}", "refused"),
)
NOT_THEIRS: Final = (
    *(
        case(f"{name} of a value", f"{{{{ input.{name} }}}}", MISSING)
        for name in (
            "__class__",
            "__class__.__mro__",
            "__init__.__globals__",
            "__proto__",
            "constructor",
            "keys.items",
        )
    ),
    case("the class of a list", "{{ input.list.__class__ }}", MISSING),
    case("the class by a key", '{{ input["__class__"]["__base__"] }}', MISSING),
    *(
        case(f"{root} as a root", f"{{{{ {root} }}}}", "refused")
        for root in (
            "self",
            "globals",
            "request.app",
            "config.SECRET",
            "process.env",
            "__import__",
            "os.environ",
            "this",
        )
    ),
    *(
        case(f"the expression {text}", f"{{{{ {text} }}}}", "refused")
        for text in (
            "__import__('os').system('id')",
            "''.__class__.__mro__[1].__subclasses__()",
            "input.__class__('x')",
            "open('/etc/passwd').read()",
            "lambda: 1",
            "input | upper",
            "input.a; 1",
            "[x for x in input]",
            "#each input",
            "> partial",
            "^input",
            "&input",
            "!comment",
            "input = 1",
        )
    ),
    case(
        "other languages of templates", "${7*7} <%= 7*7 %> {% for x in y %} #{7*7} {{ input.looks }}", "given"
    ),
    case("what looks like a template in the data", "{{ input.looks }}", "given"),
    case("a secret in a place without", "{{ item.key + secrets.key }}", "refused"),
    case("a template as a key", {"{{ input.text }}": 1}, "refused unsupported_expression"),
)
LARGE: Final = (
    case("a long text twice in a text", "{{ input.text }} {{ input.text }}", "failed rendered_chars_max"),
    case("a long text as often as fits", "{{ input.text }}" * 250, "failed rendered_chars_max"),
    case("a large object as text", "of {{ input.keys }}", "failed rendered_chars_max"),
    case("a long text in a long list", ["{{ input.text }}"] * 10_000, "failed rendered_weight_max"),
    case("a long text in a short list", ["{{ input.text }}"] * 9, "failed rendered_weight_max"),
    case(
        "a large object in an object",
        {f"k{at}": "{{ input.keys }}" for at in range(100)},
        "failed rendered_weight_max",
    ),
    case(
        "lists of templates as deep as a document",
        nested(60, lambda value: [value, "{{ input.list }}"], 1),
        "given",
    ),
    case("a hundred thousand templates", ["{{ input.list[0].sku }}"] * 100_000, "given"),
    case("a hundred thousand wrong ones", ["{{ input..a }}"] * 100_000, "refused invalid_path"),
)
VALUES: Final = (
    case("not a number as text", "of {{ input.nan }}", "failed unprintable_value"),
    case("more digits than are written", "of {{ input.digits }}", "failed unprintable_value"),
    case("what is no JSON as text", "of {{ input.bytes }}", "failed unprintable_value"),
    case("deeper than any stack as text", "of {{ input.deep }}", "failed unprintable_value"),
    case("deeper than any stack as it is", "{{ input.deep }}", "given"),
    case("half of a surrogate pair in a URL", "http://x/{{ input.half }}", "given", "url"),
    case("half of a surrogate pair in a query", "{{ input.half }}", "given", "query"),
    case(
        "a long text in a URL",
        "http://x/{{ input.text }}{{ input.text }}",
        "failed rendered_chars_max",
        "url",
    ),
    case("a list as a URL", "{{ input.list }}", "failed invalid_url", "url"),
    case("lines in a header", "{{ input.lines }}", "failed invalid_header", "header"),
    case("lines in a header that is written", "a\r\nX: 1", "refused invalid_header", "header"),
    case("lines in a URL", "http://x/{{ input.lines }}", "given", "url"),
    case("a long header", "{{ input.text }} {{ input.text }}", "failed rendered_chars_max", "header"),
)
TEMPLATES: Final = (*BRACES, *PATHS, *NOT_THEIRS, *LARGE, *VALUES)

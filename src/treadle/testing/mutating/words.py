"""What is put into mutated documents: words of the language, values that fit nowhere, expressions."""

from typing import Final

from treadle.model.json import Json

KINDS: Final = (
    *("task", "switch", "sleep", "wait", "parallel", "race", "each", "loop", "try", "shield", "split"),
    *("child", "emit", "set", "end", "tsak", "queue", "$start", ""),
)
FIELDS: Final = (
    *("id", "kind", "http", "handler", "steps", "cases", "when", "retry", "on", "compensate", "unknown"),
    *("output", "name", "default", "var", "==", "for", "until", "$ref", "type", "input_schema", "defaults"),
    *("queue", "mode", "nodes", "start", "next", "branches", "weight", "signal", "any", "all", "count"),
    *("items", "catch", "while", "finally", "vars", "callback", "probe", "deadline", "definition", "status"),
    *("error", "timeout", "on_timeout", "on_unknown", "on_failure", "on_success", "url", "headers", "body"),
    *("schema", "concurrency", "max_iterations", "max_attempts", "jitter", "labels", "version", "priority"),
    *(
        "up",
        "down",
        "action",
        "entrypoint",
        "failureHandling",
        "stesp",
        "tiemout",
        "",
        "a/b~c",
        "{{ input }}",
    ),
)
OPTIONAL: Final = frozenset(
    {
        *("label", "description", "labels", "priority", "deadline", "when", "timeout", "retry", "on_unknown"),
        *("probe", "compensate", "output", "jitter", "on_timeout", "schema", "count", "concurrency"),
        *("on_item_failure", "max_iterations", "finally", "catch", "vars", "on_success", "on_failure"),
        *("on_cancel", "defaults", "input_schema", "success", "headers", "query", "body", "default", "name"),
        *("success_when", "fail_when", "key", "input", "unknown", "initial", "multiplier", "max", "on"),
    }
)
DURATIONS: Final = ("1ms", "20ms", "3s", "1m", "2h", "5d", "PT5S", "1m30s")
TOPICS: Final = ("orders", "payments.made", "a-b")
NUMBERS: Final[tuple[Json, ...]] = (
    *(0, -1, 1, 2, 0.0, -0.0, 0.5, 1e-300, 1e308, 64, 65, 1_000, 1_001, 10_000, 10_001, 2**31, 2**53 + 1),
    *(2**63 - 1, -(2**63), 2**63, 10**400, float("nan"), float("inf"), -float("inf")),
)
TEXTS: Final = (
    *("", " ", "a\nb", "a\r\nX: 1", "\0", "\ud800", "é" * 300, "x" * 5_000, "$x", "a" * 129, "../../etc"),
    *("http://", "http://[", "http://x:y/", "ftp://x", "//x", "https://x/{{ input.order }}"),
    *("10s", "P", "0s", "-1s", "1e9d", "99999999999d", "PT", "2026-03-01T09:30:00Z", "2026-13-01", "soon"),
    *("async", "sync", "completed", "failed", "continue", "retry", "pause", "5xx", "6xx", "all", "null"),
    *("true", "1", "name@1", "@", "a@b@c"),
)
EXPRESSIONS: Final = (
    *("{{", "}}", "{{ }}", "{{ input.order }}", "{{ input.order }} and {{ vars.region }}", "{{ input[0] }}"),
    *("{{ nodes.none.output }}", "{{ nodes..x }}", "{{ '", "{{ item }}", "{{ index }}", "{{ failure.code }}"),
    *(
        "{{ callback.url }}",
        "{{ secrets.key }}",
        "{{ body }}",
        "{{ status }}",
        "{{ unknown.root }}",
        "{{ 1 + }}",
    ),
    *("{{ input.lines.map(l, l.sku) }}", "{{ has(input.order) ? 1 : 2 }}", "{{ [1, 2].all(x, x > 0) }}"),
    *(
        "{{ input.lines.map(a, input.lines.map(b, input.lines)) }}",
        "{{ size(1) }}",
        '{{ "{{" }}',
        "{{{ x }}}",
    ),
    *("{{#each}}", "{{> p}}", "{{ " + "(" * 100 + "1" + ")" * 100 + " }}", "{{ input" + ".a" * 500 + " }}"),
    *("{{ 9223372036854775807 + 1 }}", "{{ 1 / 0 }}", "{{ nodes['n1'].output }}", "{{ execution.id }}"),
)
RULES: Final[tuple[Json, ...]] = (
    *({"var": "input.order"}, {"var": "nodes.none.output"}, {"var": ""}, {"var": {"var": "input.order"}}),
    *({"==": [1]}, {"now": []}, {"log": "x"}, {}, {"==": [1, 1], "!=": [1, 1]}, {"/": [1, 0]}, {"!": []}),
    *({"reduce": [{"var": "input.lines"}, [{"var": "accumulator"}] * 2, 1]}, {"var": "secrets.key"}, True),
    *("input.order == 'o-1'", "input.order", "1 +", "true", "has(input.order)", "item > 1", "", 1, None, []),
    *(
        {"in": ["a", "x" * 5_000]},
        {"and": [{"or": [{"!": [{"var": "vars.region"}]}]}]},
        "size(input.lines) > 1",
    ),
)
GOOD_PATHS: Final = ("input.order", "input.lines[0].sku", "execution.id", "execution.run", "input.at")
GOOD_RULES: Final[tuple[Json, ...]] = (
    {"==": [{"var": "input.order"}, "o-1"]},
    {"!": [{"var": "input.order"}]},
    {"<": [{"var": "execution.run"}, 2]},
    {"in": ["s-1", [{"var": "input.lines.0.sku"}]]},
    {"and": [{"var": "input.lines"}, {"some": [{"var": "input.lines"}, {"==": [{"var": "sku"}, "s-2"]}]}]},
    'input.order == "o-1"',
    "size(input.lines) > 1",
    "execution.run < 2 || input.order.startsWith('x')",
)
JUNK: Final[tuple[Json, ...]] = (
    *(
        None,
        True,
        False,
        [],
        {},
        [None],
        {"a": 1},
        [[[]]],
        {"": {"": ""}},
        ["a", "a"],
        b"bytes",
        (1, 2),
        {1: 2},
    ),
    *NUMBERS,
    *TEXTS,
    *EXPRESSIONS,
    *RULES,
)

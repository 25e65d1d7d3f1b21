"""What expressions come to: the language as its definition has it, by hand."""

import pytest

from tests.expressions.cel.evaluating import error_of, evaluated
from treadle.expressions.cel.values import TYPES, Duration, Timestamp, Uint, Value, present

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("0x1F", 31),
        ("12u", Uint(12)),
        ("0xFFu", Uint(255)),
        ("-9223372036854775808", -(2**63)),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("2.5e-1", 0.25),
        ("true", True),
        ("null", None),
        ("'a'", "a"),
        ('"a\'b"', "a'b"),
        (r"'\x41é\U0001F600\101\n\\\'\"\?\`'", "Aé\U0001f600A\n\\'\"?`"),
        (r"r'\n'", "\\n"),
        ('"""a"b\nc"""', 'a"b\nc'),
        ("'''a'b'''", "a'b"),
        ("r'''\\'''", "\\"),
        ('""', ""),
        (r"b'\xffa\377é'", b"\xffa\xff\xc3\xa9"),
        (r"br'\x'", b"\\x"),
        ("[]", []),
        ("[1, 'a', [null],]", [1, "a", [None]]),
        ("{}", {}),
        ("{'a': 1, 2: 'b',}", {"a": 1, 2: "b"}),
        ("1 // a comment", 1),
        ("// first\n 2", 2),
    ],
)
def test_a_literal_means(text: str, value: Value) -> None:
    found = evaluated(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4", 3),
        ("'a/b c'.percentEncode()", "a%2Fb%20c"),
        ("'AZaz09-._~'.percentEncode()", "AZaz09-._~"),
        ("'é\U0001f600'.percentEncode()", "%C3%A9%F0%9F%98%80"),
        ("'%'.percentEncode().percentEncode()", "%2525"),
        ("''.percentEncode()", ""),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 % -2", 1),
        ("-7 % 2", -1),
        ("7u / 2u * 2u + 1u - 3u", Uint(4)),
        ("7u % 4u", Uint(3)),
        ("1.5 + 1.0 - 0.5 * 2.0 / 4.0", 2.25),
        ("1.0 / 0.0", float("inf")),
        ("-1.0 / 0.0", float("-inf")),
        ("--3", 3),
        ("-input.a", -2),
        ("-input.f", -1.5),
        ("'a' + 'b'", "ab"),
        ("b'a' + b'b'", b"ab"),
        ("[1] + [2, 'a']", [1, 2, "a"]),
        ("9223372036854775806 + 1", 2**63 - 1),
    ],
)
def test_arithmetic(text: str, value: Value) -> None:
    found = evaluated(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775807 + input.a",
        "-9223372036854775807 - input.a",
        "9223372036854775807 * input.a",
        "-9223372036854775808 / -1",
        "-9223372036854775808 % -1",
        "-(-9223372036854775808)",
        "0u - 1u",
        "18446744073709551615u + 1u",
        "1 / 0",
        "1 % 0",
        "1u / 0u",
        "1.0 % 2.0",
        "1 + 1.0",
        "1 + 1u",
        "1 + 'a'",
        "true + true",
        "'a' * 2",
        "-'a'",
        "-1u",
        "null + null",
        "{} + {}",
        "[1] - [1]",
    ],
)
def test_arithmetic_that_is_wrong_has_no_value(text: str) -> None:
    assert error_of(text)


@pytest.mark.parametrize(
    ("text", "is_true"),
    [
        ("1 == 1.0", True),
        ("1 == 1u", True),
        ("1u == 1.0", True),
        ("1 == 2", False),
        ("1 != 1.5", True),
        ("input.a == 2", True),
        ("input.a != 2", False),
        ("input.f == 1.5", True),
        ("input.yes == 1", False),
        ("1 == true", False),
        ("'1' == 1", False),
        ("input.s == 'abc'", True),
        ("input.s != 'abd'", True),
        ("null == null", True),
        ("null == false", False),
        ("[1, [2]] == [1.0, [2u]]", True),
        ("[1] == [1, 2]", False),
        ("[true] == [1]", False),
        ("{'a': [1]} == {'a': [1.0]}", True),
        ("{'a': 1} == {'b': 1}", False),
        ("{'a': 1} != {'a': 2}", True),
        ("b'a' == b'a'", True),
        ("b'a' == 'a'", False),
        ("0.0 / 0.0 == 0.0 / 0.0", False),
        ("[0.0 / 0.0] == [0.0 / 0.0]", False),
        ("input.items == input.items", True),
        ("type(1) == int", True),
        ("type(1u) == int", False),
        ("optional.of([1]) == optional.of([1.0])", True),
        ("[optional.none()] == [optional.none()]", True),
        ("optional.of(1) == optional.none()", False),
        ("1 < 1.5", True),
        ("2u > 1", True),
        ("1.5 >= 1.5", True),
        ("input.a <= 1", False),
        ("'abc' < 'abd'", True),
        ("b'b' > b'a'", True),
        ("false < true", True),
        ("0.0 / 0.0 < 1.0", False),
        ("2 in [1, 2]", True),
        ("2.0 in [1, 2]", True),
        ("true in [1]", False),
        ("'a' in ['b', 1, 'a']", True),
        ("[1] in [[1.0]]", True),
        ("null in [null]", True),
        ("'x' in input.o", True),
        ("1 in {1u: 'a'}", True),
        ("true in {1: 2}", False),
        ("9007199254740993 == 9007199254740992.0", False),
    ],
)
def test_comparisons(text: str, is_true: bool) -> None:
    assert evaluated(text) is is_true


@pytest.mark.parametrize(
    "text",
    [
        "1 < 'a'",
        "null < null",
        "[1] < [2]",
        "{} < {}",
        "true < 1",
        "1 in 'a'",
        "'a' in 'abc'",
        "1 in 1",
        "[1] in {}",
        "null in {}",
    ],
)
def test_what_has_no_order_is_not_compared(text: str) -> None:
    assert "does not take" in error_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true && true", True),
        ("true && false", False),
        ("false || true", True),
        ("false || false || true", True),
        ("true && true && false", False),
        ("1 / 0 > 1 || true", True),
        ("true || 1 / 0 > 1", True),
        ("1 / 0 > 1 && false", False),
        ("input.nope || true", True),
        ("input.nope && false", False),
        ("1 || true", True),
        ("false && 'a'", False),
        ("!false", True),
        ("!!true", True),
        ("true ? 1 : 1 / 0", 1),
        ("false ? input.nope : 'b'", "b"),
        ("false ? 1 : true ? 2 : 3", 2),
        ("1 + 2 == 3 && 4 > 3 || false", True),
    ],
)
def test_logic(text: str, value: Value) -> None:
    assert evaluated(text) == value


@pytest.mark.parametrize(
    "text", ["1 / 0 > 1 || false", "true && 1", "false || 'a'", "!1", "1 ? 2 : 3", "1 / 0 > 1 ? 1 : 2"]
)
def test_logic_without_what_decides_has_no_value(text: str) -> None:
    assert error_of(text)


def test_of_several_errors_the_first_is_told() -> None:
    assert "`+`" in error_of("1 + 'a' == 2 || 1 / 0 == 1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("input.items.map(i, i.sku)", ["s0", "s1", "s2"]),
        ("input.items.map(i, i.qty > 0, i.sku)", ["s1", "s2"]),
        ("input.items.filter(i, i.qty > vars.limit)[0].sku", "s2"),
        ("input.items.all(i, i.qty >= 0)", True),
        ("input.items.all(i, i.qty > 0)", False),
        ("input.items.exists(i, i.qty == 2)", True),
        ("input.items.exists(i, i.qty == 3)", False),
        ("input.items.exists_one(i, i.qty == 2)", True),
        ("input.items.existsOne(i, i.qty > 0)", False),
        ("input.items.map(i, i[vars.key])", [0, 1, 2]),
        ("[].all(x, 1 / 0 > 1)", True),
        ("[].exists(x, true)", False),
        ("[1, 'a'].all(x, x > 1)", False),
        ("['a', 1].exists(x, x > 0)", True),
        ("{'b': 1, 'a': 2}.map(k, k)", ["b", "a"]),
        ("input.o.filter(k, k == 'x')", ["x"]),
        ("[1, 2].map(x, [10, 20].map(y, x * y))", [[10, 20], [20, 40]]),
        ("[[1, 2], [3]].map(x, x.map(x, x * 2))", [[2, 4], [6]]),
        ("[1, 2].map(x, [x].map(x, [x].map(y, x + y))[0][0] + x)", [3, 6]),
        ("[1].map(a, [2].map(b, [3].map(a, a + b)) + [[a]])", [[[5], [1]]]),
        ("[1, 2].map(input, input + 1)", [2, 3]),
        ("optional.of(2).optMap(x, x + 1)", present(3)),
        ("optional.none().optMap(x, 1 / 0).hasValue()", False),
        ("optional.of(2).optFlatMap(x, optional.of(x + 1)).value()", 3),
    ],
)
def test_macros(text: str, value: Value) -> None:
    assert evaluated(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "[1, 'a'].all(x, x < 2)",
        "[1, 'a'].exists(x, x > 1)",
        "[1, 'a'].exists_one(x, x > 0)",
        "[1].filter(x, x)",
        "[1].map(x, 1, x)",
        "[1].all(x, x)",
        "[1].map(x, 1 / 0)",
        "'abc'.map(x, x)",
        "(1).all(x, true)",
        "(1).optMap(x, x)",
        "optional.of(1).optFlatMap(x, x)",
    ],
)
def test_macros_that_go_wrong_have_no_value(text: str) -> None:
    assert error_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("size('añb')", 3),
        ("'abc'.size()", 3),
        ("size(b'ab')", 2),
        ("size([1])", 1),
        ("size({'a': 1})", 1),
        ("'abc'.contains('bc')", True),
        ("'abc'.startsWith('b')", False),
        ("'abc'.endsWith('bc')", True),
        ("'abc'.matches('b')", True),
        ("'abc'.matches('^b$')", False),
        ("matches(input.s, '(?i)^ABC$')", True),
        ("input.s.matches('^[' + 'a-c]+$')", True),
        ("input.s.matches(input.s)", True),
        ("'aÉB'.lowerAscii()", "aÉb"),
        ("'ABC'.lowerAscii()", "abc"),
        ("'aéb'.upperAscii()", "AéB"),
        (r"' \t a\u00a0'.trim()", "a"),
        ("'abc'.reverse()", "cba"),
        ("'a,b,c'.split(',')", ["a", "b", "c"]),
        ("'a,b,c'.split(',', 2)", ["a", "b,c"]),
        ("'a,b'.split(',', 0)", []),
        ("'abc'.split('')", ["a", "b", "c"]),
        ("'abc'.split('', 2)", ["a", "bc"]),
        ("['a', 'b'].join()", "ab"),
        ("['a', 'b'].join('-')", "a-b"),
        ("'abab'.replace('b', 'xx')", "axxaxx"),
        ("'abab'.replace('b', 'x', 1)", "axab"),
        ("'ab'.replace('', '-')", "-a-b-"),
        ("'hello'.substring(1)", "ello"),
        ("'hello'.substring(1, 3)", "el"),
        ("'hello'.indexOf('l')", 2),
        ("'hello'.indexOf('l', 3)", 3),
        ("'hello'.indexOf('z')", -1),
        ("'hello'.lastIndexOf('l')", 3),
        ("'hello'.lastIndexOf('l', 2)", 2),
        ("'hello'.charAt(1)", "e"),
        ("'hello'.charAt(5)", ""),
    ],
)
def test_functions_of_texts(text: str, value: Value) -> None:
    assert evaluated(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "size(1)",
        "(1).startsWith('a')",
        "'a'.contains(1)",
        "'abc'.substring(2, 1)",
        "'abc'.substring(4)",
        "'abc'.substring(1, null)",
        "'abc'.lastIndexOf('a', null)",
        "timestamp(0).getHours(null)",
        "'abc'.substring(-1)",
        "'abc'.charAt(4)",
        "'abc'.charAt('a')",
        "'abc'.indexOf('a', 9)",
        "'abc'.lastIndexOf('a', -1)",
        "['a', 1].join()",
        "'a'.join()",
        "['a'].join(1)",
        "'a'.split(1)",
        "'a'.replace('a', 1)",
        "(1).matches('a')",
        "input.s.matches('(' + input.s)",
        "input.s.matches(input.a)",
    ],
)
def test_functions_refuse_what_they_do_not_take(text: str) -> None:
    assert error_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("int('-12')", -12),
        ("int('+12')", 12),
        ("int(1.9)", 1),
        ("int(-1.9)", -1),
        ("int(3u)", 3),
        ("int(timestamp(5))", 5),
        ("uint(3)", Uint(3)),
        ("uint('5')", Uint(5)),
        ("uint(1.9)", Uint(1)),
        ("double(2)", 2.0),
        ("double('1e3')", 1000.0),
        ("double('-.5')", -0.5),
        ("string(12)", "12"),
        ("string(12u)", "12"),
        ("string(1.0)", "1"),
        ("string(0.1)", "0.1"),
        ("string(-0.0)", "-0"),
        ("string(true)", "true"),
        ("string(b'abc')", "abc"),
        ("string('a')", "a"),
        ("string(duration('1h1.5s'))", "3601.500s"),
        ("string(timestamp('2026-01-01T00:00:00.000001Z'))", "2026-01-01T00:00:00.000001Z"),
        ("string(timestamp('0001-01-01T00:00:00Z'))", "0001-01-01T00:00:00Z"),
        ("bytes('é')", b"\xc3\xa9"),
        ("bytes(b'a')", b"a"),
        ("bool('t')", True),
        ("bool('FALSE')", False),
        ("bool(true)", True),
        ("dyn(1) + 1", 2),
        ("type(null)", TYPES["null_type"]),
        ("type(type(1))", TYPES["type"]),
        ("type(timestamp(0)) == google.protobuf.Timestamp", True),
        ("type(optional.none()) == optional_type", True),
        ("type([]) == list && type({}) == map && type('') == string && type(b'') == bytes", True),
    ],
)
def test_conversions(text: str, value: Value) -> None:
    found = evaluated(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "int('a')",
        "int('')",
        "int('1_000')",
        "int(' 1')",
        "int('9223372036854775808')",
        "int(1e19)",
        "int(0.0 / 0.0)",
        "int(true)",
        "uint(-1)",
        "uint(-0.5)",
        "uint('-1')",
        "double('a')",
        "double('1_0')",
        "double(true)",
        "string(null)",
        "string([])",
        r"string(b'\xff')",
        "bytes(1)",
        "bool('yes')",
        "bool(1)",
        "timestamp('2026-01-01')",
        "timestamp('2026-02-30T00:00:00Z')",
        "timestamp('2026-01-01T00:00:00')",
        "timestamp('0001-01-01T00:00:00+01:00')",
        "timestamp(253402300800)",
        "timestamp(true)",
        "duration('1d')",
        "duration('1')",
        "duration('')",
        "duration('.s')",
        "duration('1.5.5s')",
        "duration('315576000001s')",
        "duration(5)",
    ],
)
def test_what_cannot_be_converted_has_no_value(text: str) -> None:
    assert error_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("timestamp('1970-01-01T00:00:01.5Z')", Timestamp(ns=1_500_000_000)),
        ("timestamp('1970-01-01T02:00:00+02:00')", Timestamp(ns=0)),
        ("timestamp('1970-01-01T00:00:60Z')", Timestamp(ns=60 * SECOND)),
        ("timestamp(timestamp(7))", Timestamp(ns=7 * SECOND)),
        ("duration('1h30m')", Duration(ns=5_400 * SECOND)),
        ("duration('-1.5s')", Duration(ns=-1_500_000_000)),
        ("duration('1ms2us3ns')", Duration(ns=1_002_003)),
        ("duration('0')", Duration(ns=0)),
        ("duration(duration('1s'))", Duration(ns=SECOND)),
        ("timestamp(5) + duration('1s')", Timestamp(ns=6 * SECOND)),
        ("duration('1s') + timestamp(5)", Timestamp(ns=6 * SECOND)),
        ("timestamp(5) - duration('1s')", Timestamp(ns=4 * SECOND)),
        ("timestamp(5) - timestamp(3)", Duration(ns=2 * SECOND)),
        ("duration('1s') + duration('1s') - duration('3s')", Duration(ns=-SECOND)),
        ("timestamp(5) < timestamp(6) && duration('1s') >= duration('1000ms')", True),
        ("timestamp(input.at).getFullYear()", 2026),
        ("timestamp(input.at).getMonth()", 2),
        ("timestamp(input.at).getDate()", 1),
        ("timestamp(input.at).getDayOfMonth()", 0),
        ("timestamp(input.at).getDayOfWeek()", 0),
        ("timestamp(input.at).getDayOfYear()", 59),
        ("timestamp(input.at).getHours()", 9),
        ("timestamp(input.at).getHours('+02:30')", 12),
        ("timestamp(input.at).getDate('-10:00')", 28),
        ("timestamp(input.at).getMinutes('UTC')", 30),
        ("timestamp(input.at).getSeconds()", 0),
        ("timestamp(input.at).getMilliseconds()", 250),
        ("duration('-90m').getHours()", -1),
        ("duration('90m').getMinutes()", 90),
        ("duration('1.5s').getSeconds()", 1),
        ("duration('-1.25s').getMilliseconds()", -250),
    ],
)
def test_times(text: str, value: Value) -> None:
    assert evaluated(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
        "timestamp('0001-01-01T00:00:00Z') - duration('1s')",
        "timestamp(0) + timestamp(0)",
        "duration('1s') * 2",
        "duration('315576000000s') + duration('1s')",
        "timestamp(0).getHours('Europe/Berlin')",
        "timestamp(0).getHours('+99:00')",
        "timestamp(0).getHours(1)",
        "timestamp('9999-12-31T23:59:59Z').getFullYear('+02:00')",
        "duration('1s').getFullYear()",
        "duration('1s').getHours('+02:00')",
        "(1).getHours()",
        "(1).getMilliseconds()",
    ],
)
def test_times_out_of_range_have_no_value(text: str) -> None:
    assert error_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("input.?a.orValue(0)", 2),
        ("input.?nope.orValue(0)", 0),
        ("input.?nope.x.y.orValue(0)", 0),
        ("input.?o.x.y.orValue(0)", 1),
        ("input.?o.?x.?y.orValue(0)", 1),
        ("input.?null.?x.orValue('-')", "-"),
        ("input[?'a'].orValue(0)", 2),
        ("input.items[?0].sku.orValue('-')", "s0"),
        ("input.items[?9].sku.orValue('-')", "-"),
        ("input.items[?-1].hasValue()", False),
        ("optional.of(1).value()", 1),
        ("optional.of(2).orValue(1 / 0)", 2),
        ("optional.none().or(optional.of(3)).value()", 3),
        ("optional.of(1).or(1 / 0).value()", 1),
        ("optional.ofNonZeroValue('').hasValue()", False),
        ("optional.ofNonZeroValue(0u).hasValue()", False),
        ("optional.ofNonZeroValue(duration('0s')).hasValue()", False),
        ("optional.ofNonZeroValue([0]).hasValue()", True),
        ("[1, ?input.?nope, ?optional.of(2)]", [1, 2]),
        ("{'a': 1, ?'b': input.?nope, ?'c': input.?a}", {"a": 1, "c": 2}),
        ("has(input.a)", True),
        ("has(input.nope)", False),
        ("has(input.o.x.y)", True),
        ("has(input.null)", True),
        ("has(input.null.x)", False),
        ("has(input.?nope.x)", False),
        ("has(input.?o.x)", True),
        ("has({'a': 1}.a)", True),
        ("has(input.items[0].sku)", True),
        ("input.items.filter(i, has(i.qty)).size()", 3),
        ("has(nodes.pay.output)", True),
        ("has(nodes.never.output)", False),
        ("has(nodes.pay.output.nope)", False),
        ("nodes.never.?output.orValue('-')", "-"),
        ("nodes.pay.?output.ok.orValue(false)", True),
        ("nodes.pay.output.?nope.orValue('-')", "-"),
        ("nodes['pay-auth'].response.headers.ETag", "e"),
        ("nodes['pay-auth'].response.headers.?ETag.orValue('-')", "e"),
        ("has(nodes['pay-auth'].response.headers.ETag)", True),
        ("input.o.`a-b`", 7),
        ("input.o['a-b']", 7),
        ("input.l[1]", 2),
        ("input.l[1u]", 2),
        ("input.l[1.0]", 2),
        ("input.l[input.a]", 3),
        ("{1: 'a'}[1.0]", "a"),
        ("{'in': 1}.in", 1),
        ("[[1, 2]][0][1]", 2),
    ],
)
def test_what_may_be_missing(text: str, value: Value) -> None:
    assert evaluated(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "optional.none().value()",
        "(1).value()",
        "(1).hasValue()",
        "(1).orValue(2)",
        "optional.none().or(1)",
        "[?1]",
        "{?'a': 1}",
        "{1.5: 1}",
        "{true: 1}",
        "{'a': 1, 'a': 2}",
        "{1: 1, 1u: 2}",
    ],
)
def test_what_is_built_wrongly_has_no_value(text: str) -> None:
    assert error_of(text)

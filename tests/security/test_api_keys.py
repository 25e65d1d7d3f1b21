"""API keys: how they are written, what they let, and what is no key."""

import pytest

from treadle.model.api_keys import ApiKey, Scope, granted
from treadle.model.ids import Instant, Namespace
from treadle.security.api_keys import (
    KEY_CHARS_MAX,
    SECRET_BYTES,
    KnownKeys,
    check_name,
    digest_of,
    parse_keys,
    parse_scopes,
    written,
)

NOW = Instant(7)


def key(name: str, text: str, revoked_at: Instant | None = None) -> ApiKey:
    return ApiKey(
        name=name,
        namespace=Namespace("default"),
        scopes=frozenset({Scope.READ}),
        digest=digest_of(text),
        created_at=NOW,
        revoked_at=revoked_at,
    )


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        ({Scope.READ}, {Scope.READ}),
        ({Scope.RUN}, {Scope.RUN, Scope.READ}),
        ({Scope.OPERATE}, {Scope.OPERATE, Scope.READ}),
        ({Scope.RUN, Scope.OPERATE}, {Scope.RUN, Scope.OPERATE, Scope.READ}),
        ({Scope.ADMIN}, set(Scope)),
        (set(), set()),
    ],
)
def test_scopes_include_others(scopes: set[Scope], may: set[Scope]) -> None:
    assert granted(scopes) == may


def test_a_written_key_is_one_word_of_its_own() -> None:
    texts = {written(bytes([seed]) * SECRET_BYTES) for seed in range(256)}
    assert len(texts) == 256
    assert all(
        text.startswith("treadle_") and text.isascii() and not set(text) & set(" =+/,:") for text in texts
    )


def test_keys_of_the_environment_are_read() -> None:
    read = parse_keys(" ops:default:run+operate:s3:cr,et ".replace(",", "!") + ", ci:shop:read:other,", NOW)
    assert [(one.name, one.namespace, set(one.scopes), one.created_at) for one in read] == [
        ("ops", "default", {Scope.RUN, Scope.OPERATE}, NOW),
        ("ci", "shop", {Scope.READ}, NOW),
    ]
    assert [one.digest for one in read] == [digest_of("s3:cr!et"), digest_of("other")]
    assert parse_keys(" , ", NOW) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ops", "key 1: it is written"),
        ("ops:default:read", "key 1: it is written"),
        ("ops:default:read:", "key 1: it is written"),
        ("a:default:read:x,o p s:default:read:hidden", "key 2: its name is none"),
        ("dev:default:read:hidden", "key 1: its name is none"),
        ("ops:no space:read:hidden", "key 1: its namespace is no name"),
        ("ops:default:write:hidden", "key 1: its scopes are not of read, run, operate, admin"),
        ("ops:default::hidden", "key 1: its scopes are not of"),
        ("hidden:default:read:x,+hidden/tail=", "key 2: it is written"),
        ("ops:hidden+/=:read:x", "key 1: its namespace is no name"),
        ("ops:default:hidden:x", "key 1: its scopes are not of"),
        ("ops:default:read:hidden,ops:other:run:hidden", "two keys are called 'ops'"),
    ],
)
def test_what_is_no_list_of_keys_is_told_without_the_key(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as refused:
        parse_keys(text, NOW)
    assert "hidden" not in str(refused.value)


def test_only_good_keys_are_known() -> None:
    known = KnownKeys([key("a", "one"), key("b", "two", revoked_at=NOW), key("c", "one")])
    found = known.find("one")
    assert found is not None
    assert found.name == "a"
    assert [
        known.find(text) for text in ("two", "three", "", "one ", "o" * (KEY_CHARS_MAX + 1), "\udc80")
    ] == [None] * 6
    assert len(known) == 1


def test_names_that_history_uses_are_refused() -> None:
    for name in ("dev", "engine", "nobody", "", "a b", "x" * 129):
        with pytest.raises(ValueError, match="name"):
            check_name(name)
    check_name("ops-1.team_a")


def test_scopes_are_parsed() -> None:
    assert parse_scopes("run, operate", ",") == {Scope.RUN, Scope.OPERATE}
    with pytest.raises(ValueError, match="'all' is no scope"):
        parse_scopes("read,all", ",")

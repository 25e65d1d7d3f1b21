"""An option, else the environment, else a default; what is misspelt is told."""

import pytest

from treadle.config.server_url import parse_public_url
from treadle.config.settings import Settings, SettingsError, check_names, read_settings, variable


def test_defaults_hold_where_nothing_is_given() -> None:
    settings = read_settings({"port": None}, {"PATH": "/bin"})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.store) == ("127.0.0.1", 7070, "sqlite:///treadle.db")


def test_an_option_wins_over_the_environment() -> None:
    environ = {"TREADLE_PORT": "8080", "TREADLE_STORE": "memory:", "TREADLE_LIVE_MAX": "5"}
    settings = read_settings({"port": "9090", "host": None}, environ)
    assert (settings.port, settings.store, settings.live_max) == (9090, "memory:", 5)


@pytest.mark.parametrize("field", Settings.__struct_fields__)
def test_every_setting_is_known_in_the_environment(field: str) -> None:
    assert variable(field) == f"TREADLE_{field.upper()}"
    check_names({variable(field): "x"})


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("TREADLE_PROT", "TREADLE_PORT"),
        ("TREADLE_STOER", "TREADLE_STORE"),
        ("TREADLE_KEYS", "TREADLE_API_KEYS"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}.*did you mean {near}"):
        read_settings({}, {name: "1"})


def test_names_of_the_user_and_of_other_commands_are_let_be() -> None:
    check_names({"TREADLE_SECRET_STRIPE": "x", "TREADLE_API_KEYS": "x", "TREADLE_URL": "x", "HOME": "/"})


@pytest.mark.parametrize(
    ("options", "environ", "told"),
    [
        ({"port": "http"}, {}, "--port is 'http'"),
        ({"port": 70_000}, {}, "--port is 70000"),
        ({}, {"TREADLE_PORT": "-1"}, "TREADLE_PORT is '-1'"),
        ({}, {"TREADLE_LOG_LEVEL": "loud"}, "TREADLE_LOG_LEVEL is 'loud'"),
        ({}, {"TREADLE_LIVE_MAX": "0"}, "TREADLE_LIVE_MAX is '0'"),
        ({}, {"TREADLE_REQUESTS_MAX": "1"}, "TREADLE_REQUESTS_MAX is '1'"),
        ({}, {"TREADLE_RATE_LIMIT": "0.5"}, "TREADLE_RATE_LIMIT is '0.5'"),
        ({"rate_burst": "-1"}, {}, "--rate-burst is '-1'"),
        ({"store": "mysql://x"}, {}, "--store: there is no store of kind 'mysql'"),
        ({"public_url": "http://[::1"}, {}, "--public-url: 'http://[::1' is not the URL"),
        ({"public_url": "http://here:99999"}, {}, "--public-url: 'http://here:99999' is not the URL"),
        (
            {},
            {"TREADLE_PUBLIC_URL": "treadle.example"},
            "TREADLE_PUBLIC_URL: 'treadle.example' is not the URL",
        ),
        ({"public_url": "ftp://here"}, {}, "--public-url: 'ftp://here' is not the URL"),
        ({"public_url": "https://here/?a=1"}, {}, "--public-url: 'https://here/?***' has a query"),
        (
            {"public_url": "https://here/#a"},
            {},
            "--public-url: 'https://here/#***' has a query or a fragment",
        ),
        ({"public_url": "https://here/?"}, {}, "--public-url: 'https://here/?' has a query"),
        ({"public_url": "https://me:pw@here/"}, {}, "--public-url: a public URL has no credentials"),
        ({"public_url": "https://here/a b"}, {}, "--public-url: 'https://here/a b' is not the URL"),
        ({"public_url": "https://h\u00e9re/"}, {}, "write it in ASCII"),
        ({"public_url": ""}, {}, "--public-url: '' is not the URL"),
        ({}, {"TREADLE_STORE": "treadle.db"}, "TREADLE_STORE: 'treadle.db' is no URL"),
    ],
)
def test_a_wrong_value_is_told_as_it_was_written(
    options: dict[str, object], environ: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(options, environ)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://flows.example", "https://flows.example"),
        ("https://flows.example/", "https://flows.example"),
        ("https://flows.example:8443/treadle//", "https://flows.example:8443/treadle"),
        ("http://[::1]:7070/", "http://[::1]:7070"),
    ],
)
def test_a_public_url_is_kept_without_its_last_slash(written: str, read: str) -> None:
    assert read_settings({}, {"TREADLE_PUBLIC_URL": written}).public_url == written
    assert parse_public_url(written) == read


def test_a_password_in_a_public_url_is_not_told() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({"public_url": "https://me:hunter2@flows.example"}, {})
    assert "hunter2" not in str(raised.value)

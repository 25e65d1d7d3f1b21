"""Where a store is."""

import pytest

from treadle.config.loopback import http_url, is_loopback
from treadle.config.store_url import StoreKind, parse_store_url


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite:///treadle.db", "treadle.db"),
        ("sqlite:////var/lib/treadle.db", "/var/lib/treadle.db"),
        ("sqlite:///my%20data/a.db", "my data/a.db"),
    ],
)
def test_a_file_is_beside_the_working_directory_or_absolute(text: str, path: str) -> None:
    url = parse_store_url(text)
    assert (url.kind, url.path) == (StoreKind.SQLITE, path)
    assert parse_store_url(str(url)) == url


def test_memory_has_no_path() -> None:
    assert str(parse_store_url("memory:")) == "memory:"
    with pytest.raises(ValueError, match="no path"):
        parse_store_url("memory:///x")


@pytest.mark.parametrize(
    "text",
    ["", "x.db", "sqlite:", "sqlite:///", "sqlite://x.db", "sqlite:///d/", "sqlite:///x?a=b", "redis://h"],
)
def test_what_names_no_store_is_told_with_what_would(text: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite:///file\.db|parameters"):
        parse_store_url(text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "10.0.0.1", "example.com", "", "localhost.example.com")],
)
def test_loopback_is_this_machine_alone(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_url_names_an_ipv6_address_in_brackets() -> None:
    assert http_url("::1", 7070) == "http://[::1]:7070"
    assert http_url("127.0.0.1", 7070) == "http://127.0.0.1:7070"

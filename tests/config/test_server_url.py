"""URLs of servers: what is wrong with one is told without what may be a password in it."""

from collections.abc import Callable

import pytest

from treadle.config.server_url import parse_collector_url, parse_public_url, parse_server_url

PARSERS = (parse_server_url, parse_collector_url, parse_public_url)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize(
    "text",
    [
        "ftp://me:hunter2@host",
        "http://me:hunter2@",
        "http://me:hunter2@host:port",
        "http://me:hunter2@host:0",
        "http://me:hunter2@[::1",
        "http://me:at@hunter2@host:port",
        "me:hunter2@host",
        "ftp://host?password=hunter2",
        "ftp://host#hunter2",
        "http://host:port/?token=hunter2",
    ],
)
def test_what_is_wrong_is_told_without_what_may_be_secret(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match="is not the URL of a server") as refused:
        parse(text)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("text", ["https://host/a b?token=hunter2", "https://host/?token=hunter2#hunter2"])
def test_what_a_public_url_may_not_have_is_not_told(text: str) -> None:
    with pytest.raises(ValueError, match="host") as refused:
        parse_public_url(text)
    assert "hunter2" not in str(refused.value)


def test_what_is_not_secret_is_told() -> None:
    with pytest.raises(ValueError, match="'ftp://host:21/there' is not the URL of a server"):
        parse_server_url("ftp://host:21/there")
    with pytest.raises(ValueError, match=r"'\*\*\*@host:port' is not the URL of a server"):
        parse_server_url("http://me:hunter2@host:port")

"""What is imported with the client, and when."""

import subprocess
import sys

import pytest

import treadle.client

HTTP_LIBRARY = "aiohttp"


def imported_by(statement: str) -> set[str]:
    """The modules that a process has which does this alone."""
    told = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def test_every_name_is_there() -> None:
    assert [name for name in treadle.client.__all__ if not hasattr(treadle.client, name)] == []
    with pytest.raises(AttributeError, match="no attribute 'Cleint'"):
        _ = treadle.client.Cleint  # type: ignore[attr-defined]  # that is what is told


@pytest.mark.parametrize(
    "statement",
    ["import treadle.client.event_stream", "from treadle.client import Execution, Limits, Filters"],
)
def test_what_asks_nothing_does_without_the_http_library(statement: str) -> None:
    assert HTTP_LIBRARY not in imported_by(statement)


def test_a_command_that_asks_a_server_does_without_the_http_library() -> None:
    modules = imported_by("import treadle.cli.commands.executions.watching")
    assert "treadle.client.event_stream" in modules
    assert HTTP_LIBRARY not in modules


def test_a_client_is_imported_when_it_is_named() -> None:
    assert HTTP_LIBRARY in imported_by("from treadle.client import Client")

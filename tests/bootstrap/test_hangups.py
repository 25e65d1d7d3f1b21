"""The file of secrets is read again beside the event loop, and only where there is one."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from anyio.lowlevel import checkpoint
from structlog.testing import capture_logs

from treadle.bootstrap.hangups import SecretsReader
from treadle.bootstrap.process import STOP_SIGNALS, stop_signals
from treadle.config.secrets import Secrets
from treadle.config.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "secrets.json"
    made.write_text('{"default": {"a": "first"}}')
    return made


@asynccontextmanager
async def reading(secrets: Secrets) -> AsyncIterator[SecretsReader]:
    reader = SecretsReader(secrets)
    running = asyncio.create_task(reader.run())
    try:
        yield reader
        assert not running.done()
    finally:
        running.cancel()


def make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def write(path: Path, text: str) -> None:
    path.write_text(text)


async def until(secrets: Secrets, value: str) -> None:
    while secrets.find("default", "a") != value:
        await asyncio.to_thread(lambda: None)


async def test_a_file_that_is_slow_to_read_holds_nobody_up(path: Path) -> None:
    """A pipe is read when somebody writes to it, which the event loop itself does here."""
    secrets = Secrets({}, path)
    make_pipe(path)
    async with reading(secrets) as reader:
        reader.ask()
        written = '{"default": {"a": "second"}}'
        for _ in range(10):  # the reader has opened it by now, or is about to
            await checkpoint()
        assert secrets.find("default", "a") == "first"
        await asyncio.to_thread(write, path, written)
        await until(secrets, "second")


async def test_who_asks_while_it_is_read_has_it_read_once_more(path: Path) -> None:
    secrets = Secrets({}, path)
    make_pipe(path)
    async with reading(secrets) as reader:
        reader.ask()
        for value in ("second", "third"):
            await asyncio.to_thread(write, path, f'{{"default": {{"a": "{value}"}}}}')
            reader.ask()
            await until(secrets, value)
        # It waits at the pipe once more: let it go.
        await asyncio.to_thread(write, path, '{"default": {"a": "last"}}')
        await until(secrets, "last")


async def test_what_was_read_stands_where_the_file_is_no_good(path: Path) -> None:
    secrets = Secrets({}, path)
    with capture_logs() as lines:
        async with reading(secrets) as reader:
            write(path, "[hidden]")
            reader.ask()
            while not lines:
                await asyncio.to_thread(lambda: None)
            assert secrets.find("default", "a") == "first"
            write(path, '{"default": {"a": "second"}}')
            reader.ask()
            await until(secrets, "second")
    assert lines[0]["event"] == "secrets not read again"
    assert "hidden" not in str(lines)


@contextmanager
def hangup(disposition: signal.Handlers) -> Iterator[None]:
    """What SIGHUP does, however the tests were started."""
    before = signal.signal(signal.SIGHUP, disposition)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


async def test_without_a_file_the_end_of_the_terminal_is_the_end() -> None:
    with hangup(signal.SIG_DFL):
        assert stop_signals(Settings()) == (*STOP_SIGNALS, signal.SIGHUP)
        assert stop_signals(Settings(secrets="secrets.json")) == STOP_SIGNALS


async def test_a_process_that_is_to_outlive_its_terminal_does() -> None:
    with hangup(signal.SIG_IGN):
        assert stop_signals(Settings()) == STOP_SIGNALS

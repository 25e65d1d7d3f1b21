"""The entry of a process: the event loop, the signals, the end."""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Final, NoReturn, TypeVar

import structlog
import uvloop

from treadle.bootstrap.application import running
from treadle.bootstrap.hangups import SecretsReader
from treadle.bootstrap.workflows import keep_workflows
from treadle.config.settings import Settings
from treadle.workflow.app import App

T = TypeVar("T")

SWITCH_INTERVAL_S: Final = 0.0005
"""How soon a thread that waits for the interpreter gets it from one that is busy.

A commit is written in a thread beside the event loop. With the 5 ms that Python takes by default the writer
waits behind a busy loop each time it comes back from the disk.
"""
COLLECT_AFTER: Final = 50_000
"""Containers made before the interpreter looks for cycles.

States hold none, and to look through those of many live executions after every 700, as Python does by
default, costs about a tenth of an engine's time.
"""
LAST_GRACE_S: Final = 1
"""How long tasks that outlived the stop of everything may take to end."""
STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger(__name__)


def run(work: Coroutine[None, None, T]) -> T:
    """Run the process's work in an event loop of its own."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.set_threshold(COLLECT_AFTER, 20, 20)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def serve_until_signal(
    settings: Settings, app: App, announce: Callable[[str], None], *, is_open: bool = True
) -> None:
    """Run an application until SIGTERM or SIGINT; `announce` is told its URL when it is ready.

    It is ready when the workflows of the app are kept. On SIGHUP it reads its file of secrets again; one
    that has none ends then too, since that is what the end of a terminal means.

    It ends the process if a handler will not be cancelled, since the event loop cannot be closed then.

    Raises:
        Rejected: `no_api_key`, or a workflow cannot be kept.
        Unavailable, Corrupt, OSError: as `running`.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in stop_signals(settings):
        loop.add_signal_handler(number, _stop_or_die, stop, number)
    async with running(settings, app.registry, is_open=is_open) as application:
        reader = SecretsReader(application.secrets)
        reading = loop.create_task(reader.run(), name="secrets")
        if settings.secrets is not None:
            loop.add_signal_handler(signal.SIGHUP, reader.ask)
        try:
            await keep_workflows(application.use_cases.definitions, app.workflows)
            announce(application.url)
            await stop.wait()
        finally:
            reading.cancel()
        log.info("stopping")
    left = await _still_running()
    if left:
        log.warning("handlers left behind", tasks=left)
        _end_at_once(0)


def stop_signals(settings: Settings) -> tuple[signal.Signals, ...]:
    """The signals that ask for a stop. A process that was told to outlive its terminal (`nohup`) does."""
    is_kept = settings.secrets is not None or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return STOP_SIGNALS if is_kept else (*STOP_SIGNALS, signal.SIGHUP)


def leave(code: int) -> None:
    """End the process, also when a handler that outlived its attempt keeps a thread.

    Nothing is lost: what was acknowledged is durable, and the attempt is unknown already.
    """
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    if any(thread.is_alive() and not thread.daemon for thread in others):
        _end_at_once(code)
    sys.exit(code)


def _end_at_once(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _still_running() -> int:
    """How many tasks go on, although they are told to end and given LAST_GRACE_S for it."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if not tasks:
        return 0
    _, pending = await asyncio.wait(tasks, timeout=LAST_GRACE_S)
    return len(pending)


def _stop_or_die(stop: asyncio.Event, number: signal.Signals) -> None:
    """The first signal asks for a stop; a second one does not wait for it."""
    if stop.is_set():
        os._exit(128 + number)
    stop.set()

"""Structured logs on stderr: one JSON object a line, or readable lines for a person at a terminal.

Keys that mean the same everywhere: `execution`, `path`, `attempt`, `code`. Payloads, headers and secrets
are never logged, and a traceback is told without the values of its variables.
"""

import json
import logging
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, TextIO, cast

import msgspec
import structlog
from structlog.typing import EventDict, Processor

LEVELS: Final[Mapping[str, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
LEVEL_DEFAULT: Final = "info"
QUIET: Final = ("uvicorn", "asyncio", "aiohttp")
"""Libraries that are heard from warnings on."""


def configure_logs(level: str = LEVEL_DEFAULT, stream: TextIO | None = None) -> None:
    """Set up logging of the process, once, in its entry; `level` is one of LEVELS."""
    out = cast(TextIO, _Unbreakable(stream if stream is not None else sys.stderr))
    renderer = _readable() if out.isatty() else _json()
    structlog.configure(
        processors=[*_shared(), structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    _take_over_standard_logging(out, LEVELS[level], renderer)


class _Unbreakable:
    """A stream that is written to as long as somebody reads it: nothing else may fail because nobody does."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def isatty(self) -> bool:
        return self._stream.isatty()

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def _shared() -> tuple[Processor, ...]:
    return (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    )


def _json() -> Processor:
    return structlog.processors.JSONRenderer(serializer=_encode)


def _readable() -> Processor:
    return structlog.dev.ConsoleRenderer(
        timestamp_key="at", exception_formatter=structlog.dev.plain_traceback
    )


def _encode(event: EventDict, default: Callable[[object], object] | None = None, **_: object) -> str:
    """The event on one line; what JSON cannot say stands as its text."""
    try:
        return msgspec.json.encode(event, enc_hook=default or repr).decode()
    except (TypeError, ValueError, OverflowError):
        return json.dumps(event, default=repr, skipkeys=True)


def _take_over_standard_logging(out: TextIO, level: int, renderer: Processor) -> None:
    """What libraries log goes the same way."""
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_shared(), structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))

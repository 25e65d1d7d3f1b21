"""Logs are one JSON object a line, whoever writes them."""

import io
import json
import logging
from collections.abc import Iterator

import msgspec
import pytest
import structlog

from treadle.model.json import Json
from treadle.telemetry.logs import LEVELS, configure_logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    configure_logs("info", out)
    yield out
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def read(out: io.StringIO) -> list[Json]:
    return [msgspec.json.decode(line) for line in out.getvalue().splitlines()]


def test_a_line_says_what_where_and_when(lines: io.StringIO) -> None:
    log = structlog.get_logger("treadle.runtime")
    log.warning("commit conflict", execution="x", path="a", attempt=2)
    (line,) = read(lines)
    expected = {"event": "commit conflict", "level": "warning", "execution": "x", "path": "a", "attempt": 2}
    assert expected.items() <= line.items()
    assert line["at"].endswith("Z")


def test_an_error_comes_with_its_traceback_on_the_same_line_and_no_values(lines: io.StringIO) -> None:
    secret = "s3cr3t"
    try:
        raise ValueError("broken")
    except ValueError as error:
        structlog.get_logger().error("decision failed", exc_info=error)
    (line,) = read(lines)
    assert "ValueError: broken" in line["exception"]
    assert secret not in line["exception"]


def test_what_is_below_the_level_is_not_written(lines: io.StringIO) -> None:
    structlog.get_logger().debug("noise")
    logging.getLogger("uvicorn.error").info("Started server process")
    assert read(lines) == []


def test_libraries_go_the_same_way(lines: io.StringIO) -> None:
    logging.getLogger("asyncio").error("task %s", "lost")
    (line,) = read(lines)
    assert {"event": "task lost", "level": "error", "logger": "asyncio"}.items() <= line.items()


def test_what_json_cannot_say_stands_as_text(lines: io.StringIO) -> None:
    structlog.get_logger().info("odd", value={1, 2}, broken=ValueError("x"))
    (line,) = read(lines)
    assert line["broken"] == "ValueError('x')"


def test_half_a_surrogate_pair_is_no_reason_to_fail(lines: io.StringIO) -> None:
    structlog.get_logger().error("decision failed", message="\ud800", number=2**70)
    (line,) = [json.loads(text) for text in lines.getvalue().splitlines()]
    assert (line["message"], line["number"]) == ("\ud800", 2**70)


def test_a_reader_that_is_gone_is_no_reason_to_fail(lines: io.StringIO) -> None:
    lines.close()
    structlog.get_logger().error("store fault")
    logging.getLogger("asyncio").error("task lost")


def test_levels_are_those_of_the_setting() -> None:
    assert set(LEVELS) == {"debug", "info", "warning", "error"}

"""What is written at once goes out at once, in order, and nothing is kept back."""

import asyncio
from typing import Any

import pytest
from anyio.lowlevel import checkpoint

from treadle.rest.joined_writes import JoinedWrites

pytestmark = pytest.mark.anyio


class Wire(asyncio.Transport):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.told.append(bytes(data))

    def close(self) -> None:
        self.told.append("close")

    def is_closing(self) -> bool:
        return "close" in self.told

    def pause_reading(self) -> None:
        self.told.append("pause")

    def resume_reading(self) -> None:
        self.told.append("resume")

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 7)}.get(name, default)


async def test_head_and_body_are_one_write() -> None:
    wire = Wire()
    joined = JoinedWrites(wire)
    joined.write(b"head")
    joined.write(b"body")
    assert wire.told == [b"headbody"]


async def test_what_nothing_follows_goes_out_when_the_loop_turns() -> None:
    wire = Wire()
    joined = JoinedWrites(wire)
    joined.write(b"head")
    assert wire.told == []
    await checkpoint()
    await checkpoint()
    assert wire.told == [b"head"]


async def test_parts_keep_their_order() -> None:
    wire = Wire()
    joined = JoinedWrites(wire)
    for part in (b"a", b"", b"b", b"c", b"d", b"e"):
        joined.write(part)
    await checkpoint()
    await checkpoint()
    assert b"".join(part for part in wire.told if isinstance(part, bytes)) == b"abcde"


async def test_close_sends_what_is_held() -> None:
    wire = Wire()
    joined = JoinedWrites(wire)
    joined.write(b"head")
    joined.close()
    await checkpoint()
    await checkpoint()
    assert wire.told == [b"head", "close"]


async def test_all_else_is_that_of_the_transport() -> None:
    wire = Wire()
    joined = JoinedWrites(wire)
    joined.pause_reading()
    joined.resume_reading()
    assert wire.told == ["pause", "resume"]
    assert joined.get_extra_info("peername") == ("127.0.0.1", 7)
    assert joined.get_extra_info("sslcontext", 3) == 3
    assert not joined.is_closing()
    joined.close()
    assert joined.is_closing()

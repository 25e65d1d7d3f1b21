"""Where work of some length runs: small pieces at once, large ones in a thread beside the event loop."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

AT_ONCE_BYTES_MAX: Final = 2_048
"""What is shorter takes about a millisecond: less than others would notice, more than a thread costs."""


async def worked(size_bytes: int, work: Callable[[], T], at_once_max: int = AT_ONCE_BYTES_MAX) -> T:
    """The result of `work`, whose length grows with `size_bytes`."""
    if size_bytes <= at_once_max:
        return work()
    return await asyncio.to_thread(work)

"""Looking names up as the system does, in threads of its own."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

RESOLVER_THREADS_MAX: Final = 16


class SystemResolver(AbstractResolver):
    """A name server that does not answer holds up look-ups only, never the loop's shared threads."""

    def __init__(self, threads_max: int = RESOLVER_THREADS_MAX) -> None:
        self._executor = ThreadPoolExecutor(threads_max, thread_name_prefix="treadle-resolver")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Every address of `host`, in the order of the system.

        Raises:
            OSError: the name does not resolve.
        """
        look_up = partial(
            socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
        found = await asyncio.get_running_loop().run_in_executor(self._executor, look_up)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=each_family,
                proto=proto,
                flags=socket.AI_NUMERICHOST,
            )
            for each_family, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """Start no more look-ups; idempotent."""
        self._executor.shutdown(wait=False, cancel_futures=True)

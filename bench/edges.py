"""The edges under load: starts a second, lists over a million executions, a hundred thousand that wait.

    python -m bench edges [starts|lists|waiting|restart]

Servers are processes of their own, and so is what asks them. Beside each figure stands the time of a fixed
loop of plain Python, or what the same costs without the load: the machine is rarely alone.
"""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from bench import edge_lists, edge_starts, edge_waiting
from bench.bare_loop import bare_commit_loop, report
from treadle.bootstrap.process import run

BARE_COMMITS: Final = 24_000


async def _waiting(directory: Path) -> None:
    await edge_waiting.measure(directory, is_restarted=False)


PARTS: Final[dict[str, Callable[[Path], Awaitable[None]]]] = {
    "starts": edge_starts.measure,
    "lists": edge_lists.measure,
    "waiting": _waiting,
    "restart": edge_waiting.measure,
}
"""A restart needs those that wait, so it measures both."""
ALL: Final = ("starts", "restart", "lists")


def main(directory: Path, part: str | None) -> None:
    """Run one part, or all of them."""
    for name in ALL if part is None else (part,):
        with tempfile.TemporaryDirectory(dir=directory) as folder:
            print(report(bare_commit_loop(Path(folder), commits=BARE_COMMITS)))
            run(_run(PARTS[name], Path(folder)))


async def _run(part: Callable[[Path], Awaitable[None]], directory: Path) -> None:
    await part(directory)

"""Those who read a history while it grows."""

import asyncio

from treadle.model.ids import ExecutionId


class Followers:
    """A flag for each follower, set whenever more of its execution's history is durable."""

    def __init__(self) -> None:
        self._flags: dict[ExecutionId, set[asyncio.Event]] = {}
        self.count = 0

    def add(self, execution_id: ExecutionId) -> asyncio.Event:
        """A flag that whoever waits clears before it looks, so that nothing passes unseen."""
        flag = asyncio.Event()
        self._flags.setdefault(execution_id, set()).add(flag)
        self.count += 1
        return flag

    def remove(self, execution_id: ExecutionId, flag: asyncio.Event) -> None:
        """Whoever followed has gone."""
        flags = self._flags[execution_id]
        flags.discard(flag)
        self.count -= 1
        if not flags:
            del self._flags[execution_id]

    def tell(self, execution_id: ExecutionId) -> None:
        """More of this history is durable."""
        for flag in self._flags.get(execution_id, ()):
            flag.set()

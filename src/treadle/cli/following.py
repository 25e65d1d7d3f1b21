"""An execution followed until it ends, whatever happens to the connection meanwhile."""

import time
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from treadle.cli.answers import Happening, Page, Shown
from treadle.cli.client import Client, segment
from treadle.cli.failures import RefusedByServer, Unreachable
from treadle.cli.patience import Patience
from treadle.client.event_stream import SIGN_OF_LIFE
from treadle.rest.bounds import PAGE_ITEMS_MAX

BYE: Final = "bye"
"""What a server says that stops."""
STUCK: Final = "ExecutionStuck"
"""The event after which a person decides."""
ASKED_AGAIN_MAX: Final = 100
ASKED_AGAIN_S: Final = 0.02


def with_event(ask: Callable[[], Shown], seq: int) -> Shown:
    """What `ask` answers once it holds that event: a server may tell an event a moment before it shows it."""
    execution = ask()
    for _ in range(ASKED_AGAIN_MAX):
        if execution.version >= seq:
            break
        time.sleep(ASKED_AGAIN_S)
        execution = ask()
    return execution


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a history; `text` is its JSON as it came, on one line."""

    text: str
    event: Happening


class Follower:
    """Tells each event of one execution once and in order, from the first to the one that ends it.

    Every method raises Unreachable or RefusedByServer when the patience is over.
    """

    def __init__(self, client: Client, execution_id: str, patience: Patience) -> None:
        self._client = client
        self._patience = patience
        self._path = f"/v1/executions/{segment(execution_id)}"
        self._seq = 0
        self._is_alive = False

    def execution(self) -> Shown:
        """The execution as it is now, with all that was told of it."""
        return with_event(lambda: self._patience.of(self._now), self._seq)

    def events(self) -> Iterator[Followed]:
        """The events as they come; each run that ends ends the stream, the last one ends this."""
        while True:
            self._is_alive = False
            try:
                yield from self._streamed()
            except (Unreachable, RefusedByServer) as error:
                self._patience.wait_after(error)
                continue
            execution = self.execution()
            if execution.ended_at is not None:
                break
            if not self._is_alive:
                self._patience.wait_after(Unreachable(f"{self._client.url} does not tell what happens"))
        yield from self._rest(execution.version)

    def _now(self) -> Shown:
        return self._client.get(self._path).read(Shown)

    def _streamed(self) -> Iterator[Followed]:
        with self._client.events(f"{self._path}/events", self._seq) as messages:
            self._patience.is_back()
            for message in messages:
                if message is SIGN_OF_LIFE:
                    self._has_come()
                    continue
                if message.event == BYE:
                    raise Unreachable(f"{self._client.url} is stopping")
                yield from self._followed(message.data)

    def _rest(self, version: int) -> Iterator[Followed]:
        """What came after the end of an earlier run: it is there already, nothing is waited for."""
        while self._seq < version:
            items = self._patience.of(self._page).items
            if not items:
                return
            for item in items:
                yield from self._followed(bytes(item).decode())

    def _page(self) -> Page[msgspec.Raw]:
        query = {"after": str(self._seq), "limit": str(PAGE_ITEMS_MAX)}
        return self._client.get(f"{self._path}/history", query).read(Page[msgspec.Raw])

    def _followed(self, text: str) -> Iterator[Followed]:
        """The event, unless it was told already."""
        try:
            event = msgspec.json.decode(text, type=Happening)
        except msgspec.DecodeError as error:
            raise Unreachable(f"{self._client.url} does not tell events as a Treadle server does") from error
        if event.seq > self._seq:
            self._seq = event.seq
            self._has_come()
            yield Followed(text=text, event=event)

    def _has_come(self) -> None:
        """Something new, or a sign of life."""
        self._is_alive = True
        self._patience.is_well()

"""One execution as a picture that changes while it goes on."""

import time
from collections import deque
from queue import SimpleQueue
from threading import Thread
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from treadle.cli.answers import Happening, Shown, Visit
from treadle.cli.client import Client, segment
from treadle.cli.execution_tables import event_line, visit_row
from treadle.cli.failures import RefusedByServer, Unreachable
from treadle.cli.following import Follower, with_event
from treadle.cli.patience import Patience
from treadle.cli.printing import on_one_line
from treadle.cli.tables import cell
from treadle.model.json import Json

COLUMNS: Final = ("node", "kind", "status", "attempt", "started", "ended", "awaits", "error")
GATHERED_S: Final = 0.2
"""What happens within so long is drawn together, and the execution asked for once."""
EVENTS_SHOWN: Final = 5
OTHER_LINES: Final = 6
"""Of the picture: neither visits nor events."""

Arrival = Happening | Shown | Exception
"""An event; the execution, once it has ended; what ended the watching otherwise."""


def show_live(client: Client, execution_id: str, reconnect_s: float) -> Shown:
    """Draw the execution until it ends, and as it ended.

    Raises:
        Unreachable, RefusedByServer: as the patience has it.
    """
    picture = Picture(Console(highlight=False, markup=False, emoji=False))
    arrivals: SimpleQueue[Arrival] = SimpleQueue()
    follower = Follower(client, execution_id, Patience(reconnect_s, picture.note))
    Thread(target=_feed, args=(follower, arrivals), daemon=True).start()
    with Live(picture, console=picture.out, refresh_per_second=8):
        while True:
            for arrival in _gathered(arrivals):
                if isinstance(arrival, Exception):
                    raise arrival
                if isinstance(arrival, Shown):
                    picture.execution = arrival
                    return arrival
                picture.events.append(arrival)
            picture.look_again(client, execution_id)


class Picture:
    """What is known of an execution, drawn for the height of the terminal."""

    def __init__(self, out: Console) -> None:
        self.out = out
        self.execution: Shown | None = None
        self.events: deque[Happening] = deque(maxlen=EVENTS_SHOWN)
        self._spinner = Spinner("dots")
        self._notice = ""

    def note(self, text: str) -> None:
        """Say below the picture what is going on."""
        self._notice = text

    def look_again(self, client: Client, execution_id: str) -> None:
        """Ask for the execution; while the server is away it stays as it was."""
        path, seq = f"/v1/executions/{segment(execution_id)}", self.events[-1].seq if self.events else 0
        try:
            self.execution = with_event(lambda: client.get(path).read(Shown), seq)
        except (Unreachable, RefusedByServer):
            return

    def __rich__(self) -> RenderableType:
        parts: list[RenderableType] = []
        if self.execution is not None:
            parts += [self._head(self.execution), self._visits(self.execution)]
        # The list may grow meanwhile: it is filled by another thread.
        for event in tuple(self.events):
            parts.append(Text(event_line(event, self._brief(event.at)), style="dim", no_wrap=True))
        if self._notice:
            parts.append(Text(on_one_line(self._notice), style="yellow"))
        return Group(*parts)

    def _head(self, execution: Shown) -> RenderableType:
        names = (str(execution.definition), execution.id, execution.business_key or "")
        text = Text.assemble(f"{on_one_line(' '.join(names).rstrip())}  ", cell(execution.status))
        if execution.ended_at is not None:
            return text
        self._spinner.update(text=text)
        return self._spinner

    def _visits(self, execution: Shown) -> RenderableType:
        """The newest visits that there is room for, in the order in which they began."""
        drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for column in COLUMNS:
            drawn.add_column(column, no_wrap=True, overflow="ellipsis")
        room = max(1, self.out.height - EVENTS_SHOWN - OTHER_LINES)
        for path, visit in reversed(list(execution.nodes.items())[:room]):
            drawn.add_row(*map(cell, self._row(visit, path)))
        return drawn

    def _row(self, visit: Visit, path: str) -> tuple[Json, ...]:
        """As in other tables, but for the output, which cannot be taken in so fast."""
        row = list(visit_row(visit, path)[: len(COLUMNS)])
        for number, column in enumerate(COLUMNS):
            if column in ("started", "ended", "awaits") and isinstance(row[number], str):
                row[number] = self._brief(row[number])
        return tuple(row)

    def _brief(self, instant: str) -> str:
        """The time of day, with the date if it is not that of the execution's beginning."""
        text = on_one_line(instant)
        since = "" if self.execution is None else self.execution.created_at
        return text[11:19] if text[:10] == since[:10] else text[:19]


def _feed(follower: Follower, arrivals: SimpleQueue[Arrival]) -> None:
    try:
        for one in follower.events():
            arrivals.put(one.event)
        arrivals.put(follower.execution())
    except Exception as error:  # whoever draws would wait for ever
        arrivals.put(error)


def _gathered(arrivals: SimpleQueue[Arrival]) -> list[Arrival]:
    """What arrived, at least one thing, and all that came soon after it."""
    found = [arrivals.get()]
    time.sleep(GATHERED_S)
    while not arrivals.empty():
        found.append(arrivals.get())
    return found

"""What has happened, counted when it is durable: every commit passes here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from treadle.model.events import ActivityUnknown, Event

UNCOUNTED_MAX: Final = 1_000
"""Commits that are counted together: most hold the same types in the same order."""
Types: TypeAlias = tuple[type, ...]


class ActivityLost:
    """Counted in the place of an ActivityUnknown that went with its process."""


def types_of(events: Sequence[Event]) -> Types:
    """The type of each event, as it is counted."""
    types = tuple(map(type, events))
    return types if ActivityUnknown not in types else tuple(map(_counted_as, events))


def _counted_as(event: Event) -> type:
    return ActivityLost if isinstance(event, ActivityUnknown) and event.is_lost else type(event)


class Tally:
    """How many events of each type became durable since the start of the process.

    `children` are the executions that were started by others; their first event is in no turn.
    """

    def __init__(self) -> None:
        self._counted: Counter[type] = Counter()
        self._uncounted: list[Types] = []
        self.children = 0

    @property
    def events(self) -> Counter[type]:
        """By type; 0 for one that there was none of."""
        self._count()
        return self._counted

    def add(self, commits: Iterable[Types]) -> None:
        """The events of these commits are durable."""
        self._uncounted.extend(commits)
        if len(self._uncounted) > UNCOUNTED_MAX:
            self._count()

    def _count(self) -> None:
        for types, times in Counter(self._uncounted).items():
            for one in types:
                self._counted[one] += times
        self._uncounted.clear()

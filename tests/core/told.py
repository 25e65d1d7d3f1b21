"""What a decision or a history tells, short enough to be written in a table."""

from collections.abc import Iterable

from treadle.model.decision import Decision
from treadle.model.events import Event


def told(events: Decision | Iterable[Event]) -> str:
    """The types of the events in order, one space between."""
    return " ".join(type(event).__name__ for event in events_of(events))


def told_with_paths(events: Decision | Iterable[Event]) -> list[str]:
    """`Type path` of each event; of one without a path the type alone."""
    return [
        f"{type(event).__name__} {getattr(event, 'path', None) or ''}".strip() for event in events_of(events)
    ]


def events_of(events: Decision | Iterable[Event]) -> list[Event]:
    return list(events.events if isinstance(events, Decision) else events)

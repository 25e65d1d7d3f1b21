"""Whether things were asked for in the right order: forward work, then its undo, then the hook."""

from collections.abc import Iterator

from treadle.model.execution import AttemptOutcome
from treadle.testing.ledger import Entry, Kind, Ledger, Side
from treadle.testing.scopes import Scope, Scopes


class _Flights:
    """What is in flight, by what it is for: calls, callbacks and children that are awaited.

    Apart from them calls that trail: forward work goes on beside those.
    """

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._open: dict[tuple[Side, str], str] = {}
        self._trailing: dict[tuple[Side, str], str] = {}

    def note(self, entry: Entry) -> None:
        thing = (Side.FORWARD if entry.kind in (Kind.BEGUN, Kind.JOINED) else entry.side, entry.node)
        if entry.kind in (Kind.SENT, Kind.BEGUN):
            self._open[thing] = entry.key or entry.node
        elif entry.kind in (Kind.LEARNED, Kind.JOINED) or _is_known_after_all(entry):
            self._open.pop(thing, None)
        elif entry.kind is Kind.TRAILED:
            self._trailing[thing] = entry.key
        elif entry.kind is Kind.CLOSED:
            del self._trailing[thing]

    def within(self, scope: Scope) -> list[str]:
        """The keys of what is in flight in that body, and in those within it."""
        return sorted(
            key
            for (side, node), key in (*self._open.items(), *self._trailing.items())
            if side is not Side.HOOK and scope in self._owner(side, node).upwards()
        )

    def beside(self, entry: Entry) -> list[str]:
        """What the same body has in flight already."""
        here = self._owner(entry.side, entry.node)
        return sorted(key for (side, node), key in self._open.items() if self._owner(side, node) is here)

    def everything(self) -> list[str]:
        return sorted([*self._open.values(), *self._trailing.values()])

    def _owner(self, side: Side, node: str) -> Scope:
        if side is Side.HOOK:
            return self._scopes.root
        place = self._scopes.of(node)
        if side is Side.UNDO:
            return place.undoer() or place
        return place


def out_of_order(ledger: Ledger, scopes: Scopes) -> Iterator[str]:
    """Forward work, then undoing, then the hook; each begins when nothing before it is in flight."""
    flights = _Flights(scopes)
    undoing: set[Scope] = set()
    hooked: set[int] = set()
    for entry in ledger.entries:
        if entry.kind is Kind.SENT:
            yield from _sent_in_order(entry, scopes, flights, undoing)
            if entry.run in hooked and entry.side is not Side.HOOK:
                yield f"{entry.key} was sent after hook had begun"
            if entry.side is Side.HOOK:
                hooked.add(entry.run)
            if entry.side is Side.UNDO:
                undoing.update(_undoers(scopes, entry.node))
        flights.note(entry)


def _is_known_after_all(entry: Entry) -> bool:
    return entry.kind is Kind.RESOLVED and entry.outcome is AttemptOutcome.OK


def _undoers(scopes: Scopes, path: str) -> list[Scope]:
    undoer = scopes.of(path).undoer()
    return [undoer or scopes.root]


def _sent_in_order(entry: Entry, scopes: Scopes, flights: _Flights, undoing: set[Scope]) -> Iterator[str]:
    if entry.side is Side.HOOK:
        found = flights.everything()
    elif entry.side is Side.UNDO:
        found = flights.within(_undoers(scopes, entry.node)[0])
    else:
        found = flights.beside(entry)
        if not undoing.isdisjoint(scopes.of(entry.node).upwards()):
            yield f"{entry.key} was sent after undo had begun"
    if found:
        yield f"{entry.key} was sent while {found} was in flight"

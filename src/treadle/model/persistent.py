"""Persistent map and list: a changed copy costs the change, not the size.

The only file that names the library, so that it can be replaced. Iteration order of a map is
not defined: who needs an order sorts by a key of the value.
"""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar, cast

from rpds import HashTrieMap, List

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_new: Final = object.__new__
SMALL_MAX: Final = 256
"""Entries below which copying a dict is cheaper than a change of a trie (measured: 0.7 against 1 to 4 us)."""
RECENT_MAX: Final = 64
"""Entries of a large map that were changed last, and are copied with each change."""


if TYPE_CHECKING:

    class PersistentMap(Protocol[K, V]):
        """A mapping that nobody changes; `put` and `without` give a changed copy.

        A small one is a dict that is copied, which is several times as fast as a trie of that size; one
        that has SMALL_MAX entries becomes a trie with the next `put` or `transient`, so that a change costs
        the logarithm of the size.
        """

        def __getitem__(self, key: K, /) -> V: ...

        def __contains__(self, key: object, /) -> bool: ...

        def __iter__(self) -> Iterator[K]: ...

        def __len__(self) -> int: ...

        def get(self, key: K, /) -> V | None: ...

        def keys(self) -> KeysView[K]: ...

        def items(self) -> ItemsView[K, V]: ...

        def values(self) -> ValuesView[V]: ...

        def copy(self) -> "TransientMap[K, V]": ...

    class TransientMap(PersistentMap[K, V], Protocol):
        """A map that its only owner changes in place; a persistent one once nobody does any more."""

        def __setitem__(self, key: K, value: V, /) -> None: ...

        def __delitem__(self, key: K, /) -> None: ...

else:  # what is decoded as such is a dict, without a call for each map
    PersistentMap = TransientMap = Mapping


def transient(entries: PersistentMap[K, V]) -> "TransientMap[K, V]":
    """A copy to be changed in place; a trie from SMALL_MAX entries on, so that it costs the change alone."""
    if len(entries) < SMALL_MAX or isinstance(entries, Trie):
        return entries.copy()
    return Trie(HashTrieMap(entries.items()))


def put(entries: PersistentMap[K, V], key: K, value: V) -> PersistentMap[K, V]:
    """A copy in which `key` has `value`."""
    if isinstance(entries, dict) and len(entries) < SMALL_MAX:
        copy = entries.copy()
        copy[key] = value
        return copy
    trie = entries if isinstance(entries, Trie) else Trie(HashTrieMap(entries.items()))
    return trie.put(key, value)


def without(entries: PersistentMap[K, V], key: K) -> PersistentMap[K, V]:
    """A copy without `key`, which must be there (KeyError)."""
    if isinstance(entries, Trie):
        return entries.without(key)
    copy = {**entries}
    del copy[key]
    return copy


def as_dict(entries: PersistentMap[K, V]) -> dict[K, V]:
    """The entries as a dict that is only to be read: perhaps the map itself."""
    return entries if isinstance(entries, dict) else dict(entries.items())


class _Headed(Protocol[T_co]):
    """What the library's type stubs do not tell of its list."""

    @property
    def first(self) -> T_co: ...


class Trie(Mapping[K, V]):
    """A large persistent map; whoever has it as a transient one changes which entries it has.

    The newest changes stand in a dict beside the library's map, which takes them in when there are
    RECENT_MAX: what is changed in one step is mostly changed again in the next, and a change of the
    library's map costs 1 to 2 us, more with its size, a copy of that dict 0.1 to 0.2.

    The library's iterators take a changed copy of the map for every entry (measured: 2 to 6 us each); what
    it pickles are all entries at once (0.05 us each).
    """

    __slots__ = ("_added", "_map", "_recent")

    def __init__(
        self, entries: "HashTrieMap[K, V]", recent: dict[K, V] | None = None, added: int = 0
    ) -> None:
        """`recent` goes before `entries`; `added` of its keys are not there."""
        self._map = entries
        self._recent = {} if recent is None else recent
        self._added = added

    def put(self, key: K, value: V) -> "Trie[K, V]":
        """A copy in which `key` has `value`."""
        copy = self.copy()
        copy[key] = value
        return copy

    def without(self, key: K) -> "Trie[K, V]":
        """A copy without `key`, which must be there (KeyError)."""
        copy = self.copy()
        del copy[key]
        return copy

    def copy(self) -> "Trie[K, V]":
        """Another map with the same entries, in a time that does not depend on how many they are."""
        return Trie(self._map, self._recent.copy(), self._added)

    def __setitem__(self, key: K, value: V) -> None:
        if key not in self._recent:
            if len(self._recent) >= RECENT_MAX:
                self._map = self._map.update(self._recent)
                self._recent, self._added = {}, 0
            self._added += key not in self._map
        self._recent[key] = value

    def __delitem__(self, key: K) -> None:
        if key not in self._recent:
            self._map = self._map.remove(key)
            return
        del self._recent[key]
        if key in self._map:
            self._map = self._map.remove(key)
        else:
            self._added -= 1

    def items(self) -> ItemsView[K, V]:
        return self._entries().items()

    def values(self) -> ValuesView[V]:
        return self._entries().values()

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries())

    def _entries(self) -> dict[K, V]:
        _, (entries,) = cast("tuple[object, tuple[list[tuple[K, V]]]]", self._map.__reduce__())
        return dict(entries) | self._recent

    def __getitem__(self, key: K) -> V:
        return self._recent[key] if key in self._recent else self._map[key]

    def get(self, key: K, default: Any = None, /) -> Any:
        """That of the base class raises, and catches, for each key that is not there."""
        return self._recent[key] if key in self._recent else self._map.get(key, default)

    def __contains__(self, key: object) -> bool:
        return key in self._recent or key in self._map

    def __len__(self) -> int:
        return len(self._map) + self._added

    def __repr__(self) -> str:
        return f"Trie({self._entries()!r})"


class PersistentStack(Generic[T]):
    """An immutable stack, newest first; `push` and `popped` take constant time."""

    __slots__ = ("_cells",)
    _cells: "List[T]"

    def __init__(self, newest_first: Sequence[T] = ()) -> None:
        self._cells = List(newest_first)

    def push(self, value: T) -> "PersistentStack[T]":
        """A copy with `value` on top."""
        pushed: PersistentStack[T] = _new(PersistentStack)
        pushed._cells = self._cells.push_front(value)
        return pushed

    def popped(self) -> "PersistentStack[T]":
        """A copy without the top, which must be there (IndexError)."""
        popped: PersistentStack[T] = _new(PersistentStack)
        popped._cells = self._cells.drop_first()
        return popped

    @property
    def top(self) -> T:
        """The newest value (IndexError when empty)."""
        return cast("_Headed[T]", self._cells).first

    def __iter__(self) -> Iterator[T]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __bool__(self) -> bool:
        return len(self._cells) > 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersistentStack) and self._cells == other._cells

    def __hash__(self) -> int:
        return hash(self._cells)

    def __repr__(self) -> str:
        return f"PersistentStack({list(self._cells)!r})"

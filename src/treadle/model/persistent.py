"""Persistent map and list: a changed copy costs the change, not the size.

The only file that names the library, so that it can be replaced. Iteration order of a map is
not defined: who needs an order sorts by a key of the value.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Generic, Protocol, TypeVar, cast

from rpds import HashTrieMap, List

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

SMALL_MAX: Final = 256
"""Entries up to which copying a dict is cheaper than a change of a trie (measured: 0.7 against 1 to 4 us)."""
_new = object.__new__


class _Headed(Protocol[T_co]):
    """What the library's type stubs do not tell of its list."""

    @property
    def first(self) -> T_co: ...


class _Trie(Generic[K, V]):
    """The library's map as PersistentMap uses it.

    Its iterators take a changed copy of the map for every entry (measured: 2 to 6 us each); what it pickles
    are all entries at once (0.05 us each).
    """

    __slots__ = ("_map",)

    def __init__(self, entries: "HashTrieMap[K, V]") -> None:
        self._map = entries

    def insert(self, key: K, value: V) -> "_Trie[K, V]":
        return _Trie(self._map.insert(key, value))

    def remove(self, key: K) -> "_Trie[K, V]":
        return _Trie(self._map.remove(key))

    def get(self, key: K) -> V | None:
        return self._map.get(key)

    def items(self) -> list[tuple[K, V]]:
        _, (entries,) = cast("tuple[object, tuple[list[tuple[K, V]]]]", self._map.__reduce__())
        return entries

    def values(self) -> list[V]:
        return [value for _, value in self.items()]

    def __getitem__(self, key: K) -> V:
        return self._map[key]

    def __contains__(self, key: object) -> bool:
        return key in self._map

    def __iter__(self) -> Iterator[K]:
        return iter([key for key, _ in self.items()])

    def __len__(self) -> int:
        return len(self._map)


class PersistentMap(Generic[K, V]):
    """An immutable mapping; `put` and `without` return a changed copy.

    A small map is a dict that is copied, which is several times as fast as a trie of that size; a map
    that outgrows SMALL_MAX is a trie from then on, so that a change costs the logarithm of the size.
    """

    __slots__ = ("_items",)
    _items: "dict[K, V] | _Trie[K, V]"

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        given = dict(items) if items else {}
        self._items = given if len(given) <= SMALL_MAX else _Trie(HashTrieMap(given))

    def put(self, key: K, value: V) -> "PersistentMap[K, V]":
        """A copy in which `key` has `value`."""
        items = self._items
        made: PersistentMap[K, V] = _new(PersistentMap)
        if type(items) is dict:
            copy = items.copy()
            copy[key] = value
            made._items = copy if len(copy) <= SMALL_MAX else _Trie(HashTrieMap(copy))
        else:
            made._items = cast("_Trie[K, V]", items).insert(key, value)
        return made

    def without(self, key: K) -> "PersistentMap[K, V]":
        """A copy without `key`, which must be there (KeyError)."""
        items = self._items
        made: PersistentMap[K, V] = _new(PersistentMap)
        if type(items) is dict:
            copy = items.copy()
            del copy[key]
            made._items = copy
        else:
            made._items = cast("_Trie[K, V]", items).remove(key)
        return made

    def get(self, key: K) -> V | None:
        return self._items.get(key)

    def items(self) -> Collection[tuple[K, V]]:
        return self._items.items()

    def values(self) -> Collection[V]:
        return self._items.values()

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersistentMap) and dict(self.items()) == dict(other.items())

    def __hash__(self) -> int:
        return hash(frozenset(self._items))

    def __repr__(self) -> str:
        return f"PersistentMap({dict(self.items())!r})"


class PersistentStack(Generic[T]):
    """An immutable stack, newest first; `push` and `popped` take constant time."""

    __slots__ = ("_cells",)
    _cells: "List[T]"

    def __init__(self, newest_first: Sequence[T] = ()) -> None:
        self._cells = List(newest_first)

    @classmethod
    def _of(cls, cells: "List[T]") -> "PersistentStack[T]":
        made = cls.__new__(cls)
        made._cells = cells
        return made

    def push(self, value: T) -> "PersistentStack[T]":
        """A copy with `value` on top."""
        return self._of(self._cells.push_front(value))

    def popped(self) -> "PersistentStack[T]":
        """A copy without the top, which must be there (IndexError)."""
        return self._of(self._cells.drop_first())

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

"""Persistent map and list: a changed copy costs the change, not the size.

The only file that names the library, so that it can be replaced. Iteration order of a map is
not defined: who needs an order sorts by a key of the value.
"""

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Generic, TypeVar, cast

from rpds import HashTrieMap, List

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class PersistentMap(Generic[K, V]):
    """An immutable mapping; `put` and `without` return a changed copy in logarithmic time."""

    __slots__ = ("_trie",)
    _trie: HashTrieMap[K, V]

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        self._trie = HashTrieMap(items) if items else HashTrieMap()

    @classmethod
    def _of(cls, trie: HashTrieMap[K, V]) -> "PersistentMap[K, V]":
        made = cls.__new__(cls)
        made._trie = trie
        return made

    def put(self, key: K, value: V) -> "PersistentMap[K, V]":
        """A copy in which `key` has `value`."""
        return self._of(self._trie.insert(key, value))

    def without(self, key: K) -> "PersistentMap[K, V]":
        """A copy without `key`, which must be there (KeyError)."""
        return self._of(self._trie.remove(key))

    def get(self, key: K) -> V | None:
        return self._trie.get(key)

    def items(self) -> ItemsView[K, V]:
        return self._trie.items()

    def values(self) -> ValuesView[V]:
        return self._trie.values()

    def __getitem__(self, key: K) -> V:
        return self._trie[key]

    def __contains__(self, key: object) -> bool:
        return key in self._trie

    def __iter__(self) -> Iterator[K]:
        return iter(self._trie)

    def __len__(self) -> int:
        return len(self._trie)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersistentMap) and self._trie == other._trie

    def __hash__(self) -> int:
        return hash(self._trie)

    def __repr__(self) -> str:
        return f"PersistentMap({dict(self._trie)!r})"


class PersistentStack(Generic[T]):
    """An immutable stack, newest first; `push` and `popped` take constant time."""

    __slots__ = ("_cells",)
    _cells: List[T]

    def __init__(self, newest_first: Iterable[T] = ()) -> None:
        self._cells = List(newest_first)

    @classmethod
    def _of(cls, cells: List[T]) -> "PersistentStack[T]":
        made = cls.__new__(cls)
        made._cells = cells
        return made

    def push(self, value: T) -> "PersistentStack[T]":
        """A copy with `value` on top."""
        return self._of(self._cells.push_front(value))

    def popped(self) -> "PersistentStack[T]":
        """A copy without the top, which must be there (IndexError)."""
        return self._of(cast("List[T]", self._cells.rest))

    @property
    def top(self) -> T:
        """The newest value (IndexError when empty)."""
        return self._cells.first

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

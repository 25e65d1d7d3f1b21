"""A tree of JSON values, put together from what a parser meets one after the other."""

from treadle.expressions.pointers import joined
from treadle.model.json import Json


class TreeBuilder:
    """Values are added to the innermost open list or object; `root` is the first value of all."""

    def __init__(self) -> None:
        self.root: Json = None
        self.is_empty = True
        self._open: list[Json] = []
        self._keys: list[str | None] = []

    @property
    def depth(self) -> int:
        """How many lists and objects are open."""
        return len(self._open)

    @property
    def needs_key(self) -> bool:
        """Whether what comes next is a key of an object."""
        return bool(self._open) and isinstance(self._open[-1], dict) and self._keys[-1] is None

    @property
    def has_key(self) -> bool:
        """Whether what comes next stands under a key."""
        return bool(self._keys) and self._keys[-1] is not None

    @property
    def pointer(self) -> str:
        """The pointer of the value to come; of the object, as long as its key is not known."""
        segments: list[str | int] = [
            next(reversed(outer)) if isinstance(outer, dict) else len(outer) - 1 for outer in self._open[:-1]
        ]
        if self._open and isinstance(self._open[-1], list):
            segments.append(len(self._open[-1]))
        elif self._keys and self._keys[-1] is not None:
            segments.append(self._keys[-1])
        return joined("", *segments)

    def add_key(self, key: str) -> bool:
        """Take the key of the value to come; False if the object has it already."""
        if key in self._open[-1]:
            return False
        self._keys[-1] = key
        return True

    def add(self, value: Json) -> None:
        """Put a value in its place."""
        if not self._open:
            self.root = value
            self.is_empty = False
        elif isinstance(self._open[-1], dict):
            self._open[-1][self._keys[-1]] = value
            self._keys[-1] = None
        else:
            self._open[-1].append(value)

    def open(self, container: Json) -> None:
        """Put a list or an object in its place; what comes next is inside it."""
        self.add(container)
        self._open.append(container)
        self._keys.append(None)

    def close(self) -> None:
        """The innermost list or object is complete."""
        self._open.pop()
        self._keys.pop()

"""A tree of JSON values, put together from what a parser meets one after the other."""

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

"""Where a store is, as a URL."""

from enum import StrEnum
from urllib.parse import unquote

import msgspec


class StoreKind(StrEnum):
    SQLITE = "sqlite"
    MEMORY = "memory"


class StoreUrl(msgspec.Struct, frozen=True, kw_only=True):
    """`path` is that of the file, empty for a store without one."""

    kind: StoreKind
    path: str = ""

    def __str__(self) -> str:
        return f"sqlite:///{self.path}" if self.kind is StoreKind.SQLITE else "memory:"


FORMS = "`sqlite:///file.db` (beside the working directory), `sqlite:////absolute/file.db` or `memory:`"


def parse_store_url(text: str) -> StoreUrl:
    """What the URL says.

    Raises:
        ValueError: it names no store that there is.
    """
    scheme, colon, rest = text.partition(":")
    if not colon:
        raise ValueError(f"{text!r} is no URL; write {FORMS}")
    if scheme == StoreKind.MEMORY:
        if rest.strip("/"):
            raise ValueError("`memory:` has no path")
        return StoreUrl(kind=StoreKind.MEMORY)
    if scheme != StoreKind.SQLITE:
        raise ValueError(f"there is no store of kind {scheme!r}; write {FORMS}")
    path = unquote(rest.removeprefix("///"))
    if not rest.startswith("///") or not path or path.endswith("/"):
        raise ValueError(f"{text!r} names no file; write {FORMS}")
    if any(mark in rest for mark in "?#") or "\x00" in path:
        raise ValueError("a store URL has no parameters")
    return StoreUrl(kind=StoreKind.SQLITE, path=path)

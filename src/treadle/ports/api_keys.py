"""The keys of a store, as they are made and revoked; an engine reads them through its views."""

from collections.abc import Sequence
from typing import Protocol

from treadle.model.api_keys import ApiKey
from treadle.model.ids import Instant


class ApiKeys(Protocol):
    """May be used beside an engine. Every method raises Unavailable when the store cannot be reached."""

    def add(self, key: ApiKey) -> bool:
        """Keep a key; False, and nothing is kept, if its name was ever used."""
        ...

    def revoke(self, name: str, now: Instant) -> bool:
        """Have it known no more; False if there is no such key that is good."""
        ...

    def all(self) -> Sequence[ApiKey]:
        """Every key, revoked or not, by name."""
        ...

    def close(self) -> None:
        """Give back what is open; idempotent."""
        ...

"""What the store's contract is given."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import ClassVar, Protocol, TypeAlias, TypeVar

import msgspec
import pytest

from treadle.ports.api_keys import ApiKeys
from treadle.ports.bulk_acts import BulkActs
from treadle.ports.key_rotation import KeyRotation
from treadle.ports.store import Store
from treadle.ports.views import Views


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a backend that decide which cases apply.

    `durable_across_restart`: what was acknowledged is there when the store is opened again.
    `single_process`: registering an engine makes every earlier one gone.
    """

    durable_across_restart: bool
    single_process: bool


class ViewedStore(Store, Protocol):
    """A store with its views; closing the store closes them."""

    @property
    def views(self) -> Views: ...

    @property
    def bulk_acts(self) -> BulkActs: ...

    def api_keys(self) -> ApiKeys:
        """The keys of its callers, opened; whoever asks closes them."""
        ...

    def key_rotation(self) -> KeyRotation:
        """The keys of callbacks, opened; whoever asks closes them."""
        ...


Case = TypeVar("Case", bound=Callable[..., object])
MakeStore: TypeAlias = Callable[[], Awaitable[ViewedStore]]


def needs(capability: str) -> Callable[[Case], Case]:
    """A case that applies only to a backend with this capability, a field of Capabilities."""

    def mark(case: Case) -> Case:
        case.needed_capability = capability  # type: ignore[attr-defined]  # a note on the function
        return case

    return mark


class StoreCases:
    """Base of the cases: a backend's test class says `capabilities` and how to open the store."""

    pytestmark = pytest.mark.anyio
    capabilities: ClassVar[Capabilities]

    def __init_subclass__(cls) -> None:
        """Leave out the cases that need what the backend cannot promise: they are not collected at all."""
        super().__init_subclass__()
        capabilities = getattr(cls, "capabilities", None)
        if capabilities is None:
            return
        for name in dir(cls):
            needed = getattr(getattr(cls, name), "needed_capability", None)
            if needed is not None and not getattr(capabilities, needed):
                setattr(cls, name, None)

    @pytest.fixture
    def make_store(self) -> MakeStore:
        """Opens the store; a second call, after a close, opens the same one again. To be overridden."""
        raise NotImplementedError("a contract needs its backend's make_store")

    @pytest.fixture
    async def store(self, make_store: MakeStore) -> AsyncIterator[ViewedStore]:
        """An empty store."""
        opened = await make_store()
        yield opened
        await opened.views.close()
        await opened.close()

"""Work for the thread of the writer."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class InThread(Protocol):
    """Runs something in the thread of the writer, in the order in which it is asked, and gives its result."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...

"""Naming handlers: `registry = Registry()`, then `@registry.handler("charge")` over a function."""

import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar

import msgspec

from treadle.model.json import Json


class HandlerContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a handler is told about the attempt that it makes, as a called service would be.

    `node` is the path of the visit, or `$on_success` and so on. `idempotency_key` is the same for every
    attempt of the same thing; `compensates` is the forward key that an undo undoes, None on forward work.
    """

    execution_id: str
    node: str
    attempt: int
    idempotency_key: str
    compensates: str | None = None


class FinalError(Exception):
    """Raised by a handler: a failure that is not retried, whatever the node's `retry.on` says.

    `code` is stable and becomes the code of the failure; `message` is for people.
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message or code


HandlerFunction: TypeAlias = (
    Callable[[Json], object]
    | Callable[[Json, HandlerContext], object]
    | Callable[[Json], Awaitable[object]]
    | Callable[[Json, HandlerContext], Awaitable[object]]
)
"""Takes (input) or (input, context); `async def` or plain; returns what JSON can say."""
DecoratedFunction = TypeVar("DecoratedFunction", bound=HandlerFunction)

HANDLER_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Handler(msgspec.Struct, frozen=True, kw_only=True):
    """A named function. One that is not `is_async` is run in a thread."""

    name: str
    call: Callable[..., object]
    is_async: bool
    takes_context: bool


class Registry:
    """The handlers of one process by name. Filled at import, read only afterwards."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def handler(self, name: str | None = None) -> Callable[[DecoratedFunction], DecoratedFunction]:
        """A decorator that registers a function under `name`, or under its own, and leaves it as it is.

        Raises:
            ValueError: the name is taken, or is not a name.
            TypeError: it is not a function that takes (input) or (input, context).
        """
        if name is not None and not isinstance(name, str):
            raise TypeError("write @registry.handler() or @registry.handler('name'), with the parentheses")

        def register(function: DecoratedFunction) -> DecoratedFunction:
            self._add(function, name)
            return function

        return register

    def get(self, name: str) -> Handler | None:
        """The handler of that name, None if there is none."""
        return self._handlers.get(name)

    def names(self) -> tuple[str, ...]:
        """Every registered name, sorted."""
        return tuple(sorted(self._handlers))

    def _add(self, function: HandlerFunction, name: str | None) -> None:
        chosen = name if name is not None else getattr(function, "__name__", "")
        if HANDLER_NAME.fullmatch(chosen) is None:
            raise ValueError(
                f"{chosen!r} is not a handler name: letters, digits, '.', '_' and '-', at most 128"
            )
        if chosen in self._handlers:
            raise ValueError(f"the handler {chosen!r} is registered already")
        self._handlers[chosen] = Handler(
            name=chosen,
            call=function,
            is_async=_is_async(function),
            takes_context=_takes_context(function, chosen),
        )


def _is_async(function: HandlerFunction) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - a callable object's own method is what is asked for
    )


def _takes_context(function: HandlerFunction, name: str) -> bool:
    parameters = inspect.signature(function).parameters.values()
    positional = [parameter for parameter in parameters if parameter.kind in POSITIONAL]
    needed = [parameter for parameter in parameters if parameter.default is inspect.Parameter.empty]
    fits = len(positional) in (1, 2) and all(parameter in positional for parameter in needed)
    if not fits or inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
        raise TypeError(
            f"the handler {name!r} has to take (input) or (input, context), and to return its answer"
        )
    return len(positional) == 2

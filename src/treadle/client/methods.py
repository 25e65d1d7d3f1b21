"""A function that describes a call, made a method that makes it: each call is written down once."""

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])
METHOD_SELF = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)


def described(method: F, describe: Callable[..., object]) -> F:
    """The method with the name, the parameters and the text of what describes its call."""
    update_wrapper(method, describe)
    told = inspect.signature(describe)
    # An editor reads the types; `help` reads this, and would take the first parameter for the client.
    vars(method)["__signature__"] = told.replace(
        parameters=[METHOD_SELF, *told.parameters.values()], return_annotation=inspect.Signature.empty
    )
    return method

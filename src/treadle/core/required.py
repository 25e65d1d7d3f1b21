"""What the rules of the core put there, and a type cannot say."""

from typing import TypeVar

from msgspec import UNSET, UnsetType

T = TypeVar("T")


def required(value: T | None, what: str) -> T:
    """`value`, which is there.

    Raises:
        ValueError: it is not; the state or the history is corrupt.
    """
    if value is None:
        raise ValueError(f"there is no {what}")
    return value


def given(value: T | UnsetType, what: str) -> T:
    """`value`, which the event has.

    Raises:
        ValueError: it has not; the history is corrupt.
    """
    if value is UNSET:
        raise ValueError(f"there is no {what}")
    return value

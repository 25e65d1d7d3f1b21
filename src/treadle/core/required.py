"""What the rules of the core put there, and a type cannot say."""

from typing import TypeVar

T = TypeVar("T")


def required(value: T | None, what: str) -> T:
    """`value`, which is there.

    Raises:
        ValueError: it is not; the state or the history is corrupt.
    """
    if value is None:
        raise ValueError(f"there is no {what}")
    return value

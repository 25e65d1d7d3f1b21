"""What is wrong with the text of an expression, before anything runs."""

from treadle.model.errors import Fault


class InvalidExpression(Exception):
    """`faults` names everything that is wrong; pointers begin with the pointer given to the compiler."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.message}" for fault in faults))
        self.faults = faults


class PathError(Exception):
    """A text is no path and no expression: what is wrong stands at `position` (from 0) of it."""

    def __init__(self, code: str, message: str, position: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position


class MoreThanAPath(PathError):
    """A text begins like a path, or not at all like one: it may be an expression of CEL."""

"""What can go wrong between the rooms, by whose fault it is.

TreadleError
├── Rejected      the caller's fault: changes nothing, and asking again will not help
├── Unavailable   later may help: nothing was accepted
└── Corrupt       an invariant is broken: never retried, stops that execution only
"""

import msgspec


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong, where (JSON Pointer, `""` is the whole) and what to do.

    `line` and `column` (from 1, in code points) say where in the text that was read, if that is known.
    """

    pointer: str
    code: str
    message: str
    line: int | None = None
    column: int | None = None


class TreadleError(Exception):
    """`code` is stable; `message` is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Rejected(TreadleError):
    """`errors` lists every fault where several were looked for."""

    def __init__(self, code: str, message: str, errors: tuple[Fault, ...] = ()) -> None:
        super().__init__(code, message)
        self.errors = errors


class Unavailable(TreadleError):
    """Not accepted; try again after `retry_after_s` seconds."""

    def __init__(self, code: str, message: str, retry_after_s: int = 1) -> None:
        super().__init__(code, message)
        self.retry_after_s = retry_after_s


class Corrupt(TreadleError):
    """Stored data or state that cannot be."""

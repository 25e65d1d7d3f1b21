"""What can go wrong when a server is asked."""

from treadle.model.errors import Fault


class ClientError(Exception):
    """Whatever goes wrong between the client and a server."""


class ApiError(ClientError):
    """The server refused: nothing was changed.

    `code` is stable, `status` that of HTTP, `detail` for people; `errors` lists every fault, each with a JSON
    Pointer into what was sent. `retryable`: the same may succeed later, after `retry_after_s` if it is known.
    """

    def __init__(
        self,
        code: str,
        status: int,
        detail: str,
        *,
        retryable: bool = False,
        errors: tuple[Fault, ...] = (),
        retry_after_s: int | None = None,
    ) -> None:
        lines = [f"{detail} ({code})", *(f"  {fault.pointer or '/'}: {fault.message}" for fault in errors)]
        super().__init__("\n".join(lines))
        self.code = code
        self.status = status
        self.detail = detail
        self.retryable = retryable
        self.errors = errors
        self.retry_after_s = retry_after_s


class Unreachable(ClientError):
    """There is no server, it does not answer, or what answers is none.

    `is_sent`: the request may have been carried out all the same.
    """

    def __init__(self, message: str, *, is_sent: bool) -> None:
        super().__init__(message)
        self.is_sent = is_sent

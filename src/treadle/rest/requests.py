"""What became of requests: counted, timed and logged."""

from typing import Final

import structlog
from starlette.requests import Request

from treadle.rest.codes import CODES, INTERNAL
from treadle.telemetry.metric import histogram
from treadle.telemetry.metrics import OK, REQUEST_SECONDS

TOLD_CHARS_MAX: Final = 256
"""So much of what a path names is logged: a caller may write anything there."""
SERVER_FAULT: Final = 500


class Requests:
    """One for an edge. `codes` and `callbacks` count by `ok` and by every code that there is."""

    def __init__(self) -> None:
        self.codes = dict.fromkeys((OK, *CODES), 0)
        self.callbacks = dict.fromkeys((OK, *CODES), 0)
        self.seconds = histogram(REQUEST_SECONDS)
        # Bound once: a logger that is looked up for each request costs more than all else here.
        self._log = structlog.get_logger(__name__).bind()

    def answered(self, request: Request, route: str | None, status: int, code: str, elapsed_s: float) -> None:
        """A request is about to be answered, `elapsed_s` after it came; `route` is the path of the table.

        Our own faults are logged where they are found.
        """
        self.codes[code] += 1
        if "prefer" not in request.headers:
            self.seconds.observe(elapsed_s)
        if code == OK:
            self._log.debug("request answered", method=request.method, route=route, status=status)
        elif code != INTERNAL:
            tell = self._log.warning if status >= SERVER_FAULT else self._log.info
            tell(
                "request refused",
                status=status,
                code=code,
                ms=round(elapsed_s * 1e3),
                **place(request, route),
            )

    def callback(self, code: str) -> None:
        """A callback is about to be answered."""
        self.callbacks[code] += 1


def place(request: Request, route: str | None) -> dict[str, str | None]:
    """What a log says of a request: the path of the table, since a path as it came may hold a token."""
    told: dict[str, str | None] = {"method": request.method, "route": route}
    for key, name in (("execution", "id"), ("path", "path")):
        if name in request.path_params:
            told[key] = str(request.path_params[name])[:TOLD_CHARS_MAX]
    return told

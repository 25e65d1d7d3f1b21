"""What became of requests: counted, timed and logged."""

import asyncio
from typing import Final

import structlog
from starlette.requests import Request

from treadle.rest.codes import CODES, INTERNAL
from treadle.telemetry.metric import histogram
from treadle.telemetry.metrics import NOT_READY, OK, REQUEST_SECONDS

TOLD_ID_CHARS_MAX: Final = 64
TOLD_PATH_CHARS_MAX: Final = 256
"""So much is logged of the id, and of the path of a visit, that an address names: callers write anything."""
SERVER_FAULT: Final = 500
PUT_OFF: Final = frozenset({"overloaded", "rate_limited"})
"""Codes of requests that were refused because there were too many."""
PUT_OFF_TOLD_S: Final = 10
"""How often such a code is logged at most."""


class Requests:
    """One for an edge. `codes` and `callbacks` count by `ok` and by every code that there is."""

    def __init__(self) -> None:
        self.codes = dict.fromkeys((OK, NOT_READY, *CODES), 0)
        self.callbacks = dict.fromkeys((OK, *CODES), 0)
        self.seconds = histogram(REQUEST_SECONDS)
        self._told_until: dict[str, float] = {}
        # Bound once: a logger that is looked up for each request costs more than all else here.
        self._log = structlog.get_logger(__name__).bind()

    def answered(self, request: Request, route: str | None, status: int, code: str, elapsed_s: float) -> None:
        """A request is about to be answered, `elapsed_s` after it came; `route` is the path of the table.

        Our own faults are logged where they are found.
        """
        self.codes[code] += 1
        if "prefer" not in request.headers:
            self.seconds.observe(elapsed_s)
        if code in (OK, NOT_READY):
            self._log.debug("request answered", method=request.method, route=route, status=status)
        elif code in PUT_OFF:
            self._log.debug("request put off", code=code, **place(request, route))
            self._tell_put_off(code)
        elif code != INTERNAL:
            tell = self._log.warning if status >= SERVER_FAULT else self._log.info
            tell(
                "request refused",
                status=status,
                code=code,
                ms=round(elapsed_s * 1e3),
                **place(request, route),
            )

    def _tell_put_off(self, code: str) -> None:
        """One line for many: what refuses because there is too much may not write a line for each."""
        now = asyncio.get_running_loop().time()
        if now >= self._told_until.get(code, now):
            self._told_until[code] = now + PUT_OFF_TOLD_S
            self._log.warning("requests put off", code=code, so_far=self.codes[code])

    def callback(self, code: str) -> None:
        """A callback is about to be answered."""
        self.callbacks[code] += 1


def place(request: Request, route: str | None) -> dict[str, str | None]:
    """What a log says of a request: the path of the table, since a path as it came may hold a token."""
    told: dict[str, str | None] = {"method": request.method, "route": route}
    named = (("execution", "id", TOLD_ID_CHARS_MAX), ("path", "path", TOLD_PATH_CHARS_MAX))
    for key, name, chars_max in named:
        if name in request.path_params:
            told[key] = _plain(str(request.path_params[name]), chars_max)
    return told


def _plain(text: str, chars_max: int) -> str:
    """The beginning of the text, with what cannot be printed escaped: it is read in terminals too."""
    shown = (each if each.isprintable() else ascii(each)[1:-1] for each in text[:chars_max])
    return "".join(shown)[:chars_max]

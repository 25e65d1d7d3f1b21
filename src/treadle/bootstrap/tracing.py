"""Whether attempts are traced: the packages for it are there only where they were asked for."""

from importlib import import_module
from typing import Final

from treadle.config.version import VERSION
from treadle.model.errors import Rejected
from treadle.model.ids import EngineId
from treadle.ports.tracing import Tracing

LIBRARY: Final = "opentelemetry"


def open_tracing(endpoint: str | None, engine: EngineId) -> Tracing | None:
    """Tracing to the collector at `endpoint`; None without one, and then it costs nothing.

    Raises:
        Rejected: `no_tracing`, its packages are not installed.
    """
    if endpoint is None:
        return None
    try:
        traces = import_module("treadle.telemetry.traces")
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith(LIBRARY):
            raise
        message = "TREADLE_OTLP_ENDPOINT is set, and the packages for it are not installed: treadle[otel]"
        raise Rejected("no_tracing", message) from missing
    opened: Tracing = traces.open_traces(endpoint, engine, VERSION)
    return opened

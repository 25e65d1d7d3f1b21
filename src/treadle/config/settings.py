"""The settings of a process: an option of the command line, else TREADLE_<OPTION>, else a default."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Annotated, Final, Literal

import msgspec

from treadle.config.networks import parse_networks
from treadle.config.server_url import parse_collector_url, parse_public_url
from treadle.config.store_url import StoreUrl, parse_store_url

PREFIX: Final = "TREADLE_"
OPEN_PREFIXES: Final = ("TREADLE_SECRET_",)
"""Names that begin so belong to the user."""
CLIENT_NAMES: Final = (
    "TREADLE_URL",
    "TREADLE_API_KEY",
    "TREADLE_OUTPUT",
    "TREADLE_NAMESPACE",
    "TREADLE_INPUT",
    "TREADLE_WAIT",
    "TREADLE_STATUS",
    "TREADLE_DEFINITION",
    "TREADLE_VERSION",
    "TREADLE_BUSINESS_KEY",
    "TREADLE_LABEL",
    "TREADLE_LIMIT",
    "TREADLE_CURSOR",
    "TREADLE_AFTER",
    "TREADLE_ALL",
    "TREADLE_AT",
    "TREADLE_BUSINESS_KEY_POLICY",
    "TREADLE_DEADLINE",
    "TREADLE_DOCUMENT",
    "TREADLE_EVERYTHING",
    "TREADLE_ID",
    "TREADLE_IDEMPOTENCY_KEY",
    "TREADLE_NAME",
    "TREADLE_OUTCOME",
    "TREADLE_PATH",
    "TREADLE_PAYLOAD",
    "TREADLE_PREVIEW",
    "TREADLE_PRIORITY",
    "TREADLE_REASON",
    "TREADLE_RECONNECT",
    "TREADLE_RESULT",
    "TREADLE_SCOPE",
    "TREADLE_STARTED_AFTER",
    "TREADLE_STARTED_BEFORE",
    "TREADLE_START_AT",
    "TREADLE_STOP",
    "TREADLE_WATCH",
    "TREADLE_YES",
)
"""Options of commands that talk to a server, and of `keys`."""
DOCUMENT_NAMES: Final = ("TREADLE_FORMAT", "TREADLE_TO")
"""Options of commands that read documents."""
Count = Annotated[int, msgspec.Meta(ge=1)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an engine process is run with; each field is also TREADLE_<FIELD> in the environment."""

    host: str = "127.0.0.1"
    """The address of this machine to listen at."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 7_070
    """0 takes a free one."""
    store: str = "sqlite:///treadle.db"
    """Where everything is kept: `sqlite:///file.db`, `sqlite:////absolute/file.db` or `memory:`."""
    app: str | None = None
    """`module:registry`, the handlers of this process."""
    public_url: str | None = None
    """How services reach this server, for their callbacks; by default `http://<host>:<port>`."""
    egress_allow: str | None = None
    """`CIDR,CIDR,...` that outbound calls of `treadle server` may reach although they are not public."""
    api_keys: str | None = None
    """Keys of callers beside those of the store: `name:namespace:scope+scope:key`, separated by commas."""
    secrets: str | None = None
    """A file `{namespace: {name: value}}`, JSON or YAML, of what `secrets.<name>` stands for in requests."""
    otlp_endpoint: str | None = None
    """The collector that attempts are told to as spans, by OTLP over HTTP: `http://collector:4318`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on lines are logged."""
    live_max: Count = 10_000
    """Executions that the engine drives at once; further starts are stored due."""
    requests_max: Annotated[int, msgspec.Meta(ge=2)] = 2_000
    """Requests that change something, under way at once; starts have half of that, and are refused first."""
    rate_limit: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    """POSTs that one caller may make in a second on the average; 0 sets no limit."""
    rate_burst: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    """POSTs that one caller may make at once where there is a `rate_limit`; 0 is as many as that."""
    event_send_ms_max: Annotated[int, msgspec.Meta(ge=1, le=600_000)] = 30_000
    """How long one who follows a history may take nothing of it before the connection is given up."""
    commits_waiting_max: Count = 20_000
    """Commits that wait for the writer; beyond half starts are refused, beyond all of it commands too."""
    batch_rows_max: Count = 1_000
    """Commits in one transaction."""
    batch_bytes_max: Count = 4 * 1_024 * 1_024
    """Bytes of events and snapshots in one transaction; a single larger commit goes alone."""
    stop_grace_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 10_000
    """How long a stop awaits calls in flight."""
    nodes_max: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1_000
    """Nodes of a definition that is stored or started."""
    state_bytes_max: Annotated[int, msgspec.Meta(ge=65_536)] = 8 * 1_024 * 1_024
    """State of an execution as JSON; a result that would bring it beyond fails its node."""
    frames_max: Annotated[int, msgspec.Meta(ge=64, le=100_000)] = 1_000
    """Branches and items of an execution that are alive at once."""
    items_max: Count = 10_000
    """Items of one `each`."""
    kept_signals_max: Count = 1_000
    """Signals that an execution keeps for waits to come."""

    @property
    def store_url(self) -> StoreUrl:
        """Where the store is; `read_settings` has checked it."""
        return parse_store_url(self.store)


class SettingsError(Exception):
    """A setting that is wrong; the text names it as the user wrote it."""


def read_settings(options: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """The settings; an option that is None was not given.

    Raises:
        SettingsError: a value is wrong, or a TREADLE_ name is unknown.
    """
    check_names(environ)
    given: dict[str, object] = {}
    for name in Settings.__struct_fields__:
        if options.get(name) is not None:
            given[name] = options[name]
        elif variable(name) in environ:
            given[name] = environ[variable(name)]
    settings = _convert(given, options)
    _check("store", settings.store, parse_store_url, options)
    if settings.public_url is not None:
        _check("public_url", settings.public_url, parse_public_url, options)
    if settings.otlp_endpoint is not None:
        _check("otlp_endpoint", settings.otlp_endpoint, parse_collector_url, options)
    if settings.egress_allow is not None:
        _check("egress_allow", settings.egress_allow, parse_networks, options)
    return settings


def check_names(environ: Mapping[str, str]) -> None:
    """Refuse a TREADLE_ name that nothing reads: it is misspelt.

    Raises:
        SettingsError: with the nearest known name.
    """
    known = (*map(variable, Settings.__struct_fields__), *CLIENT_NAMES, *DOCUMENT_NAMES)
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in known or name.startswith(OPEN_PREFIXES):
            continue
        words = [one.removeprefix(PREFIX) for one in known]
        (near,) = get_close_matches(name.removeprefix(PREFIX), words, n=1, cutoff=0.0)
        raise SettingsError(f"the environment has {name}, which nothing reads; did you mean {PREFIX}{near}?")


def variable(option: str) -> str:
    """The name of an option in the environment."""
    return f"{PREFIX}{option.upper()}"


def _convert(given: Mapping[str, object], options: Mapping[str, object]) -> Settings:
    """Field by field first, so that the error names the one that is wrong."""
    for field in msgspec.structs.fields(Settings):
        if field.name in given:
            try:
                msgspec.convert(given[field.name], field.type, strict=False)
            except msgspec.ValidationError as error:
                message = f"{_written(field.name, options)} is {given[field.name]!r}: {error}"
                raise SettingsError(message) from error
    return msgspec.convert(given, Settings, strict=False)


def _check(name: str, text: str, parse: Callable[[str], object], options: Mapping[str, object]) -> None:
    try:
        parse(text)
    except ValueError as error:
        raise SettingsError(f"{_written(name, options)}: {error}") from error


def _written(name: str, options: Mapping[str, object]) -> str:
    if options.get(name) is not None:
        return f"--{name.replace('_', '-')}"
    return variable(name)

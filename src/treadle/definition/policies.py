"""`retry`, `timeout` and `on_unknown`: read, and merged with the defaults of the document."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from treadle.definition.reading import Defaults
from treadle.definition.section import Section
from treadle.expressions.nearest import nearest, quoted
from treadle.model.json import Json
from treadle.model.policies import (
    COMPENSATION_ATTEMPTS_MAX_DEFAULT,
    TIMEOUT_MS_DEFAULT,
    OnUnknown,
    RetryPolicy,
)

ATTEMPTS_MAX: Final = 10_000
MULTIPLIER_MAX: Final = 1_000.0
RETRY_WORDS: Final = ("max_attempts", "initial", "multiplier", "max", "jitter", "on")
RETRY_CLASSES: Final = ("unknown", "connection", "error", "callback", "all")
STATUS: Final = re.compile(r"[1-5](?:[0-9][0-9]|xx)")
ERROR_CODE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")
ON_UNKNOWN: Final = ("retry", "pause", "compensate", "fail")
MEANT_CLASSES: Final = {
    "timeout": "unknown",
    "timeouts": "unknown",
    "network": "connection",
    "connection_error": "connection",
    "any": "all",
    "always": "all",
    "http_5xx": "5xx",
    "server_error": "5xx",
}
"""What people of other systems write, and the class that they mean."""


def read_retry(owner: Section) -> dict[str, Json]:
    """The fields of a RetryPolicy that `retry` of `owner` gives."""
    if not owner.has("retry"):
        return {}
    section = owner.section("retry")
    section.only(RETRY_WORDS)
    found: dict[str, Json | None] = {
        "max_attempts": section.integer("max_attempts", 1, ATTEMPTS_MAX),
        "initial_ms": section.duration_ms("initial"),
        "multiplier": section.number("multiplier", 1, MULTIPLIER_MAX),
        "max_ms": section.duration_ms("max"),
        "jitter": section.number("jitter", 0, 1),
        "on": _read_on(section) if section.has("on") else None,
    }
    return {field: value for field, value in found.items() if value is not None}


def _read_on(section: Section) -> tuple[str, ...]:
    words: list[str] = []
    for item, pointer in section.list("on"):
        word = str(item) if isinstance(item, int) and not isinstance(item, bool) else item
        if not isinstance(word, str) or not _is_retry_word(word):
            classes = ", ".join(RETRY_CLASSES)
            message = f"{quoted(str(item))} is no class ({classes}), status (`429`, `5xx`) or code"
            section.faults.error(pointer, "invalid_retry_on", message)
            continue
        _warn_of_near_class(section, word, pointer)
        words.append(word)
    return tuple(words)


def _is_retry_word(word: str) -> bool:
    return (STATUS if word[:1].isdigit() else ERROR_CODE).fullmatch(word) is not None


def _warn_of_near_class(section: Section, word: str, pointer: str) -> None:
    is_like_a_class = word.isalpha() and word.islower() and word not in RETRY_CLASSES
    near = MEANT_CLASSES.get(word) or (nearest(word, RETRY_CLASSES) if is_like_a_class else None)
    if near is not None:
        message = f"{quoted(word)} counts as the code of an error; the class is called `{near}`"
        section.faults.warn(pointer, "unknown_retry_class", message)


def read_on_unknown(owner: Section) -> OnUnknown | None:
    word = owner.word("on_unknown", ON_UNKNOWN)
    return None if word is None else OnUnknown(word)


def activity_retry(owner: Section, defaults: Defaults) -> RetryPolicy:
    """The policy of a node or a hook: its own fields over those of the document over the built-in ones."""
    return _checked(owner, RetryPolicy(**{**defaults.retry, **read_retry(owner)}))


def compensation_retry(owner: Section, defaults: Defaults) -> RetryPolicy:
    """The policy of a compensation: as above, but `max_attempts` never comes from the document's defaults."""
    base: Mapping[str, Json] = {**defaults.retry, "max_attempts": COMPENSATION_ATTEMPTS_MAX_DEFAULT}
    return _checked(owner, RetryPolicy(**{**base, **read_retry(owner)}))


def _checked(owner: Section, policy: RetryPolicy) -> RetryPolicy:
    _check_use(owner, policy)
    if owner.has("retry") and policy.max_ms < policy.initial_ms:
        message = (
            f"the longest back-off ({policy.max_ms} ms) is shorter than the first ({policy.initial_ms} ms)"
        )
        owner.faults.warn(owner.at("retry"), "max_below_initial", message)
    return policy


def _check_use(owner: Section, policy: RetryPolicy) -> None:
    """Warn of what is said of attempts that there never are."""
    written = owner.raw("retry")
    if not isinstance(written, dict):
        return
    if policy.max_attempts == 1:
        _note_useless(owner, [field for field in RETRY_WORDS if field in written and field != "max_attempts"])
    elif written.get("on") == []:
        message = "`on` names nothing, so nothing is retried: write `max_attempts: 1` if that is meant"
        owner.faults.warn(owner.at("retry"), "retry_never_happens", message)


def _note_useless(owner: Section, fields: list[str]) -> None:
    if fields:
        named = ", ".join(f"`{field}`" for field in fields)
        message = f"with one attempt nothing is retried: {named} has no use"
        owner.faults.warn(owner.at("retry"), "retry_never_happens", message)


def check_retry_on(owner: Section, possible: Callable[[str], bool], what: str) -> None:
    """Warn if nothing that `retry.on` of `owner` itself names can happen to `what`."""
    written = owner.raw("retry")
    words = written.get("on") if isinstance(written, dict) else None
    if not isinstance(words, list) or not words:
        return
    if not any(possible(str(word)) for word in words):
        message = f"nothing named here can happen to {what}, so nothing is retried"
        owner.faults.warn(owner.at("retry"), "retry_never_happens", message)


def default_timeout_ms(defaults: Defaults) -> int:
    return TIMEOUT_MS_DEFAULT if defaults.timeout_ms is None else defaults.timeout_ms

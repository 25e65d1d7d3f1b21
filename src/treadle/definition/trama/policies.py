"""`failureHandling`: how often and how long everything is tried, compensations and hooks as well."""

from typing import Final

from treadle.definition.durations import DURATION_MS_MAX
from treadle.definition.policies import ATTEMPTS_MAX, MULTIPLIER_MAX
from treadle.definition.section import Section
from treadle.definition.trama.fields import part_of
from treadle.model.json import Json
from treadle.model.policies import COMPENSATION_ATTEMPTS_MAX_DEFAULT, RetryPolicy

FIELD: Final = "failureHandling"
FIXED: Final = ("maxAttempts", "delayMillis")
GROWING: Final = ("maxAttempts", "initialDelayMillis", "maxDelayMillis")
FIELDS: Final = {"retry": FIXED, "backoff": (*GROWING, "multiplier", "jitterRatio")}
REQUIRED: Final = {"retry": FIXED, "backoff": GROWING}
EVERYTHING: Final = ("all",)


def read_failure_handling(document: Section) -> RetryPolicy | None:
    """The policy that the document gives; None without one: then the defaults of this language count."""
    if not document.has(FIELD):
        return None
    kind = _kind(document.raw(FIELD))
    section = part_of(document, FIELD, ("type", *FIELDS[kind]))
    section.require("type", "`retry` or `backoff`")
    has_kind = section.word("type", tuple(FIELDS)) is not None
    for field in REQUIRED[kind] if has_kind else ():
        section.require(field, f"a {kind} needs it")
    # Retries are counted there, calls here.
    retries = section.integer("maxAttempts", 0, ATTEMPTS_MAX - 1)
    max_attempts = 1 + (retries or 0)
    if kind == "retry":
        delay_ms = _delay_ms(section, "delayMillis")
        return RetryPolicy(
            max_attempts=max_attempts,
            initial_ms=delay_ms,
            multiplier=1.0,
            max_ms=delay_ms,
            jitter=0.0,
            on=EVERYTHING,
        )
    policy = RetryPolicy(
        max_attempts=max_attempts,
        initial_ms=_delay_ms(section, "initialDelayMillis"),
        multiplier=section.number("multiplier", 1, MULTIPLIER_MAX) or 2.0,
        max_ms=_delay_ms(section, "maxDelayMillis"),
        jitter=section.number("jitterRatio", 0, 1) or 0.0,
        on=EVERYTHING,
    )
    if section.has("maxDelayMillis") and policy.max_ms < policy.initial_ms:
        message = f"the longest delay ({policy.max_ms} ms) is shorter than the first ({policy.initial_ms} ms)"
        section.faults.warn(section.at("maxDelayMillis"), "max_below_initial", message)
    return policy


def forward_retry(policy: RetryPolicy | None) -> RetryPolicy:
    """That of steps and hooks."""
    return policy or RetryPolicy()


def undo_retry(policy: RetryPolicy | None) -> RetryPolicy:
    """That of compensations."""
    return policy or RetryPolicy(max_attempts=COMPENSATION_ATTEMPTS_MAX_DEFAULT)


def _kind(value: Json) -> str:
    """The kind as far as it can be told; what is wrong with it is noted when its field is read."""
    fields = value if isinstance(value, dict) else {}
    word = fields.get("type")
    if isinstance(word, str) and word in FIELDS:
        return word
    return "backoff" if "initialDelayMillis" in fields else "retry"


def _delay_ms(section: Section, field: str) -> int:
    """A delay of 0 is one of a millisecond."""
    return max(1, section.integer(field, 0, DURATION_MS_MAX) or 0)

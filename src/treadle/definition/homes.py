"""Where a word belongs that stands in a place that does not know it, and what other systems call ours."""

from collections.abc import Collection, Mapping
from typing import Final

HOMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("method", "url", "query", "headers", "body", "success", "follow_redirects"), "`http`"),
    **dict.fromkeys(("max_attempts", "initial", "multiplier", "max", "jitter"), "`retry`"),
    **dict.fromkeys(("success_when", "fail_when"), "`callback`"),
    "unknown": "`compensate`",
    **dict.fromkeys(("timeout", "retry", "on_unknown", "callback"), "a task or in `defaults`"),
    **dict.fromkeys(("mode", "probe"), "a task"),
    "compensate": "a task or a `child`",
    **dict.fromkeys(("when", "label", "next"), "a node"),
    "cases": "a `switch`",
    "branches": "a `parallel`, a `race` or a `split`",
    "weight": "a branch of a `split`",
    **dict.fromkeys(("items", "concurrency", "on_item_failure"), "an `each`"),
    **dict.fromkeys(("while", "max_iterations"), "a `loop`"),
    "until": "a `loop` or a `sleep`",
    "for": "a `sleep`",
    **dict.fromkeys(("catch", "finally"), "a `try`"),
    **dict.fromkeys(("signal", "any", "all", "count", "on_timeout", "schema"), "a `wait`"),
    **dict.fromkeys(("topic", "data", "key"), "an `emit`"),
    **dict.fromkeys(("status", "error"), "an `end`"),
    "vars": "the document or a `set`",
    **dict.fromkeys(("defaults", "input_schema", "priority", "labels", "version"), "the document"),
    **dict.fromkeys(("on_success", "on_failure", "on_cancel"), "the document"),
}
"""Where each word stands, for a sentence that begins with "it belongs in"."""
MEANT: Final[Mapping[str, tuple[str, ...]]] = {
    "type": ("kind",),
    "name": ("id",),
    **dict.fromkeys(("condition", "if"), ("when",)),
    **dict.fromkeys(("retries", "retry_policy", "retryPolicy"), ("retry",)),
    **dict.fromkeys(("retries", "max_retries", "maxAttempts", "attempts"), ("max_attempts", "retry")),
    **dict.fromkeys(("compensation", "rollback", "undo", "down"), ("compensate",)),
    **dict.fromkeys(("tasks", "then", "do", "body", "actions"), ("steps",)),
    **dict.fromkeys(("else", "otherwise"), ("default",)),
    **dict.fromkeys(("depends_on", "dependsOn", "after", "goto"), ("next",)),
    **dict.fromkeys(("duration", "delay", "seconds", "durationMillis"), ("for",)),
    **dict.fromkeys(("collection", "foreach", "in"), ("items",)),
    **dict.fromkeys(("action", "request", "call", "up"), ("http",)),
    "verb": ("method",),
    "failureHandling": ("defaults",),
    "entrypoint": ("start",),
    "onSuccessCallback": ("on_success",),
    "onFailureCallback": ("on_failure",),
    "successStatusCodes": ("success",),
    "target": ("next",),
    **dict.fromkeys(("uri", "endpoint", "address"), ("url",)),
    **dict.fromkeys(("payload", "data", "json"), ("body", "input")),
    **dict.fromkeys(("parameters", "params"), ("query", "input")),
    **dict.fromkeys(("title", "display_name", "displayName"), ("label",)),
}
"""What a word of other systems is called here, as far as the place knows it."""
MERGE: Final = "<<"


def misplaced(word: str, known: Collection[str]) -> str:
    """What to say of a word that a place does not know; empty if nothing is known of it anywhere."""
    if word == MERGE:
        return "; merge keys are not read: write the fields out"
    ours = next((name for name in MEANT.get(word, ()) if name in known), None)
    if ours is not None:
        return f"; it is called `{ours}` here"
    return f"; it belongs in {HOMES[word]}" if word in HOMES else ""

"""What the runtime holds at most, each with its unit."""

import msgspec


class RuntimeBounds(msgspec.Struct, frozen=True, kw_only=True):
    """Named settings of DESIGN 9 that the runtime keeps."""

    live_max: int = 10_000
    """Executions that this engine drives at once; further starts are stored due."""
    batch_rows_max: int = 1_000
    """Commits in one transaction."""
    batch_bytes_max: int = 4 * 1024 * 1024
    """Bytes of events and snapshots in one transaction; a single larger commit goes alone."""
    commits_waiting_max: int = 20_000
    """Commits that wait for the writer; beyond half starts are refused, beyond all of it commands too."""
    mailbox_max: int = 1_000
    """Commands of callers that wait for one execution."""
    inbox_rows_max: int = 100
    """Notes of its inbox that an execution uses up in one commit."""
    claim_max: int = 200
    """Executions claimed in one statement."""
    claim_bytes_max: int = 4 * 1024 * 1024
    """Bytes of their states, as they are stored; a single larger one is claimed alone."""
    poll_interval_ms: int = 2_000
    """At most so long between two looks for due work."""
    keep_waiting_ms: int = 5_000
    """An execution that only waits is kept in memory if it goes on within this time."""
    rest_ms: int = 1_000
    """An execution that a command found, and left as it was, is kept for so long; then it is released."""
    store_retry_ms: int = 1_000
    """How long answers are held before they are decided again after a store fault."""
    fault_told_ms: int = 10_000
    """So long after a store fault the engine says that it is not ready; then it is open for another try."""
    stop_grace_ms: int = 10_000
    """How long a stop awaits calls in flight."""
    store_silent_ms: int = 10_000
    """How long a stop awaits a store that answers nothing: one may not know whether a commit stands."""
    attempt_grace_ms: int = 2_000
    """So long after its time limit an attempt is given up, whatever its invoker does."""
    attempt_sweep_ms: int = 1_000
    """How often attempts are looked at that should have ended."""
    clear_interval_ms: int = 60_000
    """How often the store is cleared of what is kept for a time only."""
    clear_max: int = 100
    """Idempotency keys that are forgotten in one transaction."""
    clear_pause_ms: int = 50
    """Between two such transactions when there is more: others write meanwhile."""
    programs_max: int = 1_000
    """Compiled programs kept in memory."""
    bulk_page_max: int = 100
    """Executions that a bulk act takes up at a time."""
    bulk_at_once_max: int = 16
    """Commands of bulk acts that are under way at once."""
    bulk_live_percent: int = 90
    """Of `live_max`: with more live executions than that a bulk act sets no further ones going."""

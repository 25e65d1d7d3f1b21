"""How long a client waits, how often it asks again, and how much it takes."""

from typing import Final

import msgspec

ANSWER_BYTES_MAX: Final = 64 * 1_024 * 1_024
"""Of one answer, and of one event: beyond what an execution may hold."""
WAIT_S_MAX: Final = 60
"""The longest wait that a server grants to a start."""
IDEMPOTENCY_KEY_CHARS_MAX: Final = 255
CONNECTIONS_MAX: Final = 100
"""Open to the server at once; further calls wait for one of them."""
KEEP_ALIVE_S: Final = 4
"""An idle connection is closed before a server closes it: a call that met its end would have no answer."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds and counts; each call has its own.

    connect_s: until there is a connection.
    answer_s: until the whole answer is there, on top of the wait that was asked for.
    quiet_s: a stream of events on which nothing comes for so long is taken for dead (a server says every 15 s
        that it is there).
    attempts_max: how often a call is sent, the first time counted.
    reconnects_max: how often in a row a stream of events is opened again without anything coming of it.
    back_off_s, back_off_s_max: the delay before the second attempt, and what it doubles up to from there on;
        a random part of up to a half is taken off.
    retry_after_s_max: a server that asks for a longer delay is not asked again.
    """

    connect_s: float = 10
    answer_s: float = 30
    quiet_s: float = 45
    attempts_max: int = 5
    reconnects_max: int = 20
    back_off_s: float = 0.2
    back_off_s_max: float = 5
    retry_after_s_max: float = 60

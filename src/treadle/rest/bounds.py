"""What a request may be at most, each with its unit."""

from typing import Final

BODY_BYTES_MAX: Final = 1_048_576
BODY_READ_S_MAX: Final = 30
"""How long a caller may take to send a body."""
CALLBACK_HEADERS_BYTES_MAX: Final = 16_384
"""Names and values of the headers that an execution keeps with a callback."""
JSON_DEPTH_MAX: Final = 64
"""Lists and objects inside each other, the body itself counted."""
PAGE_ITEMS_MAX: Final = 500
PAGE_ITEMS_DEFAULT: Final = 50
SEQ_MAX: Final = 2**53 - 1
"""Beyond what any history reaches; every JSON reader holds it exactly."""
EVENT_ID_DIGITS_MAX: Final = 15
"""Digits of the id of a server-sent event, which is a `seq`."""
REQUESTS_MAX: Final = 2_000
"""Requests that change something, under way at once; starts have half of that."""
WAIT_S_MAX: Final = 60
"""`Prefer: wait` for longer is shortened to this."""
CONNECTIONS_WAITING_MAX: Final = 2_048
"""Connections that the kernel holds until they are accepted."""
STOP_GRACE_S: Final = 5
"""How long a stop lets requests in flight go on."""
EVENT_SEND_S_MAX: Final = 30
"""How long one who follows a history may take nothing of it."""
ANSWER_TAKEN_MS_MAX: Final = 30_000
"""How long what was sent may stay without a sign that it was taken, before the connection is given up."""

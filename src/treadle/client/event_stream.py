"""Server-sent events (HTML, section 9.2), as they are read."""

import msgspec

from treadle.client.limits import ANSWER_BYTES_MAX


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """`event` is the type, `data` what is said; a sign of life has neither."""

    event: str = ""
    data: str = ""


SIGN_OF_LIFE = Message()


class MessageReader:
    """Cuts the bytes of one stream into messages, however they arrive."""

    def __init__(self, bytes_max: int = ANSWER_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._rest = bytearray()
        self._event = ""
        self._data: list[str] = []
        self._held = 0

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that end in this part of the stream, and one for each sign of life.

        Raises:
            ValueError: a message is larger than `bytes_max`.
        """
        found = list[Message]()
        *lines, last = chunk.split(b"\n")
        for line in lines:
            self._rest += line
            found += self._line(self._rest.rstrip(b"\r").decode("utf-8", "replace"))
            self._rest.clear()
        self._rest += last
        if len(self._rest) + self._held > self._bytes_max:
            raise ValueError(f"a message of the stream has more than {self._bytes_max:,} bytes")
        return found

    def _line(self, line: str) -> list[Message]:
        if not line:
            message = Message(event=self._event or "message", data="\n".join(self._data))
            is_one = bool(self._data)
            self._event, self._data, self._held = "", [], 0
            return [message] if is_one else []
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)
            self._held += len(value)
        return [] if name else [SIGN_OF_LIFE]

"""A command for another execution <-> bytes, as it waits in that one's inbox."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from treadle.codec.schemas import decode, encode
from treadle.model.commands import CancelExecution, Command, PassDeadline, ReportChild, TerminateExecution
from treadle.model.errors import Corrupt

SCHEMA: Final = 1
"""What `encode_command` writes. A new number comes with an upcast from each old one."""


class SentCommand(msgspec.Struct, frozen=True, kw_only=True):
    """What is written; a StoredCommand is what is read of it."""

    schema: int = SCHEMA
    command: str
    fields: Command


class StoredCommand(msgspec.Struct, frozen=True, kw_only=True):
    """`command` names the type of which `fields` are."""

    schema: int = SCHEMA
    command: str
    fields: msgspec.Raw


_encoder = msgspec.json.Encoder()
_current = msgspec.json.Decoder(StoredCommand)
_UPCASTS: Mapping[int, Callable[[bytes], StoredCommand]] = {SCHEMA: _current.decode}
# Any: the type that a decoder is of is known by the name only.
_FIELDS_OF: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    kind.__name__: msgspec.json.Decoder(kind)
    for kind in (ReportChild, CancelExecution, TerminateExecution, PassDeadline)
}
"""What one execution may ask of another. A name is stored: a command that is renamed keeps its old one."""


def encode_command(command: Command) -> bytes:
    """What is stored for a command that one execution gives to another.

    Raises:
        Corrupt: `unencodable`, executions do not give each other such a command, or a payload holds
            something that is no JSON value.
    """
    name = type(command).__name__
    if name not in _FIELDS_OF:
        raise Corrupt("unencodable", f"{name} is no command for the inbox of another execution")
    return encode(_encoder, SentCommand(command=name, fields=command), "a command")


def decode_command(data: bytes) -> Command:
    """The command that was encoded, of any schema that was ever released.

    Raises:
        Corrupt: `unknown_schema`, `unknown_command` or `bad_payload`.
    """
    stored = decode(data, _UPCASTS, "commands")
    decoder = _FIELDS_OF.get(stored.command)
    if decoder is None:
        raise Corrupt("unknown_command", f"a newer version of Treadle stored the command {stored.command!r}")
    try:
        command: Command = decoder.decode(stored.fields)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Corrupt("bad_payload", f"a stored {stored.command} cannot be read: {error}") from error
    return command

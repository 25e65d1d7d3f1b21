"""The folded state of an execution <-> bytes."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args, get_origin

import msgspec

from treadle.codec.schemas import decode, encode, schema_of
from treadle.codec.upcasts import from_schema_1, told_by_schema_1
from treadle.model.execution import Execution
from treadle.model.persistent import PersistentStack, Trie

SCHEMA: Final = 2
"""What `encode_snapshot` writes. A new number comes with an upcast from each old one."""


class StoredExecution(msgspec.Struct, frozen=True, kw_only=True):
    schema: int = SCHEMA
    execution: Execution


def _to_builtin(value: object) -> object:
    if isinstance(value, Trie):
        return dict(sorted(value.items()))
    if isinstance(value, PersistentStack):
        return list(value)
    raise TypeError(f"no JSON value: {type(value).__name__}")


# Any: the signature of the library's hook; what comes out is of the type asked for.
def _from_builtin(wanted: type, value: object) -> Any:
    made, arguments = get_origin(wanted), get_args(wanted)
    if made is PersistentStack:
        return PersistentStack(msgspec.convert(value, list[arguments[0]], dec_hook=_from_builtin))  # type: ignore[valid-type]  # as above
    raise NotImplementedError(wanted)


_encoder = msgspec.json.Encoder(enc_hook=_to_builtin)
_current = msgspec.json.Decoder(StoredExecution, dec_hook=_from_builtin)


def _of_schema_1(data: bytes) -> StoredExecution:
    return StoredExecution(execution=from_schema_1(_current.decode(data).execution))


_UPCASTS: Mapping[int, Callable[[bytes], StoredExecution]] = {SCHEMA: _current.decode, 1: _of_schema_1}


def encode_snapshot(execution: Execution) -> bytes:
    """What is stored for the state.

    Raises:
        Corrupt: `unencodable`, a payload holds something that is no JSON value.
    """
    return encode(_encoder, StoredExecution(execution=execution), "a snapshot")


def decode_snapshot(data: bytes) -> Execution:
    """The state that was encoded, of any schema that was ever released.

    Raises:
        Corrupt: `unknown_schema` or `bad_payload`.
    """
    return decode(data, _UPCASTS, "snapshots").execution


def is_told(data: bytes, execution: Execution) -> bool:
    """Whether the snapshot holds this state, as far as its schema could tell it.

    Raises:
        Corrupt: `unknown_schema` or `bad_payload`.
    """
    stored = decode_snapshot(data)
    if schema_of(data) == 1:
        return told_by_schema_1(stored) == told_by_schema_1(execution)
    return stored == execution

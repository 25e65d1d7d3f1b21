"""Commands for another execution come back as they were, of every kind and schema."""

import pytest
from hypothesis import given

from tests.codec.drawing import values
from treadle.codec.inbox import decode_command, encode_command
from treadle.codec.packing import PLAIN_BYTES_MAX
from treadle.model.commands import (
    CancelExecution,
    Command,
    Continue,
    PassDeadline,
    ReportChild,
    TerminateExecution,
)
from treadle.model.errors import Corrupt
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ActivityId, ExecutionId

CARRIED = (ReportChild, CancelExecution, TerminateExecution, PassDeadline)


def report(output: object) -> ReportChild:
    return ReportChild(
        activity=ActivityId(7), child=ExecutionId("child"), status=ExecutionStatus.COMPLETED, output=output
    )


@pytest.mark.parametrize("kind", CARRIED, ids=lambda kind: kind.__name__)
def test_every_kind_of_command_comes_back(kind: type[Command]) -> None:
    @given(values(kind))
    def comes_back(command: Command) -> None:
        assert decode_command(encode_command(command)) == command

    comes_back()


def test_bytes_say_their_schema_and_their_command() -> None:
    assert encode_command(CancelExecution(actor="engine")) == (
        b'{"schema":1,"command":"CancelExecution","fields":{"reason":null,"actor":"engine"}}'
    )


def test_a_large_output_is_compressed_and_comes_back() -> None:
    command = report({"text": "long " * PLAIN_BYTES_MAX})
    data = encode_command(command)
    assert len(data) < PLAIN_BYTES_MAX
    assert decode_command(data) == command


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"schema":2,"command":"of another shape"}', "unknown_schema"),
        (b'{"schema":1,"command":"ForgetExecution","fields":{}}', "unknown_command"),
        (b'{"schema":1,"command":"Continue","fields":{}}', "unknown_command"),
        (b'{"schema":1,"command":"ReportChild","fields":{}}', "bad_payload"),
        (b'{"schema":1,"command":"CancelExecution","fields":{"actor":"\xff"}}', "bad_payload"),
        (b'{"schema":1}', "bad_payload"),
        (b"nonsense", "bad_payload"),
        (b"", "bad_payload"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Corrupt) as raised:
        decode_command(data)
    assert raised.value.code == code


@pytest.mark.parametrize("command", [Continue(), report(object()), report("\ud800")])
def test_what_no_inbox_can_hold_is_refused(command: Command) -> None:
    with pytest.raises(Corrupt) as raised:
        encode_command(command)
    assert raised.value.code == "unencodable"

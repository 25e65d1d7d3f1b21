"""Events come back as they were, of every type and schema."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from tests.codec.drawing import values
from treadle.codec.events import decode_events, encode_events
from treadle.codec.packing import PLAIN_BYTES_MAX
from treadle.model.errors import Corrupt
from treadle.model.events import Event, NodeCompleted
from treadle.model.ids import FrameId, Instant, Path

EVERY_TYPE = get_args(Event)


def completed(output: object = UNSET) -> NodeCompleted:
    return NodeCompleted(at=Instant(1), frame=FrameId(1), path=Path("a"), output=output)


@pytest.mark.parametrize("kind", EVERY_TYPE, ids=lambda kind: kind.__name__)
def test_every_type_of_event_comes_back(kind: type[Event]) -> None:
    @given(st.lists(values(kind), min_size=1, max_size=3))
    def comes_back(events: list[Event]) -> None:
        assert decode_events(encode_events(events)) == events

    comes_back()


def test_absent_null_and_empty_outputs_stay_apart() -> None:
    outputs = [event.output for event in decode_events(encode_events([completed(), completed(None)]))]
    assert outputs == [UNSET, None]


def test_the_order_of_keys_in_a_payload_is_kept() -> None:
    [event] = decode_events(encode_events([completed({"z": 1, "a": 2})]))
    assert list(event.output) == ["z", "a"]


def test_bytes_say_their_schema() -> None:
    assert encode_events([]) == b'{"schema":1,"events":[]}'


def test_large_batch_is_compressed_and_comes_back() -> None:
    events = [completed({"text": "long " * PLAIN_BYTES_MAX})]
    data = encode_events(events)
    assert len(data) < PLAIN_BYTES_MAX
    assert not data.startswith(b"{")
    assert decode_events(data) == events


def test_unknown_schema_is_refused_with_its_number() -> None:
    with pytest.raises(Corrupt, match="schema 2") as raised:
        decode_events(b'{"schema":2,"events":"of another shape"}')
    assert raised.value.code == "unknown_schema"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        b"{",
        b"{}",
        b'{"schema":1}',
        b'{"schema":1,"events":[{"type":"NoSuchEvent","at":1}]}',
        b'{"schema":1,"events":[{"type":"NodeEntered","at":1}]}',
        b'{"schema":1,"events":["\xff"]}',
        b"x\x9c truncated",
    ],
)
def test_damaged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Corrupt) as raised:
        decode_events(data)
    assert raised.value.code == "bad_payload"


def test_truncated_compressed_bytes_are_refused() -> None:
    data = encode_events([completed({"text": "long " * PLAIN_BYTES_MAX})])
    with pytest.raises(Corrupt, match="bad_payload"):
        decode_events(data[:-4])


@pytest.mark.parametrize("output", [object(), {("a",): 1}, "\ud800", b"bytes".__iter__()])
def test_what_is_no_json_value_is_refused(output: object) -> None:
    with pytest.raises(Corrupt) as raised:
        encode_events([completed(output)])
    assert raised.value.code == "unencodable"

"""The state comes back as it was, the persistent maps and stacks in it included."""

import msgspec
import pytest
from hypothesis import given, settings
from msgspec import UNSET

from tests.codec.drawing import structs
from treadle.codec.packing import PLAIN_BYTES_MAX
from treadle.codec.snapshots import decode_snapshot, encode_snapshot
from treadle.model.errors import Corrupt
from treadle.model.execution import (
    Activity,
    Compensation,
    CompensationStatus,
    DefinitionRef,
    Execution,
    Frame,
    Phase,
    Visit,
)
from treadle.model.ids import ActivityId, Digest, ExecutionId, FrameId, Instant, Namespace, NodeId, Path
from treadle.model.persistent import SMALL_MAX, PersistentMap, PersistentStack, put
from treadle.model.requests import HandlerRequest, HttpRequest


def execution(**changes: object) -> Execution:
    plain = Execution(
        id=ExecutionId("e"),
        namespace=Namespace("default"),
        definition=DefinitionRef(name="checkout", version="1", digest=Digest("sha256:1")),
        semantics=1,
        version=3,
        created_at=Instant(1),
        updated_at=Instant(2),
    )
    return msgspec.structs.replace(plain, **changes)


def visit(name: str, **changes: object) -> Visit:
    plain = Visit(path=Path(name), node=NodeId(name), kind="task", started_at=Instant(1))
    return msgspec.structs.replace(plain, **changes)


@settings(max_examples=60, deadline=None)
@given(structs(Execution))
def test_any_state_comes_back(state: Execution) -> None:
    assert decode_snapshot(encode_snapshot(state)) == state


def test_frames_keep_their_number_activity_and_armed_list() -> None:
    activity = Activity(
        id=ActivityId(7),
        key="e/оплата",
        request=HttpRequest(url="http://pay", body={"ключ": None}),
        timeout_ms=10,
        number=2,
    )
    armed = PersistentStack([Path("second"), Path("first")])
    frame = Frame(id=FrameId(12), phase=Phase.BUSY, activity=activity, armed=armed)
    state = execution(frames={FrameId(1): Frame(id=FrameId(1)), FrameId(12): frame})
    decoded = decode_snapshot(encode_snapshot(state))
    assert decoded == state
    assert decoded.frames[FrameId(12)].armed.top == "second"


def test_unset_and_null_outputs_stay_apart() -> None:
    visits = {"none": visit("none", output=None), "unset": visit("unset")}
    decoded = decode_snapshot(encode_snapshot(execution(visits=visits, output=None)))
    assert decoded.output is None
    assert decoded.visits["none"].output is None
    assert decoded.visits["unset"].output is UNSET
    assert decode_snapshot(encode_snapshot(execution())).output is UNSET


def test_compensations_come_back() -> None:
    undo = Compensation(
        path=Path("a~2"),
        node=NodeId("a"),
        seq=4,
        status=CompensationStatus.ARMED,
        request=HandlerRequest(name="undo", input=None),
    )
    state = execution(compensations={undo.path: undo})
    assert decode_snapshot(encode_snapshot(state)) == state


@pytest.mark.parametrize("size", [SMALL_MAX, SMALL_MAX + 1])
def test_maps_small_and_large_come_back(size: int) -> None:
    names = [f"node-{index}" for index in range(size)]
    visits: PersistentMap[str, Visit] = {}
    for name in names:
        visits = put(visits, name, visit(name))
    state = execution(visits=visits)
    assert decode_snapshot(encode_snapshot(state)) == state


def test_the_order_of_keys_in_a_payload_is_kept() -> None:
    decoded = decode_snapshot(encode_snapshot(execution(input={"z": 1, "a": 2})))
    assert list(decoded.input) == ["z", "a"]


def test_large_state_is_compressed_and_comes_back() -> None:
    state = execution(input="long " * PLAIN_BYTES_MAX)
    data = encode_snapshot(state)
    assert len(data) < PLAIN_BYTES_MAX
    assert decode_snapshot(data) == state


def test_unknown_schema_is_refused_with_its_number() -> None:
    with pytest.raises(Corrupt, match="schema 9") as raised:
        decode_snapshot(b'{"schema":9,"execution":{}}')
    assert raised.value.code == "unknown_schema"


@pytest.mark.parametrize("frames", [b'{"x":{"id":1}}', b'{"1":{}}', b"[]"])
def test_damaged_frames_are_refused(frames: bytes) -> None:
    data = encode_snapshot(execution()).replace(b'"frames":{}', b'"frames":' + frames)
    with pytest.raises(Corrupt) as raised:
        decode_snapshot(data)
    assert raised.value.code == "bad_payload"


def test_what_is_no_json_value_is_refused() -> None:
    with pytest.raises(Corrupt) as raised:
        encode_snapshot(execution(input={"a": object()}))
    assert raised.value.code == "unencodable"

"""Names of visits and keys, instants as text, errors by whose fault they are."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.model.errors import Corrupt, Fault, Rejected, TreadleError, Unavailable
from treadle.model.ids import (
    IDEMPOTENCY_KEY_CHARS_MAX,
    ExecutionId,
    Instant,
    NodeId,
    Path,
    forward_key,
    hook_key,
    node_of,
    undo_key,
    visit_path,
)
from treadle.model.instants import format_instant


@pytest.mark.parametrize(
    ("suffix", "number", "path"),
    [("", 1, "charge"), ("[3]", 1, "charge[3]"), ("[3]", 2, "charge[3]~2"), ("", 10, "charge~10")],
)
def test_a_visit_is_named_by_its_node_its_iteration_and_its_number(
    suffix: str, number: int, path: str
) -> None:
    assert visit_path(NodeId("charge"), suffix, number) == path


@pytest.mark.parametrize("path", ["charge", "charge[3]", "charge[3][0]~2", "charge~10"])
def test_the_node_of_a_visit_is_what_its_name_begins_with(path: str) -> None:
    assert node_of(Path(path)) == "charge"


def test_the_keys_of_a_visit_its_undo_and_a_hook() -> None:
    execution = ExecutionId("x")
    assert forward_key(execution, Path("charge[3]~2")) == "x/charge[3]~2"
    assert undo_key(execution, Path("charge[3]~2")) == "x/charge[3]~2/undo"
    assert hook_key(execution, "on_cancel", 2) == "x/$on_cancel/2"


def test_the_longest_key_of_one_visit_fits_its_bound() -> None:
    longest = undo_key(ExecutionId("0" * 36), visit_path(NodeId("n" * 64), "[9999]" * 16, 9_999))
    assert len(longest) <= IDEMPOTENCY_KEY_CHARS_MAX


@given(st.integers(-(10**13), 3 * 10**13))
def test_an_instant_as_text_is_what_the_calendar_says(ms: int) -> None:
    utc = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(milliseconds=ms)
    assert format_instant(Instant(ms)) == utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ],
)
def test_leap_days_and_the_time_before_1970(at: int, text: str) -> None:
    assert format_instant(Instant(at)) == text


def test_an_error_says_its_code_and_what_to_do() -> None:
    fault = Fault(pointer="/steps/0", code="unknown_kind", message="there is no kind")
    rejected = Rejected("invalid_definition", "1 fault", (fault,))
    assert (rejected.code, rejected.errors, str(rejected)) == (
        "invalid_definition",
        (fault,),
        "invalid_definition: 1 fault",
    )
    assert Unavailable("busy", "later").retry_after_s == 1
    assert all(issubclass(kind, TreadleError) for kind in (Rejected, Unavailable, Corrupt))

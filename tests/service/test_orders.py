"""What callers and people write, read."""

import msgspec
import pytest

from treadle.model.commands import Resolution, ResolveOutcome, WakeExecution
from treadle.model.errors import Rejected
from treadle.model.ids import Path
from treadle.model.json import Json
from treadle.service.act_orders import ResolveOrder, WakeOrder
from treadle.service.acts import EXECUTION_ACTS
from treadle.service.orders import (
    BusinessKeyPolicy,
    StartOrder,
    read_business_key_policy,
    read_deadline,
)


def test_a_deadline_is_an_instant_or_a_duration() -> None:
    assert read_deadline(None) == (None, None)
    assert read_deadline("2027-01-15T08:00:00Z") == (1_800_000_000_000, None)
    assert read_deadline("15m") == (None, 900_000)
    assert read_deadline("PT1M30S") == (None, 90_000)


@pytest.mark.parametrize("text", ["", "soon", "15", "2027-01-15", "2027-02-30T00:00:00Z", "99999999d"])
def test_what_is_neither_is_refused_with_both_forms(text: str) -> None:
    with pytest.raises(Rejected, match=r"RFC 3339.*(a duration)") as refused:
        read_deadline(text)
    assert (refused.value.code, refused.value.errors[0].pointer) == ("malformed_request", "/deadline")


def test_a_policy_asks_for_a_business_key() -> None:
    order = StartOrder(definition="saga", business_key_policy=BusinessKeyPolicy.RETURN)
    with pytest.raises(Rejected) as refused:
        read_business_key_policy(order)
    assert refused.value.errors[0].pointer == "/business_key_policy"
    keyed = msgspec.structs.replace(order, business_key="order-7")
    assert read_business_key_policy(keyed) is BusinessKeyPolicy.RETURN
    assert read_business_key_policy(StartOrder(definition="saga")) is BusinessKeyPolicy.ALLOW


@pytest.mark.parametrize("act", EXECUTION_ACTS)
def test_an_act_carries_who_and_why(act: str) -> None:
    kind = EXECUTION_ACTS[act]
    said = {"outcome": "done"} if kind.order is ResolveOrder else {}
    for reason, expected in (("by hand", "by hand"), ("  ", None), (None, None)):
        order = msgspec.convert({**said, "reason": reason}, kind.order)
        command = msgspec.to_builtins(kind.command(order, "dev"))
        kept = "operator" if act == "pause" and expected is None else expected
        assert (command["actor"], command["reason"]) == ("dev", kept)


def test_a_wake_and_a_resolution_name_their_visit() -> None:
    woken = EXECUTION_ACTS["wake"].command(WakeOrder(path=Path("nap[3]~2")), "dev")
    assert isinstance(woken, WakeExecution)
    assert woken.path == "nap[3]~2"
    order = ResolveOrder(outcome=Resolution.DONE, output=None, path=Path("pay"))
    resolved = EXECUTION_ACTS["resolve"].command(order, "dev")
    assert isinstance(resolved, ResolveOutcome)
    assert (resolved.path, resolved.outcome, resolved.output) == ("pay", Resolution.DONE, None)


@pytest.mark.parametrize("output", [None, 0, {"id": 7}])
def test_what_was_not_done_has_no_output(output: Json) -> None:
    order = ResolveOrder(outcome=Resolution.NOT_DONE, output=output)
    with pytest.raises(Rejected) as refused:
        EXECUTION_ACTS["resolve"].command(order, "dev")
    assert (refused.value.code, refused.value.errors[0].pointer) == ("malformed_request", "/output")

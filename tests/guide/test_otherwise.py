"""What the pages say in words alone, because a reader would have to wait for it."""

import json
from pathlib import Path

import pytest

from tests.guide.pages import commands
from tests.guide.playing import Player, playing
from treadle.model.json import Json

pytestmark = pytest.mark.anyio


async def registered(player: Player, page: str, *changes: tuple[str, str]) -> None:
    """Register the first document of a page, with each first of `changes` replaced by its second."""
    command = next(command for command in commands(page) if "--data-binary" in command.words)
    reply = await player.sent(player.request(command, *changes))
    assert reply.status == 201, reply.text


async def ended(player: Player, definition: str, given: Json) -> Json:
    """An execution with that input, once it has ended."""
    told = await player.asked("POST", "/v1/executions", {"definition": definition, "input": given}, wait=True)
    assert told["ended_at"] is not None, told
    return told


async def test_a_purchase_that_nobody_decides_lapses(tmp_path: Path) -> None:
    async with playing(tmp_path) as player:
        await registered(player, "approval", ("timeout: 3d", "timeout: 50ms"))
        told = await ended(player, "purchase", {"what": "a loom", "price": 900})
        assert (told["status"], told["failure"]["code"]) == ("failed", "lapsed")
        assert told["nodes"]["decision"]["output"] == {"timed_out": True}


async def test_without_on_timeout_a_wait_fails(tmp_path: Path) -> None:
    async with playing(tmp_path) as player:
        await registered(
            player, "approval", ("timeout: 3d", "timeout: 50ms"), ("    on_timeout: continue\n", "")
        )
        told = await ended(player, "purchase", {"what": "a loom", "price": 900})
        assert (told["failure"]["kind"], told["failure"]["code"]) == ("timeout", "wait_timeout")


async def test_a_payment_that_is_never_answered_is_sent_again_under_its_key(tmp_path: Path) -> None:
    async with playing(tmp_path) as player:
        await registered(player, "callback", ("timeout: 15m", "timeout: 50ms"))
        told = await ended(player, "payment", {"order": "order-1", "amount": 1})
        assert [attempt["outcome"] for attempt in told["nodes"]["pay"]["attempts"]] == ["unknown"] * 3
        calls = [call for call in player.calls if call.path == "/payments"]
        assert {call.key for call in calls} == {f"{told['id']}/pay"}
        assert [call.attempt for call in calls] == [1, 2, 3]
        assert (told["status"], told["failure"]["code"]) == ("failed", "callback_timeout")
        assert [each["status"] for each in told["compensations"]] == ["completed"]


async def test_a_deposit_that_the_probe_says_was_not_made_is_made_again(tmp_path: Path) -> None:
    async with playing(tmp_path) as player:
        await registered(player, "failures")
        told = await ended(player, "transfer", {"from": "ada", "to": "dropped", "amount": 5})
        assert (told["status"], told["output"]) == ("completed", {"deposit": "to-dropped"})
        assert told["nodes"]["deposit"]["attempt"] == 2


async def test_an_undo_names_the_key_of_what_it_undoes(tmp_path: Path) -> None:
    async with playing(tmp_path) as player:
        await registered(player, "saga")
        told = await ended(player, "trip", {"traveller": "ada@example.com", "to": "Venice"})
        undone = {call.path: call for call in player.calls if call.compensates is not None}
        assert set(undone) == {"/flights/cancel", "/hotels/cancel"}
        for node, path in (("flight", "/flights/cancel"), ("hotel", "/hotels/cancel")):
            assert undone[path].compensates == f"{told['id']}/{node}"
            assert undone[path].body == {"key": f"{told['id']}/{node}"}
        assert json.dumps(told["failure"]).count("409") == 2


async def test_a_race_in_which_all_fail_fails_with_one_of_their_failures(tmp_path: Path) -> None:
    nobody = 'kind: task, http: { method: POST, url: "http://127.0.0.1:9000/nobody" }'
    async with playing(tmp_path) as player:
        calls = (('couriers/swift"', 'nobody/swift"'), ('couriers/steady"', 'nobody/steady"'))
        await registered(player, "race", *calls, ("kind: sleep, for: 10m", nobody))
        told = await ended(player, "delivery", {"parcel": "parcel-1"})
        assert (told["status"], told["failure"]["code"]) == ("failed", "http_404")
        assert {told["nodes"][node]["status"] for node in ("ask_swift", "ask_steady", "patience")} == {
            "failed"
        }


async def test_a_cancelled_execution_is_undone(tmp_path: Path) -> None:
    async with playing(tmp_path) as player:
        await registered(player, "callback")
        body = {"definition": "payment", "input": {"order": "order-1", "amount": 1}}
        execution = (await player.asked("POST", "/v1/executions", body))["id"]
        await player.asked("POST", f"/v1/executions/{execution}/cancel", {"reason": "changed our mind"})
        told = await player.asked("POST", "/v1/executions", body, wait=True)
        assert told["id"] == execution
        assert told["status"] == "cancelled"
        assert {each["status"] for each in told["compensations"]} <= {"completed", "registered"}

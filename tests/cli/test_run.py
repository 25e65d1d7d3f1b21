"""`treadle run` with all that a start may say."""

import json
from pathlib import Path

import pytest

from tests.cli.asking import WAITING, Console, asked, task, written

pytestmark = pytest.mark.slow
ID = "0192f0c1-7a1e-7c3b-8f00-1b2c3d4e5f60"


def test_a_start_says_all_that_it_may(console: Console, tmp_path: Path) -> None:
    said = ("--id", ID.upper(), "--business-key", "order 7", "--business-key-policy", "reject")
    said += ("--label", "team:blue", "--label", "at:10:30", "--priority", "-7", "--deadline", "2h")
    file = written(tmp_path, "full", WAITING)
    started = console.json("run", file, *said, "--start-at", "2026-01-01T00:00:00Z")
    assert started["id"] == ID
    execution = console.json("executions", "show", ID)
    assert (execution["business_key"], execution["priority"]) == ("order 7", -7)
    assert execution["labels"] == {"team": "blue", "at": "10:30"}
    history = console.json("executions", "history", ID, "--limit", "1")
    assert history["items"][0]["data"]["deadline_ms"] == 7_200_000
    assert history["items"][0]["data"]["start_at"] == "2026-01-01T00:00:00.000Z"
    assert console("run", file, "--id", ID).exit_code == 4
    second = console("run", file, "--business-key", "order 7", "--business-key-policy", "reject")
    assert (second.exit_code, "(business_key_running)" in second.stderr) == (4, True)
    same = console.done("run", file, "--business-key", "order 7", "--business-key-policy", "return")
    assert same == f"{ID}\n"


def test_the_same_key_is_the_same_start(console: Console, tmp_path: Path) -> None:
    file = written(tmp_path, "keyed", task("a"))
    first = console.done("run", file, "--idempotency-key", "k1")
    assert console.done("run", file, "--idempotency-key", "k1", "--wait") == first
    other = console("run", file, "--idempotency-key", "k1", "--input", "1")
    assert (other.exit_code, "(idempotency_mismatch)" in other.stderr) == (4, True)


def test_the_input_is_sent_as_it_is_written(console: Console, tmp_path: Path) -> None:
    file = written(tmp_path, "verbatim", task("a", handler={"name": "echo", "input": "{{ input }}"}))
    value = '{"text": "ünï \\u0000 x", "n": 9007199254740993, "list": [1.5, null]}'
    for stdin, argument in ((value, "@-"), ("", value)):
        ended = console("run", file, "--wait", "--output", "json", "--input", argument, stdin=stdin)
        assert json.loads(ended.stdout)["output"] == json.loads(value)


def test_a_wait_ends_when_a_person_has_to_decide(console: Console, tmp_path: Path) -> None:
    undone = task("a", compensate={"handler": "refuse", "retry": {"max_attempts": 1}})
    ended = console("run", written(tmp_path, "stuck", undone, task("b", "refuse")), "--wait")
    assert ended.exit_code == 1
    assert "stuck: compensation_exhausted; failed at b: no_stock: nothing left" in ended.stderr


def test_a_wait_for_a_key_whose_execution_was_retried_waits_for_the_last_run(
    console: Console, tmp_path: Path
) -> None:
    file = written(tmp_path, "again", task("a", "refuse"))
    ended = console("run", file, "--idempotency-key", "k2", "--wait")
    execution_id = ended.stdout.strip()
    console.done("executions", "retry", execution_id)
    console.until(execution_id, "failed")
    again = console("run", file, "--idempotency-key", "k2", "--wait", "--output", "json")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["run"] == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--label", "team"), "--label is written NAME:VALUE"),
        (("--label", "a:1", "--label", "a:2"), "--label is written NAME:VALUE"),
        (("--priority", "101"), "--priority"),
        (("--business-key-policy", "maybe"), "--business-key-policy"),
        (("--reconnect", "-1"), "--reconnect"),
        (("--input", "{'a': 1}"), "--input is no JSON"),
        (("--input", "[" * 100_000), "--input is no JSON"),
        (("--input", '"' + "x" * 1_048_576 + '"'), "--input has more than 1,048,576 bytes"),
    ],
)
def test_wrong_usage_asks_no_server(arguments: tuple[str, ...], told: str) -> None:
    result = asked("run", "saga", *arguments, env={"TREADLE_URL": "http://127.0.0.1:1"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_what_only_the_server_knows_to_be_wrong_is_refused_with_its_place(
    console: Console, tmp_path: Path
) -> None:
    file = written(tmp_path, "wrong", task("a"))
    for option, place in (("--id", "/id"), ("--start-at", "/start_at"), ("--deadline", "/deadline")):
        refused = console("run", file, option, "soon")
        assert (refused.exit_code, refused.stdout) == (4, "")
        assert f"  {place}: " in refused.stderr


def test_what_is_no_text_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "half.json"
    path.write_text('{"name": "\\ud800", "version": "1", "steps": []}')
    for arguments in (
        ("run", str(path)),
        ("definitions", "put", str(path)),
        ("executions", "pause", "\udce4"),
    ):
        result = asked(*arguments, "--reason", "\udce4") if "pause" in arguments else asked(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "surrogate" in result.stderr


def test_in_json_the_id_is_told_before_the_end(console: Console, tmp_path: Path) -> None:
    ended = console("run", written(tmp_path, "told", task("a")), "--wait", "--output", "json")
    assert ended.stderr == f"started {json.loads(ended.stdout)['id']}\n"

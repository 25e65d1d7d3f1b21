"""The command line against a real server, by its exit codes and what it prints."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from tests.cli.processes import Dev, Ended, dev, treadle
from treadle.config.version import VERSION

pytestmark = pytest.mark.slow
SAGA = """
name: saga
version: "1"
input_schema: {type: object}
steps:
  - {id: reserve, kind: task, handler: echo, compensate: {handler: echo}}
  - {id: pay, kind: task, handler: HANDLER}
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    with dev(tmp_path_factory.mktemp("dev")) as made:
        yield made


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "saga.yaml"
    path.write_text(SAGA.replace("HANDLER", "echo"))
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "failing.yaml"
    path.write_text(SAGA.replace("HANDLER", "refuse"))
    return path


def asked(running: Dev, *arguments: str) -> Ended:
    return treadle(*arguments, "--url", running.url)


def test_a_document_is_run_to_its_end(running: Dev, good: Path) -> None:
    ended = asked(running, "run", str(good), "--input", '{"n": 1}', "--wait")
    assert (ended.code, ended.err) == (0, "")
    shown = asked(running, "executions", "show", ended.out.strip(), "--output", "json")
    execution = json.loads(shown.out)
    assert (execution["status"], execution["output"]) == ("completed", {"n": 1})


def test_a_run_that_fails_says_why_and_ends_with_1(running: Dev, bad: Path, tmp_path: Path) -> None:
    (tmp_path / "input.json").write_text('{"n": 2}')
    ended = asked(running, "run", str(bad), "--input", f"@{tmp_path / 'input.json'}", "--wait")
    assert ended.code == 1
    assert "failed at pay: no_stock: nothing left" in ended.err
    execution_id = ended.out.strip()
    shown = asked(running, "executions", "show", execution_id)
    assert shown.code == 0
    for word in (execution_id, "saga@1", "failed", "no_stock", "completed", '{"n":2}'):
        assert word in shown.out
    history = asked(running, "executions", "history", execution_id)
    assert history.out.index("ExecutionStarted") < history.out.index("ExecutionFailed")
    listed = asked(running, "executions", "list", "--status", "failed", "--output", "json")
    assert execution_id in {row["id"] for row in json.loads(listed.out)["items"]}


def test_without_a_wait_the_id_is_all_that_is_told(running: Dev, good: Path) -> None:
    ended = asked(running, "run", str(good))
    assert (ended.code, len(ended.out.strip())) == (0, 36)
    as_json = asked(running, "run", str(good), "--wait", "--output", "json")
    assert json.loads(as_json.out)["status"] == "completed"


def test_lists_go_on_and_histories_too(running: Dev, good: Path) -> None:
    for _ in range(2):
        assert asked(running, "run", str(good), "--wait").code == 0
    first = asked(running, "executions", "list", "--limit", "1")
    cursor = first.err.removeprefix("more: --cursor ").strip()
    second = asked(running, "executions", "list", "--limit", "1", "--cursor", cursor)
    assert second.code == 0
    assert first.out.splitlines()[2:] != second.out.splitlines()[2:]


def test_what_the_server_refuses_is_told_with_its_places_and_ends_with_4(
    running: Dev, good: Path, tmp_path: Path
) -> None:
    assert asked(running, "run", "nothing@7").code == 4
    wrong_input = asked(running, "run", str(good), "--input", "7")
    assert wrong_input.code == 4
    assert "/input" in wrong_input.err
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(SAGA.replace("kind: task", "kind: tsak"))
    refused = asked(running, "run", str(faulty))
    assert refused.code == 4
    assert "/definition/document/steps/0/kind" in refused.err
    assert asked(running, "executions", "show", "nope").code == 4
    assert asked(running, "executions", "list", "--cursor", "x.y").code == 4


def test_a_document_that_cannot_be_read_ends_with_1(running: Dev, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [")
    ended = asked(running, "run", str(broken))
    assert ended.code == 1
    assert "line" in ended.err


def test_the_environment_names_the_server(running: Dev, good: Path) -> None:
    env = {"TREADLE_URL": running.url, "TREADLE_OUTPUT": "json"}
    assert json.loads(treadle("executions", "list", env=env).out)["items"] is not None


@pytest.mark.parametrize(
    ("arguments", "env", "told"),
    [
        (("exections",), {}, "did you mean 'executions'?"),
        (("executions", "shwo"), {}, "did you mean 'show'?"),
        (("run", "--inptu", "{}"), {}, "--input"),
        (("run", "saga", "--input", "{"), {}, "--input is no JSON"),
        (("run", "saga", "--input", "@/no/such/file"), {}, "cannot read"),
        (("run", "no-such.yaml"), {}, "cannot read no-such.yaml"),
        (("run", "saga", "--url", "localhost"), {}, "not the URL of a server"),
        (("executions", "list", "--limit", "501"), {}, "--limit"),
        (("version",), {"TREADLE_PROT": "1"}, "did you mean TREADLE_PORT?"),
        (("dev", "--host", "0.0.0.0"), {}, "loopback only"),
        (("dev", "--port", "x"), {}, "--port is 'x'"),
        (("dev", "--store", "x"), {}, "--store: 'x' is no URL"),
        (("dev", "--app", "no_such_module:registry"), {}, "there is no module 'no_such_module'"),
        (("verify", "--store", "nothing"), {}, "--store"),
    ],
)
def test_wrong_usage_is_told_and_ends_with_2(
    arguments: tuple[str, ...], env: dict[str, str], told: str, tmp_path: Path
) -> None:
    ended = treadle(*arguments, cwd=tmp_path, env=env)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_a_server_or_store_that_is_not_there_ends_with_3(running: Dev, tmp_path: Path) -> None:
    assert treadle("executions", "list", "--url", "http://127.0.0.1:1").code == 3
    missing = treadle("verify", "--store", f"sqlite:///{tmp_path / 'none.db'}")
    assert missing.code == 3
    assert not (tmp_path / "none.db").exists()
    assert treadle("verify", "--store", "memory:").code == 3


def test_a_store_has_one_server(tmp_path: Path) -> None:
    with dev(tmp_path) as first:
        second = treadle("dev", "--port", "0", cwd=tmp_path)
        assert second.code == 3
        assert first.stop().code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_server_says_when_it_is_ready_and_stops_when_asked(tmp_path: Path, number: signal.Signals) -> None:
    with dev(tmp_path) as running:
        assert running.url.startswith("http://127.0.0.1:")
        ended = running.stop(number)
    assert (ended.code, ended.out) == (0, "")
    for line in ended.err.splitlines():
        assert json.loads(line)["level"] == "info"


def test_a_server_stops_although_a_handler_will_not_be_cancelled(tmp_path: Path) -> None:
    document = tmp_path / "stubborn.json"
    node = {"id": "a", "kind": "task", "handler": "stubborn", "timeout": "50ms", "retry": {"max_attempts": 1}}
    document.write_text(json.dumps({"name": "stubborn", "version": "1", "steps": [node]}))
    with dev(tmp_path) as running:
        assert asked(running, "run", str(document), "--wait").code == 1
        ended = running.stop()
    assert ended.code == 0
    assert "handlers left behind" in ended.err


def test_a_store_is_verified_beside_its_server_and_damage_is_found(tmp_path: Path, good: Path) -> None:
    store = f"sqlite:///{tmp_path / 'treadle.db'}"
    with dev(tmp_path) as running:
        execution_id = asked(running, "run", str(good), "--wait").out.strip()
        beside = treadle("verify", "--store", store)
        assert beside.code == 0
        assert beside.out.startswith("1 executions, ")
        assert beside.out.endswith(" 0 findings\n")
        assert running.stop().code == 0
    assert treadle("verify", "--store", store, "--output", "json").code == 0
    damage(tmp_path / "treadle.db")
    after = treadle("verify", "--store", store)
    assert after.code == 1
    assert f"{execution_id} seq 1 broken_chain" in after.out
    found = json.loads(treadle("verify", "--store", store, "--output", "json").out)
    assert {finding["execution_id"] for finding in found["findings"]} == {execution_id}


def damage(store: Path) -> None:
    """Change the time of the first row of a history, where only its digest can tell."""
    connection = apsw.Connection(str(store))
    connection.execute("UPDATE history SET at = at + 1 WHERE first_seq = 1")
    connection.close()


def test_the_version_is_told() -> None:
    assert treadle("version").out.strip() == VERSION

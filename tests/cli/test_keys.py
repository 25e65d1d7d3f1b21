"""`treadle keys` and `treadle server`, as processes."""

import json
from pathlib import Path

import pytest

from tests.cli.processes import dev, treadle

pytestmark = pytest.mark.slow


def test_a_key_is_printed_once_and_opens_a_server(tmp_path: Path) -> None:
    made = treadle("keys", "create", "ops", "--scope", "run,operate", cwd=tmp_path)
    key = made.out.strip()
    assert (made.code, made.err, made.out) == (0, "", f"{key}\n")
    again = treadle("keys", "create", "ops", "--scope", "read", cwd=tmp_path)
    assert (again.code, again.out) == (1, "")
    assert "take another name" in again.err
    with dev(tmp_path, command="server") as server:
        url = ("--url", server.url)
        assert treadle("executions", "list", *url).code == 4
        assert treadle("executions", "list", *url, "--api-key", key).code == 0
        assert treadle("executions", "list", *url, env={"TREADLE_API_KEY": key}).code == 0
        beside = treadle("keys", "create", "ci", "--scope", "read", "--namespace", "shop", cwd=tmp_path)
        assert beside.code == 0
        listed = treadle("keys", "list", "--output", "json", cwd=tmp_path)
        told = [(one["name"], one["namespace"], one["scopes"]) for one in json.loads(listed.out)]
        assert told == [("ci", "shop", ["read"]), ("ops", "default", ["operate", "run"])]
        assert key not in listed.out + treadle("keys", "list", cwd=tmp_path).out
        assert treadle("keys", "revoke", "ops", cwd=tmp_path).code == 0
        assert treadle("keys", "revoke", "ops", cwd=tmp_path).code == 1
        revoked = treadle("executions", "list", *url, "--api-key", key)
        while revoked.code == 0:
            revoked = treadle("executions", "list", *url, "--api-key", key)
        assert revoked.code == 4
    assert key.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("treadle.db*"))


def test_a_server_takes_keys_from_the_environment(tmp_path: Path) -> None:
    with dev(tmp_path, command="server", TREADLE_API_KEYS="ci:default:read:s3cret") as server:
        url = ("--url", server.url)
        assert treadle("executions", "list", *url, "--api-key", "s3cret").code == 0


@pytest.mark.parametrize(
    ("arguments", "env", "told"),
    [
        (("server", "--port", "0"), {}, "there is no key"),
        (("server", "--port", "0"), {"TREADLE_API_KEYS": "ci:default:read"}, "TREADLE_API_KEYS: key 1"),
        (("server", "--port", "0", "--egress-allow", "10.0.0.1/8"), {}, "--egress-allow"),
        (("keys", "create", "x"), {}, "--scope"),
        (("keys", "create", "x", "--scope", "all"), {}, "'all' is no scope"),
        (("keys", "create", "engine", "--scope", "read"), {}, "take another name"),
        (("keys", "create", "x", "--scope", "read", "--namespace", "a b"), {}, "is no namespace"),
        (("keys", "make", "x"), {}, "did you mean"),
    ],
)
def test_wrong_usage_ends_with_2(
    tmp_path: Path, arguments: tuple[str, ...], env: dict[str, str], told: str
) -> None:
    ended = treadle(*arguments, cwd=tmp_path, env=env)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


def test_keys_of_a_memory_store_cannot_be_made(tmp_path: Path) -> None:
    ended = treadle("keys", "list", "--store", "memory:", cwd=tmp_path)
    assert (ended.code, ended.out) == (3, "")

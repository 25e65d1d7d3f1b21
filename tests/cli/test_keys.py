"""`treadle keys` and `treadle server`, as processes."""

import json
from pathlib import Path

import pytest

from tests.cli.processes import dev, treadle
from treadle.bootstrap.backends import open_key_rotation
from treadle.config.store_url import parse_store_url

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
        (("keys", "rotate-callback"), {}, "rotate-callbacks"),
    ],
)
def test_wrong_usage_ends_with_2(
    tmp_path: Path, arguments: tuple[str, ...], env: dict[str, str], told: str
) -> None:
    ended = treadle(*arguments, cwd=tmp_path, env=env)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


@pytest.mark.parametrize("command", ["list", "list-callbacks", "rotate-callbacks"])
def test_keys_of_a_memory_store_cannot_be_made(tmp_path: Path, command: str) -> None:
    ended = treadle("keys", command, "--store", "memory:", cwd=tmp_path)
    assert (ended.code, ended.out) == (3, "")


def test_keys_of_callbacks_are_rotated_and_told_without_their_secrets(tmp_path: Path) -> None:
    def listed() -> list[str]:
        told = json.loads(treadle("keys", "list-callbacks", "--output", "json", cwd=tmp_path).out)
        assert [set(one) for one in told] == [{"id", "created_at", "signs"}] * len(told)
        assert [one["signs"] for one in told] == [True, False][: len(told)]
        return [one["id"] for one in told]

    assert listed() == []
    for number in (1, 2):
        made = treadle("keys", "rotate-callbacks", cwd=tmp_path)
        assert (made.code, made.out) == (0, "")
        assert len(listed()) == number
    second, first = listed()
    assert made.err.splitlines() == [f"{second} signs from now on", f"{first} is still believed"]
    soon = treadle("keys", "rotate-callbacks", cwd=tmp_path)
    assert (soon.code, soon.out) == (1, "")
    assert "would be refused" in soon.err
    assert "--yes" in soon.err
    assert listed() == [second, first]
    forced = treadle("keys", "rotate-callbacks", "--yes", cwd=tmp_path)
    third, *others = listed()
    assert (forced.code, others) == (0, [second])
    assert forced.err.splitlines() == [
        f"{third} signs from now on",
        f"{second} is still believed",
        f"{first} is withdrawn",
    ]
    table = treadle("keys", "list-callbacks", cwd=tmp_path).out
    assert third in table
    assert second in table
    kept = open_key_rotation(parse_store_url(f"sqlite:///{tmp_path / 'treadle.db'}"))
    secrets = [repr(key.secret) for key in kept.all()]
    kept.close()
    assert not any(secret in table + soon.err + forced.err for secret in secrets)

"""`treadle config`: what is set, by whom, and nothing that is secret."""

import json
from pathlib import Path

import pytest

from tests.cli.asking import asked
from treadle.cli.commands.config import SECRET
from treadle.config.settings import Settings, variable
from treadle.model.json import Json

MARKS = ("key", "secret", "token", "password", "credential")
NO_SECRETS = {"secrets", "kept_signals_max"}
"""`secrets` is the name of a file."""


def lines(*arguments: str, **env: str) -> dict[str, Json]:
    result = asked("config", "--output", "json", *arguments, env=env)
    assert result.exit_code == 0, result.output
    return {line["name"]: line for line in json.loads(result.stdout)}


def test_every_setting_is_shown_with_its_default() -> None:
    found = lines()
    for name in Settings.__struct_fields__:
        assert found[name]["value"] == getattr(Settings(), name)
        assert (found[name]["source"], found[name]["variable"]) == ("default", variable(name))
    assert {"url", "api_key", "namespace", "output"} <= found.keys()
    table = asked("config").stdout
    assert all(variable(name) in table for name in found)


def test_an_option_goes_before_the_environment_and_both_are_named() -> None:
    found = lines(
        "--port", "1", TREADLE_PORT="2", TREADLE_HOST="::1", TREADLE_LIVE_MAX="7", TREADLE_URL="http://a"
    )
    assert (found["port"]["value"], found["port"]["source"]) == (1, "option")
    assert (found["host"]["value"], found["host"]["source"]) == ("::1", "environment")
    assert (found["live_max"]["value"], found["live_max"]["source"]) == (7, "environment")
    assert (found["url"]["value"], found["url"]["source"]) == ("http://a", "environment")
    assert found["output"]["source"] == "option"


def test_nothing_secret_is_shown(tmp_path: Path) -> None:
    held = tmp_path / "secrets.yaml"
    held.write_text("default: {pay: hidden-in-the-file}\n")
    env = {
        "TREADLE_API_KEYS": "ci:default:read:hidden-1",
        "TREADLE_API_KEY": "hidden-2",
        "TREADLE_SECRET_PAY": "hidden-3",
        "TREADLE_SECRETS": str(held),
    }
    for arguments in ((), ("--output", "json")):
        result = asked("config", *arguments, env=env)
        assert result.exit_code == 0
        assert "hidden" not in result.output
        assert str(held) in result.stdout
    found = lines(**env)
    assert found["api_keys"]["value"] == found["api_key"]["value"] == "***"
    assert (found["secrets.pay"]["value"], found["secrets.pay"]["source"]) == ("***", "environment")


def test_what_sounds_secret_is_masked() -> None:
    sounding = {name for name in Settings.__struct_fields__ if any(mark in name for mark in MARKS)}
    assert sounding - NO_SECRETS <= SECRET


@pytest.mark.parametrize(
    ("arguments", "env", "told"),
    [
        (("--port", "x"), {}, "--port is 'x'"),
        ((), {"TREADLE_PORT": "x"}, "TREADLE_PORT is 'x'"),
        ((), {"TREADLE_LIVE_MAX": "0"}, "TREADLE_LIVE_MAX"),
        ((), {"TREADLE_PROT": "1"}, "did you mean TREADLE_PORT?"),
        (("--url", "localhost"), {}, "not the URL of a server"),
        (("--url", "http://me:hidden@host"), {}, "credentials"),
    ],
)
def test_a_setting_that_is_wrong_is_named_as_it_was_written(
    arguments: tuple[str, ...], env: dict[str, str], told: str
) -> None:
    result = asked("config", *arguments, env=env)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert "hidden" not in result.stderr

"""Secrets of the environment and of a file."""

from pathlib import Path

import pytest

from treadle.config.secrets import FILE_BYTES_MAX, Secrets, SecretsError, variable_of


def test_the_environment_has_those_of_the_default_namespace() -> None:
    secrets = Secrets({"TREADLE_SECRET_STRIPE_KEY": "s3cret", "HOME": "/"})
    assert secrets.find("default", "stripe_key") == "s3cret"
    assert secrets.find("default", "stripe-key") == "s3cret"
    assert secrets.find("shop", "stripe_key") is None
    assert secrets.find("default", "other") is None


@pytest.mark.parametrize(
    ("name", "variable"),
    [("a", "TREADLE_SECRET_A"), ("Stripe-Key", "TREADLE_SECRET_STRIPE_KEY"), ("a.b", "TREADLE_SECRET_A_B")],
)
def test_a_name_is_in_upper_case_there(name: str, variable: str) -> None:
    assert variable_of(name) == variable


@pytest.mark.parametrize(
    "text", ['{"default": {"a": "file"}, "shop": {"b": "2"}}', "default: {a: file}\nshop:\n  b: '2'\n"]
)
def test_the_file_goes_before_the_environment(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets"
    path.write_text(text)
    secrets = Secrets({"TREADLE_SECRET_A": "environment", "TREADLE_SECRET_C": "3"}, path)
    assert secrets.find("default", "a") == "file"
    assert secrets.find("default", "c") == "3"
    assert (secrets.find("shop", "b"), secrets.find("shop", "a")) == ("2", None)


def test_the_file_is_read_again_and_what_stood_stands_if_it_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"default": {"a": "1"}}')
    secrets = Secrets({}, path)
    path.write_text('{"default": {"a": "2"}}')
    assert secrets.find("default", "a") == "1"
    secrets.take(secrets.read())
    assert secrets.find("default", "a") == "2"
    path.write_text('{"default": {"a": "hidden"')
    with pytest.raises(SecretsError):
        secrets.take(secrets.read())
    assert secrets.find("default", "a") == "2"
    path.write_text("")
    secrets.take(secrets.read())
    assert secrets.find("default", "a") is None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"[hidden]", "is written"),
        (b"default: hidden", "under 'default' there is no"),
        (b"default: {a: {b: hidden}}", "the secret 'a' of 'default' is no text"),
        (b"default: {a: 12345}", "the secret 'a' of 'default' is no text"),
        (b"default: {a: ''}", "the secret 'a' of 'default' is no text"),
        (b"default: {1: hidden}", "the name 1 is no text"),
        (b"1: {a: hidden}", "the name 1 is no text"),
        (b"default: {a: 'hidden", "neither JSON nor YAML"),
        (b"default: {a: !!int hidden}", "neither JSON nor YAML"),
        (b"default: {a: 2026-02-30}", "neither JSON nor YAML"),
        (b"default: {a: hidden, a: hidden}", "neither JSON nor YAML"),
        (b"\xff\xfe", "neither JSON nor YAML"),
        (b"#" * (FILE_BYTES_MAX + 1), "bytes"),
        (b"[" * 100_000, "neither JSON nor YAML"),
    ],
)
def test_what_is_no_file_of_secrets_is_told_without_them(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "secrets.yaml"
    path.write_bytes(data)
    with pytest.raises(SecretsError, match=told) as refused:
        Secrets({}, path)
    assert "hidden" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SecretsError, match="No such file"):
        Secrets({}, tmp_path / "none")
    assert repr(Secrets({"TREADLE_SECRET_A": "s3cret"})) == "Secrets(***)"

"""What requests are filled with that nobody may read: from the environment, and from a file."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

PREFIX: Final = "TREADLE_SECRET_"
DEFAULT_NAMESPACE: Final = "default"
FILE_BYTES_MAX: Final = 1_048_576
NOT_IN_NAMES: Final = re.compile(r"[^A-Z0-9_]")


class SecretsError(Exception):
    """The file cannot be used; the text says why and holds nothing of what is secret."""


class Secrets:
    """By namespace and name; what the file has goes before what the environment has."""

    def __init__(self, environ: Mapping[str, str], path: Path | None = None) -> None:
        """Read the file, if there is one.

        Raises:
            SecretsError: it cannot be read, or is not `{namespace: {name: value}}`.
        """
        self._environ = environ
        self._path = path
        self._of_file: Mapping[str, Mapping[str, str]] = {}
        of_environ = (value for name, value in sorted(environ.items()) if name.startswith(PREFIX))
        self._of_environ = tuple(of_environ)
        self._all: dict[str, tuple[str, ...]] = {DEFAULT_NAMESPACE: self._of_environ}
        self.take(self.read())

    def read(self) -> Mapping[str, Mapping[str, str]]:
        """What the file has now, to be taken over with `take`: it may be read in a thread.

        Raises:
            SecretsError: as when it was first read; what was taken over before stands.
        """
        return {} if self._path is None else read_secrets(self._path)

    def take(self, of_file: Mapping[str, Mapping[str, str]]) -> None:
        """Have these secrets from now on."""
        found = {namespace: tuple(held.values()) for namespace, held in of_file.items()}
        found[DEFAULT_NAMESPACE] = (*found.get(DEFAULT_NAMESPACE, ()), *self._of_environ)
        self._of_file, self._all = of_file, found

    def of(self, namespace: str) -> tuple[str, ...]:
        """All secrets that the namespace has."""
        return self._all.get(namespace, ())

    def find(self, namespace: str, name: str) -> str | None:
        """The secret, None if there is none of that name."""
        found = self._of_file.get(namespace, {}).get(name)
        if found is None and namespace == DEFAULT_NAMESPACE:
            return self._environ.get(variable_of(name))
        return found

    def __repr__(self) -> str:
        return "Secrets(***)"


def variable_of(name: str) -> str:
    """The name of a secret in the environment; what cannot stand there is `_`."""
    return PREFIX + NOT_IN_NAMES.sub("_", name.upper())


def read_secrets(path: Path) -> Mapping[str, Mapping[str, str]]:
    """The secrets of a file, JSON or YAML: `{namespace: {name: value}}`.

    Raises:
        SecretsError: it cannot be read, or is something else.
    """
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
        if len(data) > FILE_BYTES_MAX:
            raise SecretsError(f"{path} has more than {FILE_BYTES_MAX:,} bytes")
        tree = YAML(typ="safe", pure=True).load(data.decode("utf-8"))
    except OSError as error:
        raise SecretsError(f"{path} cannot be read: {error.strerror}") from error
    except (YAMLError, ValueError, KeyError, RecursionError):
        # What the parser says quotes the file; a tag or a date that is none is no YAMLError to it.
        raise SecretsError(f"{path} is neither JSON nor YAML") from None
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise SecretsError(f"{path} is written `{{namespace: {{name: value}}}}`")
    return {_text(path, namespace): _secrets_of(path, namespace, held) for namespace, held in tree.items()}


def _secrets_of(path: Path, namespace: object, held: object) -> Mapping[str, str]:
    if not isinstance(held, dict):
        raise SecretsError(f"{path}: under {namespace!r} there is no `{{name: value}}`")
    for name, value in held.items():
        if not isinstance(value, str) or not value:
            raise SecretsError(f"{path}: the secret {name!r} of {namespace!r} is no text: put it in quotes")
    return {_text(path, name): value for name, value in held.items()}


def _text(path: Path, key: object) -> str:
    if not isinstance(key, str):
        raise SecretsError(f"{path}: the name {key!r} is no text: put it in quotes")
    return key

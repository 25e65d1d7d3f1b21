"""`treadle keys`: who may ask a server that runs on the store, now or later."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import click
import msgspec

from treadle.bootstrap.backends import open_api_keys
from treadle.cli.failures import Failure, Unreachable
from treadle.cli.lazy_group import NearestGroup
from treadle.cli.option import option, output_option, setting
from treadle.cli.tables import console, table
from treadle.config.settings import SettingsError, read_settings
from treadle.model.api_keys import ApiKey
from treadle.model.errors import Corrupt, Unavailable
from treadle.model.ids import NAME, Namespace
from treadle.model.instants import format_instant
from treadle.ports.api_keys import ApiKeys
from treadle.runtime.clocks import SystemClock
from treadle.security.api_keys import SECRET_BYTES, check_name, digest_of, parse_scopes, written

store_option = setting("--store", help="Where the keys are kept.")


class KeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a key; the key itself is known to its owner only."""

    name: str
    namespace: Namespace
    scopes: tuple[str, ...]
    created_at: str
    revoked_at: str | None


@click.group(cls=NearestGroup)
def keys() -> None:
    """Keys of those who may ask a server; a server that runs takes notice within two seconds."""


@keys.command()
@click.argument("name")
@option("--scope", "scopes", required=True, metavar="S[,S]", help="read, run, operate, admin: at least one.")
@option("--namespace", default="default", help="The one that the key opens.")
@store_option
def create(name: str, scopes: str, namespace: str, store: str | None) -> None:
    """Make a key and print it, this once."""
    if NAME.fullmatch(namespace) is None:
        raise click.BadParameter(f"{namespace!r} is no namespace", param_hint="--namespace")
    text = written(secrets.token_bytes(SECRET_BYTES))
    try:
        check_name(name)
        key = ApiKey(
            name=name,
            namespace=Namespace(namespace),
            scopes=parse_scopes(scopes, ","),
            digest=digest_of(text),
            created_at=SystemClock().now(),
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with _opened(store) as kept:
        if not kept.add(key):
            raise Failure(f"there is, or was, a key called {name!r}: take another name")
    click.echo(text)


@keys.command("list")
@output_option
@store_option
def list_(output: str, store: str | None) -> None:
    """Every key, revoked or not."""
    with _opened(store) as kept:
        lines = [_line(key) for key in kept.all()]
    if output == "json":
        click.echo(msgspec.json.encode(lines).decode())
        return
    rows = [(one.name, one.namespace, ",".join(one.scopes), one.created_at, one.revoked_at) for one in lines]
    console().print(table(("name", "namespace", "scopes", "created", "revoked"), rows))


@keys.command()
@click.argument("name")
@store_option
def revoke(name: str, store: str | None) -> None:
    """Have a key known no more; its name stays taken."""
    with _opened(store) as kept:
        if not kept.revoke(name, SystemClock().now()):
            raise Failure(f"there is no key called {name!r} that is good")
    click.echo(f"{name} is revoked", err=True)


@contextmanager
def _opened(store: str | None) -> Iterator[ApiKeys]:
    try:
        settings = read_settings({"store": store}, os.environ)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    try:
        kept = open_api_keys(settings.store_url)
        try:
            yield kept
        finally:
            kept.close()
    except Unavailable as error:
        raise Unreachable(f"the store {settings.store}: {error.message}") from error
    except Corrupt as error:
        raise Failure(f"the store {settings.store}: {error.message}") from error


def _line(key: ApiKey) -> KeyLine:
    return KeyLine(
        name=key.name,
        namespace=key.namespace,
        scopes=tuple(sorted(key.scopes)),
        created_at=format_instant(key.created_at),
        revoked_at=None if key.revoked_at is None else format_instant(key.revoked_at),
    )

"""`treadle keys`: who may ask a server that runs on the store, now or later, and what signs its callbacks."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
import msgspec

from treadle.bootstrap.backends import open_api_keys, open_key_rotation
from treadle.bootstrap.callbacks import draw_key
from treadle.cli.failures import Failure, Unreachable
from treadle.cli.lazy_group import NearestGroup
from treadle.cli.option import option, output_option, setting
from treadle.cli.tables import console, table
from treadle.config.settings import SettingsError, read_settings
from treadle.config.store_url import StoreUrl
from treadle.model.api_keys import ApiKey
from treadle.model.errors import Corrupt, Unavailable
from treadle.model.ids import NAME, Instant, Namespace
from treadle.model.instants import format_instant
from treadle.ports.api_keys import ApiKeys
from treadle.ports.key_rotation import KeyRotation
from treadle.runtime.clocks import SystemClock
from treadle.security.api_keys import SECRET_BYTES, check_name, digest_of, parse_scopes, written
from treadle.security.tokens import ROTATION_MS_MIN

store_option = setting("--store", help="Where the keys are kept.")


K = TypeVar("K", ApiKeys, KeyRotation)


class KeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a key; the key itself is known to its owner only."""

    name: str
    namespace: Namespace
    scopes: tuple[str, ...]
    created_at: str
    revoked_at: str | None


class CallbackKeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a key that signs callback tokens. `signs`: it is the newest; every one is believed."""

    id: str
    created_at: str
    signs: bool


@click.group(cls=NearestGroup)
def keys() -> None:
    """Keys of those who may ask a server, and of callbacks; one that runs takes notice within two seconds."""


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
    with _opened(store, open_api_keys) as kept:
        if not kept.add(key):
            raise Failure(f"there is, or was, a key called {name!r}: take another name")
    click.echo(text)


@keys.command("list")
@output_option
@store_option
def list_(output: str, store: str | None) -> None:
    """Every key, revoked or not."""
    with _opened(store, open_api_keys) as kept:
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
    with _opened(store, open_api_keys) as kept:
        if not kept.revoke(name, SystemClock().now()):
            raise Failure(f"there is no key called {name!r} that is good")
    click.echo(f"{name} is revoked", err=True)


@keys.command("list-callbacks")
@output_option
@store_option
def list_callbacks(output: str, store: str | None) -> None:
    """The keys that sign the tokens of callbacks, newest first."""
    with _opened(store, open_key_rotation) as kept:
        found = kept.all()
    lines = [
        CallbackKeyLine(id=key.id, created_at=format_instant(key.created_at), signs=key == found[0])
        for key in found
    ]
    if output == "json":
        click.echo(msgspec.json.encode(lines).decode())
        return
    rows = [(one.id, one.created_at, "signs" if one.signs else "is believed") for one in lines]
    console().print(table(("id", "created", "use"), rows))


@keys.command("rotate-callbacks")
@option("--yes", is_flag=True, help="Do it although answers may be owed under the key that is withdrawn.")
@store_option
def rotate_callbacks(yes: bool, store: str | None) -> None:
    """Have a new key sign the tokens of callbacks.

    Tokens of the key before it stay good, those of the one before that are refused from now on. A server
    that runs takes notice within two seconds.
    """
    now = SystemClock().now()
    made_until = None if yes else Instant(now - ROTATION_MS_MIN)
    with _opened(store, open_key_rotation) as kept:
        before = kept.all()
        is_made = kept.rotate(draw_key(now), made_until) is not None
        newest, *others = kept.all()
    if not is_made:
        again_at = format_instant(Instant(newest.created_at + ROTATION_MS_MIN))
        raise Failure(
            f"the key {newest.id} was made at {format_instant(newest.created_at)}: answers that services owe "
            f"under the key before it would be refused. Rotate from {again_at} on, or with --yes"
        )
    click.echo(f"{newest.id} signs from now on", err=True)
    for key in before:
        click.echo(f"{key.id} is {'still believed' if key in others else 'withdrawn'}", err=True)


@contextmanager
def _opened(store: str | None, opening: Callable[[StoreUrl], K]) -> Iterator[K]:
    try:
        settings = read_settings({"store": store}, os.environ)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    try:
        kept = opening(settings.store_url)
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

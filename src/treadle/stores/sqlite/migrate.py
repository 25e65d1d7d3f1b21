"""Brings the tables of a file to what this version of the code needs."""

import hashlib
from collections.abc import Mapping
from importlib import resources

import apsw
import msgspec

from treadle.model.errors import Corrupt, Unavailable
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.transactions import writing


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One file of `migrations/`; `name` begins with its number."""

    number: int
    name: str
    sha256: str
    text: str


def migrations() -> tuple[Migration, ...]:
    """All that this version knows, in order."""
    folder = resources.files("treadle.stores.sqlite").joinpath("migrations")
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".sql")}
    return tuple(
        Migration(
            number=int(name.partition("_")[0]),
            name=name.removesuffix(".sql"),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
        )
        for name, text in sorted(texts.items())
    )


def migrate(connection: apsw.Connection) -> None:
    """Apply what is missing, each file in a transaction of its own.

    Raises:
        Unavailable: `store_too_new`, a newer version of Treadle has changed the tables.
        Corrupt: `migration_changed`, a migration that was applied is not the one this version has.
    """
    statements = Statements()
    with writing(connection):
        connection.execute(statements["create_migrations"])
    for migration in migrations():
        with writing(connection):
            if migration.number not in _applied(connection, statements):
                list(connection.execute(migration.text))
                connection.execute(
                    statements["insert_migration"],
                    (migration.number, migration.name, migration.sha256),
                )
    check_version(connection)


def check_version(connection: apsw.Connection) -> None:
    """Raise as `migrate` does when the tables are not those of this version."""
    known = {migration.number: migration for migration in migrations()}
    applied = _applied(connection, Statements())
    newest = max(applied, default=0)
    if newest > max(known):
        raise Unavailable(
            "store_too_new",
            f"{connection.filename} was migrated to {applied[newest][0]} by a newer version of Treadle; "
            f"this one knows up to {known[max(known)].name}: use the newer version",
        )
    for number, migration in known.items():
        if number not in applied:
            raise Unavailable(
                "store_too_old",
                f"{connection.filename} lacks the migration {migration.name}: open it for writing once",
            )
        if applied[number][1] != migration.sha256:
            raise Corrupt(
                "migration_changed",
                f"{connection.filename} was migrated by another {migration.name} than this version has",
            )


def _applied(connection: apsw.Connection, statements: Statements) -> Mapping[int, tuple[str, str]]:
    rows = connection.execute(statements["list_migrations"])
    return {number: (name, sha256) for number, name, sha256 in rows}

"""Numbered migrations, applied once each however many processes try at once."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import peewee
from playhouse.migrations import MigrationError, Runner

from prost.db._connection import PostgresDatabase
from prost.db._connection import database as process_database
from prost.db._models import TimestampField
from prost.db._values import utcnow

__all__ = ["MigrationFailed", "migrate"]

#: Migrations of the tables that the SDK itself keeps in a service's database.
SDK_MIGRATIONS = Path(__file__).parent.parent / "migrations"
#: How long, in milliseconds, a migration waits for the tables that it changes.
LOCK_TIMEOUT_MS = 20_000

_ADVISORY_LOCK = int.from_bytes(hashlib.sha256(b"prost.migrate").digest()[:8], "big", signed=True)


class MigrationFailed(Exception):
    """The migrations cannot be applied as they are; the message says what to do."""


def migrate(folder: Path | str, database: PostgresDatabase | None = None) -> list[str]:
    """Apply what is new, the SDK's own tables first, and return the names of the migrations applied.

    `folder` holds `0001_name.py` files with `up(migrator, db)`, see `playhouse.migrations`. Each runs in a
    transaction of its own unless it says `atomic = False`. Runners take turns, so any number may be started
    at once. A folder that does not exist holds no migrations.

    Raises:
        MigrationFailed: an applied file was edited, or a file is not a migration.
    """
    db = process_database if database is None else database
    with db.connection_context():
        db.execute_sql("SET statement_timeout = 0")
        db.execute_sql("SET lock_timeout = 0")
        # The lock and the settings end with the session, even when this process is killed.
        db.execute_sql("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        db.execute_sql(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        try:
            return [
                *_Runner(db, SDK_MIGRATIONS, "prost_migrations").up(),
                *_Runner(db, Path(folder), "migrations").up(),
            ]
        except MigrationError as error:
            raise MigrationFailed(str(error)) from error


class _Runner(Runner):  # type: ignore[misc] # peewee has no types.
    """A runner that remembers what each file said when it was applied."""

    def __init__(self, database: PostgresDatabase, folder: Path, table: str) -> None:
        super().__init__(database, str(folder), table)
        self.checksums = {path.stem: _checksum(path) for path in folder.glob("[0-9]*.py")}
        self.History = _history(database, table, self.checksums)

    def up(self, target: str | None = None, fake: bool = False) -> list[str]:
        self._refuse_edited()
        return list(super().up(target, fake))

    def _refuse_edited(self) -> None:
        if not self.History.table_exists():
            return
        # A file that is gone belongs to a newer version of the service, which may be rolled back.
        edited = sorted(
            name
            for name, checksum in self.History.select(self.History.name, self.History.checksum).tuples()
            if checksum != self.checksums.get(name, checksum)
        )
        if edited:
            raise MigrationError(
                f"{', '.join(edited)} changed after being applied: "
                "put the file back as it was and write a new migration."
            )


def _history(database: PostgresDatabase, table: str, checksums: Mapping[str, str]) -> Any:
    class History(peewee.Model):
        name = peewee.TextField(primary_key=True)
        applied = TimestampField(default=utcnow)
        checksum = peewee.TextField()

        class Meta:
            table_name = table

        @classmethod
        def create(cls, **row: Any) -> Any:
            return super().create(**row, checksum=checksums[row["name"]])

    History.bind(database)
    return History


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

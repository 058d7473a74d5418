"""Answers in the very order in which they were given, which jsonb forgets."""

from prost.db import PostgresDatabase


def up(_migrator: object, db: PostgresDatabase) -> None:
    db.execute_sql("ALTER TABLE idempotency_keys ALTER COLUMN answer TYPE json")

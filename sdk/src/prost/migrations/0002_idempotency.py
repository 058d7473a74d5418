"""What was answered to requests that may come again."""

from prost.db import PostgresDatabase

_STATEMENTS = (
    """
    CREATE TABLE idempotency_keys (
        scope text NOT NULL,
        key text NOT NULL,
        request bytea NOT NULL,
        answer jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (scope, key)
    )
    """,
    "CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)",
)


def up(_migrator: object, db: PostgresDatabase) -> None:
    for statement in _STATEMENTS:
        db.execute_sql(statement)

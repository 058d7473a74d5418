"""Which memory of the broker has what was published: another one has forgotten it."""

from prost.db import PostgresDatabase


def up(_migrator: object, db: PostgresDatabase) -> None:
    db.execute_sql("""
        CREATE TABLE outbox_memory (
            id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
            memory text NOT NULL
        )
    """)

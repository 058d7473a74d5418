"""What the seed has made, so that it is made once."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the table."""
    db.execute_sql(
        "CREATE TABLE seed_stamps ("
        "    part varchar(160) PRIMARY KEY,"
        "    version varchar(64) NOT NULL,"
        "    made_at timestamptz NOT NULL"
        ")"
    )


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop the table."""
    db.execute_sql("DROP TABLE seed_stamps")

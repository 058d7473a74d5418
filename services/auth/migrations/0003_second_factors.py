"""Second factors: the sealed secrets of authenticator apps, and recovery codes."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE second_factors (
    account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    secret bytea,
    pending_secret bytea,
    last_step bigint NOT NULL DEFAULT 0,
    confirmed_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT second_factors_confirmed_or_pending CHECK (
        (secret IS NULL) = (confirmed_at IS NULL) AND num_nonnulls(secret, pending_secret) > 0
    )
);

CREATE TABLE recovery_codes (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES second_factors ON DELETE CASCADE,
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    used_at timestamptz,
    UNIQUE (account_id, code_hash)
);
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the tables."""
    db.execute_sql(TABLES)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql("DROP TABLE recovery_codes, second_factors")

"""Sessions with their refresh tokens, one-time tokens, and the mails that carry those."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    client_id text,
    scope text NOT NULL DEFAULT '',
    amr text[] NOT NULL,
    device text NOT NULL DEFAULT '',
    ip text NOT NULL DEFAULT '',
    auth_time timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    CONSTRAINT sessions_end_for_a_reason CHECK (num_nulls(ended_at, end_reason) IN (0, 2))
);
CREATE INDEX sessions_account_id ON sessions (account_id, id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
-- Whatever races, a session has one token that can still be used.
CREATE UNIQUE INDEX refresh_tokens_one_unused ON refresh_tokens (session_id) WHERE used_at IS NULL;
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);

CREATE TABLE one_time_tokens (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('VERIFY_EMAIL', 'CHANGE_EMAIL', 'RESET_PASSWORD')),
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX one_time_tokens_account_id ON one_time_tokens (account_id, purpose);

CREATE TABLE mails (
    id uuid PRIMARY KEY,
    account_id uuid REFERENCES accounts ON DELETE CASCADE,
    recipient text,
    template text NOT NULL,
    language text NOT NULL CHECK (language IN ('de', 'en')),
    "values" jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL CHECK (state IN ('PENDING', 'SENT', 'REFUSED', 'EXPIRED', 'DROPPED')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    error text,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT mails_wait_or_are_settled CHECK (
        (state = 'PENDING') = (settled_at IS NULL)
        AND (state = 'PENDING') = (next_attempt_at IS NOT NULL)
        AND (state <> 'PENDING' OR recipient IS NOT NULL)
    )
);
CREATE INDEX mails_account_id ON mails (account_id);
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE state = 'PENDING';
CREATE INDEX mails_settled_at ON mails (settled_at) WHERE settled_at IS NOT NULL;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the tables."""
    db.execute_sql(TABLES)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql("DROP TABLE mails, one_time_tokens, refresh_tokens, sessions")

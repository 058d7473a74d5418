"""Accounts, their addresses, and the log of what concerned their security."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    email text CHECK (octet_length(email) <= 254),
    email_key text UNIQUE,
    email_verified_at timestamptz,
    name text NOT NULL CHECK (length(name) <= 120),
    language text NOT NULL CHECK (language IN ('de', 'en')),
    password_hash text,
    password_changed_at timestamptz,
    marketing_consent_at timestamptz,
    staff_roles text[] NOT NULL DEFAULT '{}' CHECK (
        staff_roles <@ ARRAY['support', 'catalog-manager', 'admin']
    ),
    state text NOT NULL CHECK (state IN ('ACTIVE', 'LOCKED', 'DELETED')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT accounts_reachable_or_deleted CHECK (
        num_nulls(email, email_key) = CASE WHEN state = 'DELETED' THEN 2 ELSE 0 END
    ),
    CONSTRAINT accounts_deleted_keep_nothing CHECK (
        state <> 'DELETED'
        OR (name = '' AND staff_roles = '{}'
            AND num_nonnulls(password_hash, email_verified_at, marketing_consent_at) = 0)
    )
);
CREATE INDEX accounts_staff ON accounts (id) WHERE staff_roles <> '{}';

CREATE TABLE addresses (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    street text NOT NULL CHECK (length(street) BETWEEN 1 AND 120),
    postal_code text NOT NULL CHECK (length(postal_code) BETWEEN 1 AND 12),
    city text NOT NULL CHECK (length(city) BETWEEN 1 AND 120),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX addresses_account_id ON addresses (account_id, id);
CREATE UNIQUE INDEX addresses_one_default ON addresses (account_id) WHERE is_default;

CREATE TABLE security_events (
    id uuid PRIMARY KEY,
    account_id uuid REFERENCES accounts ON DELETE RESTRICT,
    kind text NOT NULL CHECK (kind ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(kind) <= 60),
    ip text NOT NULL DEFAULT '',
    device text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE INDEX security_events_account_id ON security_events (account_id, id);
CREATE INDEX security_events_kind ON security_events (kind, id);

CREATE FUNCTION refuse_security_event_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.created_at < now() - interval '400 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'security events are only ever added, and kept for 400 days';
END
$$;
CREATE TRIGGER security_events_append_only BEFORE UPDATE OR DELETE ON security_events
    FOR EACH ROW EXECUTE FUNCTION refuse_security_event_rewrite();
CREATE TRIGGER security_events_never_emptied BEFORE TRUNCATE ON security_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_security_event_rewrite();
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the tables."""
    db.execute_sql(TABLES)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP TABLE security_events, addresses, accounts; DROP FUNCTION refuse_security_event_rewrite()"
    )

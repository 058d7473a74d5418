"""Accounts elsewhere that people sign in with, and sign-ins that are on their way."""

from typing import Any

TABLES = """
CREATE TABLE external_identities (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    provider text NOT NULL,
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    UNIQUE (provider, subject)
);
CREATE INDEX external_identities_account_id ON external_identities (account_id);

CREATE TABLE external_sign_ins (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    state_hash bytea NOT NULL UNIQUE CHECK (octet_length(state_hash) = 32),
    browser_hash bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    return_to text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX external_sign_ins_expires_at ON external_sign_ins (expires_at);
"""


def up(_migrator: Any, db: Any) -> None:
    """Make the tables."""
    db.execute_sql(TABLES)


def down(_migrator: Any, db: Any) -> None:
    """Drop them."""
    db.execute_sql("DROP TABLE external_sign_ins, external_identities")

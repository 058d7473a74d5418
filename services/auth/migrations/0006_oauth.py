"""Clients of the provider, what they ask for, the codes that they get, and what people have allowed them."""

from typing import Any

TABLES = """
CREATE TABLE clients (
    id uuid PRIMARY KEY,
    client_id text NOT NULL UNIQUE CHECK (length(client_id) BETWEEN 1 AND 100),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    uri text,
    secret_hash bytea CHECK (octet_length(secret_hash) = 32),
    redirect_uris text[] NOT NULL,
    post_logout_redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,
    grant_types text[] NOT NULL CHECK (
        grant_types <@ ARRAY['authorization_code', 'refresh_token', 'client_credentials']
    ),
    audiences text[] NOT NULL,
    created_by uuid REFERENCES accounts ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT clients_prove_who_they_are CHECK (
        secret_hash IS NOT NULL OR NOT 'client_credentials' = ANY (grant_types)
    )
);
CREATE INDEX clients_created_by ON clients (created_by);

CREATE TABLE authorization_requests (
    id uuid PRIMARY KEY,
    client_id text NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    parameters jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX authorization_requests_client_id ON authorization_requests (client_id);
CREATE INDEX authorization_requests_expires_at ON authorization_requests (expires_at);

CREATE TABLE authorization_codes (
    id uuid PRIMARY KEY,
    code_hash bytea NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    client_id text NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    approved_in uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    redirect_uri text,
    scope text NOT NULL,
    nonce text,
    code_challenge text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    session_id uuid UNIQUE REFERENCES sessions ON DELETE CASCADE
);
CREATE INDEX authorization_codes_client_id ON authorization_codes (client_id);
CREATE INDEX authorization_codes_account_id ON authorization_codes (account_id);
CREATE INDEX authorization_codes_approved_in ON authorization_codes (approved_in);
CREATE INDEX authorization_codes_expires_at ON authorization_codes (expires_at);

CREATE TABLE consents (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    client_id text NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    scopes text[] NOT NULL,
    granted_at timestamptz NOT NULL,
    UNIQUE (account_id, client_id)
);
CREATE INDEX consents_client_id ON consents (client_id);

CREATE TABLE logouts (
    id uuid PRIMARY KEY,
    client_id text REFERENCES clients (client_id) ON DELETE CASCADE,
    redirect_uri text,
    vouched boolean NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX logouts_client_id ON logouts (client_id);
CREATE INDEX logouts_expires_at ON logouts (expires_at);
"""


def up(_migrator: Any, db: Any) -> None:
    """Make the tables."""
    db.execute_sql(TABLES)


def down(_migrator: Any, db: Any) -> None:
    """Drop them."""
    db.execute_sql("DROP TABLE logouts, consents, authorization_codes, authorization_requests, clients")

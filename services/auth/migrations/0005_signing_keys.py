"""Create the table of the keys that sign tokens."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Apply."""
    db.execute_sql(
        """
        CREATE TABLE signing_keys (
            id uuid PRIMARY KEY,
            kid text NOT NULL UNIQUE,
            state text NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'RETIRED')),
            public_jwk jsonb NOT NULL,
            sealed bytea,
            created_at timestamptz NOT NULL,
            activated_at timestamptz,
            retired_at timestamptz,
            CHECK ((state = 'RETIRED') = (sealed IS NULL)),
            CHECK ((state = 'RETIRED') = (retired_at IS NOT NULL)),
            CHECK ((state = 'PENDING') = (activated_at IS NULL))
        )
        """
    )
    # Whoever makes the first key, or asks for the next one, does so once however many try.
    db.execute_sql(
        "CREATE UNIQUE INDEX signing_keys_one_each ON signing_keys (state) "
        "WHERE state IN ('PENDING', 'ACTIVE')"
    )


def down(_migrator: Any, db: Any) -> None:
    """Undo."""
    db.execute_sql("DROP TABLE signing_keys")

"""What payments does when an account is gone: the books stay, and say nothing of whose they were."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE deleted_accounts (
    account_id uuid PRIMARY KEY,
    deleted_at timestamptz NOT NULL
);
CREATE INDEX payments_customer_id ON payments (customer_id) WHERE customer_id IS NOT NULL;
"""

# What is under way has somebody who waits for its end, and comes back from their bank by these addresses. The
# provider's reference and the method stay: without them nothing could be sent back.
FUNCTIONS = """
CREATE FUNCTION forget_people(at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    forgotten integer;
BEGIN
    UPDATE payments p SET customer_id = NULL, return_url = NULL, redirect_url = NULL, updated_at = at
    FROM deleted_accounts d
    WHERE p.customer_id = d.account_id AND p.state NOT IN ('PENDING', 'ACTION_REQUIRED', 'UNKNOWN')
        AND NOT EXISTS (SELECT FROM attempts a WHERE a.payment_id = p.id AND a.settled_at IS NULL);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the table, the index and the function."""
    db.execute_sql(TABLES)
    db.execute_sql(FUNCTIONS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP FUNCTION forget_people; DROP INDEX payments_customer_id; DROP TABLE deleted_accounts"
    )

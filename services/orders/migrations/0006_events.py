"""What orders hears: of payments, and of accounts that are gone."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE deleted_accounts (
    account_id text COLLATE "C" PRIMARY KEY,
    deleted_at timestamptz NOT NULL
);
"""

FUNCTIONS = """
-- A payment of an order that has come to nothing is undone; any other order is looked at, now.
CREATE FUNCTION hear_of_payment(the_order uuid, at timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE order_sagas s SET
        step = CASE WHEN s.step = 'DONE' THEN 'COMPENSATE' ELSE s.step END, due_at = at, attempts = 0
    FROM orders o
    WHERE o.id = the_order AND s.order_id = o.id AND s.holder IS NULL AND (
        s.step <> 'DONE' OR o.state IN ('REJECTED', 'PAYMENT_FAILED', 'EXPIRED', 'CANCELLED')
    )
$$;

CREATE FUNCTION hear_of_refund(the_order uuid, the_refund uuid, amount integer, at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    refunded bigint;
BEGIN
    -- The lock makes two refunds of an order count each other.
    PERFORM FROM orders WHERE id = the_order FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO order_refunds (order_id, refund_id, amount_minor, at)
    VALUES (the_order, the_refund, amount, at) ON CONFLICT DO NOTHING;
    SELECT sum(amount_minor) INTO refunded FROM order_refunds WHERE order_id = the_order;
    UPDATE orders SET
        payment_state = CASE WHEN refunded >= total_minor THEN 'REFUNDED' ELSE 'PARTIALLY_REFUNDED' END,
        updated_at = at, version = version + 1
    WHERE id = the_order;
END
$$;

-- Of what was sold the shop keeps what its books need; of what came to nothing it keeps nobody's name. Orders
-- that are under way have to be brought to their end first.
CREATE FUNCTION forget_people(at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM order_requests r USING orders o, deleted_accounts d
    WHERE r.order_id = o.id AND o.customer_id = d.account_id;
    UPDATE orders o SET
        customer_id = NULL, email = NULL, guest_key_hash = NULL, redirect_url = NULL, anonymized_at = at,
        shipping_address = CASE WHEN o.confirmed_at IS NULL THEN NULL ELSE o.shipping_address END,
        updated_at = at, version = o.version + 1
    FROM deleted_accounts d, order_sagas s
    WHERE o.customer_id = d.account_id AND s.order_id = o.id AND s.step = 'DONE';
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the table and the functions."""
    db.execute_sql(TABLES)
    db.execute_sql(FUNCTIONS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP FUNCTION forget_people, hear_of_refund, hear_of_payment; DROP TABLE deleted_accounts"
    )

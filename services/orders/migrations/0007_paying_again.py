"""An order whose payment has failed keeps what is held for it, and is paid again until its time is over.

Until then it is PAYMENT_FAILED, which was an end before: what ends for want of a payment is EXPIRED now.
"""

from collections.abc import Iterable

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
ALTER TABLE orders ADD COLUMN payment_attempt integer NOT NULL DEFAULT 1 CHECK (payment_attempt > 0);
-- An order has a request for each time that somebody has asked to pay it, one at a time without an answer.
DROP INDEX order_requests_of_order;
CREATE INDEX order_requests_of_order ON order_requests (order_id);
"""

# Nothing is held for those that have failed before.
ENDED = """
UPDATE orders SET state = 'EXPIRED' WHERE state = 'PAYMENT_FAILED';
"""

PAYING = """
-- Takes up an order whose payment has failed, once for a key. Whoever has its saga in hand only waits, and
-- finds it in other hands.
CREATE FUNCTION pay_again(
    the_order uuid, the_scope text, the_key text, digest bytea, the_holder uuid, method text, most integer,
    entries json, at timestamptz, lease_ends timestamptz,
    OUT outcome text, OUT status smallint, OUT told bytea, OUT found_state text
) LANGUAGE plpgsql AS $$
DECLARE
    o orders;
BEGIN
    SELECT * INTO o FROM orders x WHERE x.id = the_order FOR NO KEY UPDATE;
    found_state := o.state;
    SELECT f.outcome, f.status, f.told INTO outcome, status, told
    FROM find_answer(the_scope, the_key, digest, at) f;
    IF outcome IS NOT NULL THEN
        RETURN;
    END IF;
    IF o.state <> 'PAYMENT_FAILED' OR o.payment_attempt >= most OR NOT EXISTS (
        SELECT FROM order_sagas s WHERE s.order_id = the_order AND s.expires_at > at
    ) THEN
        outcome := 'NOT_PAYABLE';
        RETURN;
    END IF;
    INSERT INTO order_requests (scope, key, request, order_id, created_at)
    VALUES (the_scope, the_key, digest, the_order, at);
    UPDATE orders SET state = 'RESERVED', payment_state = 'NONE', payment_method = method,
        payment_attempt = payment_attempt + 1, updated_at = at, version = version + 1
    WHERE id = the_order;
    PERFORM enter_timeline(the_order, entries);
    UPDATE order_sagas SET step = 'PAY', holder = the_holder, due_at = lease_ends, attempts = 1, error = NULL
    WHERE order_id = the_order;
    outcome := 'TAKEN_UP';
END
$$;
"""

_UNDECIDED = ("PLACED", "RESERVED", "AWAITING_PAYMENT", "AUTHORIZED")
_ENDS = ("REJECTED", "EXPIRED", "CANCELLED")


def _cancelling(*states: str) -> str:
    """Return the function for orders in these states."""
    return f"""
-- Calls an order off. Who has its saga in hand undoes what was done; where nobody has, the caller gets it.
CREATE OR REPLACE FUNCTION cancel_order(
    the_order uuid, the_holder uuid, entries json, at timestamptz, lease_ends timestamptz,
    fact json, cause json, OUT found_state text, OUT cancelled boolean, OUT leased boolean
) LANGUAGE plpgsql AS $$
DECLARE
    saga order_sagas;
BEGIN
    SELECT o.state INTO found_state FROM orders o WHERE o.id = the_order FOR NO KEY UPDATE;
    -- Of what comes back in part, the rest comes back in the same way.
    cancelled := found_state IN ({_listed(states)})
        AND NOT EXISTS (SELECT FROM returns r WHERE r.order_id = the_order);
    leased := false;
    IF cancelled IS NOT TRUE THEN
        RETURN;
    END IF;
    UPDATE orders SET state = 'CANCELLED', redirect_url = NULL, updated_at = at, version = version + 1
    WHERE id = the_order;
    PERFORM enter_timeline(the_order, entries);
    SELECT * INTO saga FROM order_sagas s WHERE s.order_id = the_order FOR NO KEY UPDATE;
    leased := saga.step <> 'PAY' OR saga.holder IS NULL OR saga.due_at <= at
        -- Whoever looks at a failed payment only waits.
        OR found_state = 'PAYMENT_FAILED';
    UPDATE order_sagas SET step = 'COMPENSATE', attempts = 1, error = NULL,
        holder = CASE WHEN leased THEN the_holder ELSE holder END,
        due_at = CASE WHEN leased THEN lease_ends ELSE due_at END
    WHERE order_id = the_order;
    PERFORM outbox_add(uuid7(), 'orders.order-cancelled.v1', the_order, fact, cause);
END
$$;
"""  # noqa: S608 - the states are those below.


def _returning_vouchers(*states: str) -> str:
    """Return the trigger that gives a voucher back when its order comes to one of these states."""
    return f"""
DROP TRIGGER orders_return_vouchers ON orders;
CREATE TRIGGER orders_return_vouchers AFTER UPDATE OF state ON orders FOR EACH ROW
WHEN (NEW.voucher_code IS NOT NULL AND NEW.state IS DISTINCT FROM OLD.state
    AND NEW.state IN ({_listed(states)}))
EXECUTE FUNCTION voucher_comes_back();
"""


def _listed(states: Iterable[str]) -> str:
    return ", ".join(f"'{state}'" for state in states)


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Count attempts, let failed payments wait, and end those that do not."""
    db.execute_sql(TABLES)
    db.execute_sql(ENDED)
    db.execute_sql(PAYING)
    db.execute_sql(_cancelling(*_UNDECIDED, "PAYMENT_FAILED", "CONFIRMED"))
    db.execute_sql(_returning_vouchers(*_ENDS))


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """End what waits, as a failed payment did before."""
    db.execute_sql("DROP FUNCTION pay_again")
    db.execute_sql(_cancelling(*_UNDECIDED, "CONFIRMED"))
    db.execute_sql(_returning_vouchers(*_ENDS, "PAYMENT_FAILED"))
    db.execute_sql("""
        UPDATE order_sagas s SET step = 'COMPENSATE', due_at = now(), holder = NULL FROM orders o
        WHERE o.id = s.order_id AND o.state = 'PAYMENT_FAILED';
        DELETE FROM order_requests WHERE scope LIKE 'payment:%%';
        DROP INDEX order_requests_of_order;
        CREATE UNIQUE INDEX order_requests_of_order ON order_requests (order_id);
        ALTER TABLE orders DROP COLUMN payment_attempt;
    """)

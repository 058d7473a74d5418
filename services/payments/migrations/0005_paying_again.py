"""A failed payment is charged again when its order says so, by the same method or by another one.

The order counts its attempts. A higher count begins an attempt, under a key of its own; the same one, however
often it comes, is the attempt that there is.
"""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

COLUMNS = """
ALTER TABLE payments ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt > 0);
"""

# Processes that do not count yet, and call it with ten arguments, ask for the first attempt.
CHARGING = """
DROP FUNCTION begin_charge;
CREATE FUNCTION begin_charge(
    the_id uuid, the_order uuid, the_provider text, minor bigint, the_method text, how text, back text,
    customer uuid, lease interval, at timestamptz, nth integer DEFAULT 1,
    OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
BEGIN
    outcome := 'DONE';
    INSERT INTO payments AS n (id, order_id, provider, state, amount_minor, capture, method, return_url,
        customer_id, attempt, created_at, updated_at)
    VALUES (the_id, the_order, the_provider, 'PENDING', minor, how, the_method, back, customer, nth, at, at)
    ON CONFLICT (order_id) DO NOTHING RETURNING n.* INTO p;
    IF FOUND THEN
        a := start_attempt(p, 'AUTHORIZE', minor, NULL, NULL, lease, at);
        RETURN;
    END IF;
    SELECT x.* INTO p FROM payments x WHERE x.order_id = the_order FOR NO KEY UPDATE;
    IF p.state = 'VOIDED' THEN
        outcome := 'VOIDED';
    ELSIF p.amount_minor <> minor OR p.capture <> how OR (p.attempt = nth AND p.method <> the_method) THEN
        outcome := 'DIFFERS';
    ELSIF p.state = 'FAILED' AND p.attempt < nth THEN
        UPDATE payments x SET state = 'PENDING', attempt = nth, method = the_method, return_url = back,
            ref = NULL, failure_code = NULL, updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
        a := start_attempt(p, 'AUTHORIZE', minor, NULL, NULL, lease, at);
    ELSIF p.state IN ('PENDING', 'UNKNOWN', 'ACTION_REQUIRED') THEN
        SELECT x.* INTO a FROM attempts x
        WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.kind = 'AUTHORIZE';
        a := take_over(a, lease, at);
    END IF;
END
$$;
"""

CHARGING_BEFORE = """
DROP FUNCTION begin_charge;
CREATE FUNCTION begin_charge(
    the_id uuid, the_order uuid, the_provider text, minor bigint, the_method text, how text, back text,
    customer uuid, lease interval, at timestamptz,
    OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
BEGIN
    outcome := 'DONE';
    INSERT INTO payments AS n (id, order_id, provider, state, amount_minor, capture, method, return_url,
        customer_id, created_at, updated_at)
    VALUES (the_id, the_order, the_provider, 'PENDING', minor, how, the_method, back, customer, at, at)
    ON CONFLICT (order_id) DO NOTHING RETURNING n.* INTO p;
    IF FOUND THEN
        a := start_attempt(p, 'AUTHORIZE', minor, NULL, NULL, lease, at);
        RETURN;
    END IF;
    SELECT x.* INTO p FROM payments x WHERE x.order_id = the_order FOR NO KEY UPDATE;
    IF p.state = 'VOIDED' THEN
        outcome := 'VOIDED';
    ELSIF p.amount_minor <> minor OR p.capture <> how THEN
        outcome := 'DIFFERS';
    ELSIF p.state = 'FAILED' AND p.method <> the_method THEN
        UPDATE payments x SET state = 'PENDING', method = the_method, return_url = back, ref = NULL,
            failure_code = NULL, updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
        a := start_attempt(p, 'AUTHORIZE', minor, NULL, NULL, lease, at);
    ELSIF p.state IN ('PENDING', 'UNKNOWN', 'ACTION_REQUIRED') THEN
        SELECT x.* INTO a FROM attempts x
        WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.kind = 'AUTHORIZE';
        a := take_over(a, lease, at);
    END IF;
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Count the attempts of orders."""
    db.execute_sql(COLUMNS)
    db.execute_sql(CHARGING)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Go by the method again."""
    db.execute_sql(CHARGING_BEFORE)
    db.execute_sql("ALTER TABLE payments DROP COLUMN attempt")

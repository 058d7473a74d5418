"""Placing an order and moving it on, each in one statement that also writes what is told of it.

Whoever moves an order holds its saga, with one exception: a customer who calls it off. That goes before
whatever is under way, whose next move then finds the order in another state and undoes what it has done.
Locks are taken in one order: the order, then its saga.
"""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

PLACING = """
-- A key is kept for a day; one that is older is as good as new.
CREATE FUNCTION place_order(
    doc json, the_scope text, the_key text, digest bytea, the_guest_key text, the_holder uuid,
    at timestamptz, lease_ends timestamptz, expires timestamptz, fact json, cause json,
    OUT outcome text, OUT status smallint, OUT told bytea
) LANGUAGE plpgsql AS $$
DECLARE
    the_order uuid := doc ->> 'id';
BEGIN
    INSERT INTO order_requests AS r (scope, key, request, order_id, guest_key, created_at)
    VALUES (the_scope, the_key, digest, the_order, the_guest_key, at)
    ON CONFLICT (scope, key) DO UPDATE SET
        request = excluded.request, order_id = excluded.order_id, guest_key = excluded.guest_key,
        answer_status = NULL, answer = NULL, created_at = excluded.created_at
    WHERE r.created_at <= at - interval '24 hours';
    IF NOT FOUND THEN
        SELECT f.outcome, f.status, f.told INTO outcome, status, told
        FROM find_answer(the_scope, the_key, digest, at) f;
        RETURN;
    END IF;
    INSERT INTO orders (
        id, number, customer_id, guest_hash, guest_key_hash, email, state, payment_state, payment_method,
        shipping_method, shipping_address, voucher_code, subtotal_minor, discount_minor, shipping_minor,
        shipping_refundable_minor, deposit_minor, total_minor, vat, minimum_age, language,
        placed_at, updated_at
    )
    SELECT id, number, customer_id, guest_hash, guest_key_hash, email, 'PLACED', 'NONE', payment_method,
        shipping_method, shipping_address, voucher_code, subtotal_minor, discount_minor, shipping_minor,
        shipping_refundable_minor, deposit_minor, total_minor, vat, minimum_age, language, at, at
    FROM json_populate_record(NULL::orders, doc);
    INSERT INTO order_lines (
        order_id, position, variant_id, product_id, sku, slug, name, variant, image, quantity,
        unit_price_minor, deposit_minor, discount_minor, vat_rate
    )
    SELECT the_order, row_number() OVER (), variant_id, product_id, sku, slug, name, variant, image, quantity,
        unit_price_minor, deposit_minor, discount_minor, vat_rate
    FROM json_populate_recordset(NULL::order_lines, doc -> 'lines');
    INSERT INTO order_timeline (order_id, at, event) VALUES (the_order, at, 'placed');
    INSERT INTO order_sagas (order_id, step, holder, due_at, attempts, expires_at)
    VALUES (the_order, 'PAY', the_holder, lease_ends, 1, expires);
    PERFORM outbox_add(uuid7(), 'orders.order-placed.v1', the_order, fact, cause);
    outcome := 'PLACED';
END
$$;

CREATE FUNCTION find_answer(
    the_scope text, the_key text, digest bytea, at timestamptz,
    OUT outcome text, OUT status smallint, OUT told bytea
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT CASE WHEN r.request <> digest THEN 'REUSED' WHEN r.answer IS NULL THEN 'IN_FLIGHT'
        ELSE 'ANSWERED' END, r.answer_status, r.answer
    INTO outcome, status, told
    FROM order_requests r
    WHERE r.scope = the_scope AND r.key = the_key AND r.created_at > at - interval '24 hours';
END
$$;
"""

MOVING = """
CREATE FUNCTION enter_timeline(the_order uuid, entries json) RETURNS void LANGUAGE sql AS $$
    INSERT INTO order_timeline (order_id, at, event, detail)
    SELECT the_order, e.at, e.event, e.detail
    FROM json_to_recordset(entries) AS e (at timestamptz, event text, detail text)
$$;

-- Writes what a saga has come to; `moved` is false when it has no say any more: then nothing is written.
CREATE FUNCTION move_order(
    the_order uuid, the_holder uuid, sources text[], target text, payment text, redirect text,
    short json, entries json, next_step text, next_holder uuid, due timestamptz, at timestamptz,
    fact_type text, fact json, cause json, status integer, told bytea, OUT moved boolean
) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders o SET
        state = target, payment_state = payment, redirect_url = redirect,
        shortages = coalesce(short::jsonb, o.shortages),
        confirmed_at = CASE WHEN target = 'CONFIRMED' THEN coalesce(o.confirmed_at, at)
            ELSE o.confirmed_at END,
        updated_at = at, version = o.version + 1
    FROM order_sagas s
    WHERE o.id = the_order AND o.state = ANY (sources) AND s.order_id = o.id AND s.holder = the_holder;
    moved := FOUND;
    IF NOT moved THEN
        RETURN;
    END IF;
    PERFORM enter_timeline(the_order, entries);
    UPDATE order_sagas SET step = next_step, holder = next_holder, due_at = due, error = NULL
    WHERE order_id = the_order;
    IF told IS NOT NULL THEN
        UPDATE order_requests SET answer_status = status, answer = told
        WHERE order_id = the_order AND answer IS NULL;
    END IF;
    IF fact_type IS NOT NULL THEN
        PERFORM outbox_add(uuid7(), fact_type, the_order, fact, cause);
    END IF;
END
$$;

-- Calls an order off. Who has its saga in hand undoes what was done; where nobody has, the caller gets it.
CREATE FUNCTION cancel_order(
    the_order uuid, the_holder uuid, entries json, at timestamptz, lease_ends timestamptz,
    fact json, cause json, OUT found_state text, OUT cancelled boolean, OUT leased boolean
) LANGUAGE plpgsql AS $$
DECLARE
    saga order_sagas;
BEGIN
    SELECT o.state INTO found_state FROM orders o WHERE o.id = the_order FOR NO KEY UPDATE;
    -- Of what comes back in part, the rest comes back in the same way.
    cancelled := found_state IN ('PLACED', 'RESERVED', 'AWAITING_PAYMENT', 'AUTHORIZED', 'CONFIRMED')
        AND NOT EXISTS (SELECT FROM returns r WHERE r.order_id = the_order);
    leased := false;
    IF cancelled IS NOT TRUE THEN
        RETURN;
    END IF;
    UPDATE orders SET state = 'CANCELLED', redirect_url = NULL, updated_at = at, version = version + 1
    WHERE id = the_order;
    PERFORM enter_timeline(the_order, entries);
    SELECT * INTO saga FROM order_sagas s WHERE s.order_id = the_order FOR NO KEY UPDATE;
    leased := saga.step <> 'PAY' OR saga.holder IS NULL OR saga.due_at <= at;
    UPDATE order_sagas SET step = 'COMPENSATE', attempts = 1, error = NULL,
        holder = CASE WHEN leased THEN the_holder ELSE holder END,
        due_at = CASE WHEN leased THEN lease_ends ELSE due_at END
    WHERE order_id = the_order;
    PERFORM outbox_add(uuid7(), 'orders.order-cancelled.v1', the_order, fact, cause);
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the functions."""
    db.execute_sql(PLACING)
    db.execute_sql(MOVING)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql("DROP FUNCTION cancel_order, move_order, enter_timeline, place_order, find_answer")

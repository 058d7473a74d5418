"""Reserving, releasing and deducting, each in one statement: all of an order's lines or none.

Whoever changes anything takes the locks in one order: the reservations, then the shelves by SKU and
location. So nobody waits for someone who waits for them, whatever the baskets hold.
"""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

SHARED = """
CREATE FUNCTION level_of(available integer, threshold integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN available <= 0 THEN 'OUT' WHEN available <= threshold THEN 'LOW' ELSE 'IN_STOCK' END
$$;

-- Locks the shelves and finds for each line the first one that has all of it; NULL where none has.
CREATE FUNCTION place_lines(skus text[], quantities integer[])
RETURNS TABLE (n bigint, sku text, quantity integer, location text, available integer)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT w.n, w.sku, w.quantity,
        min(s.location) FILTER (WHERE s.available >= w.quantity),
        coalesce(max(s.available), 0)
    FROM unnest(skus, quantities) WITH ORDINALITY AS w (sku, quantity, n)
    LEFT JOIN (
        SELECT x.sku, x.location, x.on_hand - x.reserved AS available FROM stock x
        WHERE x.sku = ANY (skus) ORDER BY x.sku, x.location FOR NO KEY UPDATE
    ) s ON s.sku = w.sku
    GROUP BY w.n, w.sku, w.quantity;
END
$$;

CREATE FUNCTION lock_stock(skus text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock s WHERE s.sku = ANY (skus) ORDER BY s.sku, s.location FOR NO KEY UPDATE;
END
$$;

CREATE FUNCTION lines_of(the_order uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('sku', sku, 'quantity', quantity) ORDER BY sku), '[]')
    FROM holds WHERE order_id = the_order
$$;

CREATE FUNCTION levels_crossed(skus text[])
RETURNS TABLE (item_id uuid, sku text, threshold integer, was text, available integer)
LANGUAGE sql STABLE AS $$
    SELECT i.id, i.sku, i.threshold, i.level, x.available
    FROM items i, LATERAL (
        SELECT max(s.on_hand - s.reserved) AS available FROM stock s WHERE s.sku = i.sku
    ) x
    WHERE i.sku = ANY (skus) AND i.level <> level_of(x.available, i.threshold)
$$;

-- The caller has locked the shelves. Only crossings are told, as what was told last is kept with the item.
CREATE FUNCTION announce_levels(skus text[], cause json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    -- Most of the time there is none, and to find that out costs less than to open a loop.
    IF NOT EXISTS (SELECT FROM levels_crossed(skus)) THEN
        RETURN;
    END IF;
    FOR item IN SELECT * FROM levels_crossed(skus) LOOP
        UPDATE items i SET level = level_of(item.available, item.threshold) WHERE i.sku = item.sku;
        IF item.was = 'OUT' THEN
            PERFORM outbox_add(uuid7(), 'inventory.back-in-stock.v1', item.item_id, json_build_object(
                'item_id', item.item_id, 'sku', item.sku, 'available', item.available), cause);
        ELSIF item.was = 'IN_STOCK' THEN
            PERFORM outbox_add(uuid7(), 'inventory.stock-low.v1', item.item_id, json_build_object(
                'item_id', item.item_id, 'sku', item.sku, 'available', item.available,
                'threshold', item.threshold), cause);
        END IF;
    END LOOP;
END
$$;
"""

STEPS = """
CREATE FUNCTION reserve_stock(
    the_order uuid, skus text[], quantities integer[], expiry timestamptz, at timestamptz, cause json,
    OUT outcome text, OUT expires timestamptz, OUT shortages json
) LANGUAGE plpgsql AS $$
DECLARE
    places text[];
    lines json;
BEGIN
    INSERT INTO reservations (order_id, state, expires_at, created_at, updated_at)
    VALUES (the_order, 'HELD', expiry, at, at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT r.state, r.expires_at INTO outcome, expires FROM reservations r WHERE r.order_id = the_order;
        IF EXISTS (
            SELECT FROM unnest(skus, quantities) AS w (sku, quantity)
            FULL JOIN (SELECT * FROM holds WHERE order_id = the_order) h ON h.sku = w.sku
            WHERE h.quantity IS DISTINCT FROM w.quantity
        ) AND NOT (outcome = 'RELEASED' AND lines_of(the_order)::text = '[]') THEN
            outcome := 'DIFFERS';
        END IF;
        RETURN;
    END IF;
    SELECT array_agg(p.location),
        json_agg(json_build_object('sku', p.sku, 'requested', p.quantity, 'available', p.available))
            FILTER (WHERE p.location IS NULL),
        json_agg(json_build_object('sku', p.sku, 'quantity', p.quantity))
    INTO places, shortages, lines FROM (SELECT * FROM place_lines(skus, quantities) ORDER BY n) p;
    IF shortages IS NOT NULL THEN
        DELETE FROM reservations WHERE order_id = the_order;
        outcome := 'SHORT';
        RETURN;
    END IF;
    INSERT INTO holds (order_id, sku, location, quantity)
    SELECT the_order, w.* FROM unnest(skus, places, quantities) AS w;
    PERFORM outbox_add(uuid7(), 'inventory.stock-reserved.v1', the_order, json_build_object(
        'order_id', the_order, 'lines', lines, 'expires_at', expiry), cause);
    PERFORM announce_levels(skus, cause);
    outcome := 'HELD';
    expires := expiry;
END
$$;

-- An order that was never reserved is remembered as released: a reservation that comes late finds it so.
CREATE FUNCTION release_stock(the_order uuid, why text, at timestamptz, cause json, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
    skus text[];
BEGIN
    INSERT INTO reservations (order_id, state, expires_at, reason, created_at, updated_at)
    VALUES (the_order, 'RELEASED', at, why, at, at) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        outcome := 'RELEASED';
        RETURN;
    END IF;
    SELECT r.state INTO outcome FROM reservations r WHERE r.order_id = the_order FOR NO KEY UPDATE;
    IF outcome = 'HELD' THEN
        skus := ARRAY(SELECT h.sku FROM holds h WHERE h.order_id = the_order);
        PERFORM lock_stock(skus);
        UPDATE reservations SET state = 'RELEASED', reason = why, updated_at = at WHERE order_id = the_order;
        PERFORM outbox_add(uuid7(), 'inventory.stock-released.v1', the_order, json_build_object(
            'order_id', the_order, 'lines', lines_of(the_order), 'reason', why), cause);
        PERFORM announce_levels(skus, cause);
        outcome := 'RELEASED';
    END IF;
END
$$;

-- What was released, or has expired, is held again if that is still possible.
CREATE FUNCTION deduct_stock(
    the_order uuid, at timestamptz, cause json, OUT outcome text, OUT shortages json
) LANGUAGE plpgsql AS $$
DECLARE
    was text;
    skus text[];
    quantities integer[];
    places text[];
    lines json;
BEGIN
    SELECT r.state INTO was FROM reservations r WHERE r.order_id = the_order FOR NO KEY UPDATE;
    outcome := was;
    IF was IS NULL OR was = 'COMMITTED' THEN
        RETURN;
    END IF;
    SELECT array_agg(h.sku), array_agg(h.quantity),
        json_agg(json_build_object('sku', h.sku, 'quantity', h.quantity))
    INTO skus, quantities, lines FROM (SELECT * FROM holds WHERE order_id = the_order ORDER BY sku) h;
    IF was = 'HELD' THEN
        PERFORM lock_stock(skus);
    ELSE
        SELECT array_agg(p.location),
            json_agg(json_build_object('sku', p.sku, 'requested', p.quantity, 'available', p.available))
                FILTER (WHERE p.location IS NULL)
        INTO places, shortages FROM (SELECT * FROM place_lines(skus, quantities) ORDER BY n) p;
        IF skus IS NULL OR shortages IS NOT NULL THEN
            outcome := 'LOST';
            RETURN;
        END IF;
        UPDATE holds h SET location = w.location FROM unnest(skus, places) AS w (sku, location)
        WHERE h.order_id = the_order AND h.sku = w.sku AND h.location <> w.location;
        UPDATE reservations SET state = 'HELD', updated_at = at WHERE order_id = the_order;
    END IF;
    UPDATE reservations SET state = 'COMMITTED', updated_at = at WHERE order_id = the_order;
    PERFORM outbox_add(uuid7(), 'inventory.stock-deducted.v1', the_order, json_build_object(
        'order_id', the_order, 'lines', lines), cause);
    IF was <> 'HELD' THEN
        PERFORM announce_levels(skus, cause);
    END IF;
    outcome := 'COMMITTED';
END
$$;

-- What another transaction has in hand is left to it, and to the next time.
CREATE FUNCTION expire_holds(at timestamptz, at_once integer, cause json) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    due uuid[];
    skus text[];
BEGIN
    due := ARRAY(
        SELECT r.order_id FROM reservations r WHERE r.state = 'HELD' AND r.expires_at <= at
        ORDER BY r.expires_at LIMIT at_once FOR NO KEY UPDATE SKIP LOCKED
    );
    IF due = '{}' THEN
        RETURN 0;
    END IF;
    skus := ARRAY(SELECT DISTINCT h.sku FROM holds h WHERE h.order_id = ANY (due));
    PERFORM lock_stock(skus);
    UPDATE reservations SET state = 'RELEASED', reason = 'expired', updated_at = at
    WHERE order_id = ANY (due);
    PERFORM outbox_add(uuid7(), 'inventory.stock-released.v1', each, json_build_object(
        'order_id', each, 'lines', lines_of(each), 'reason', 'expired'), cause) FROM unnest(due) AS each;
    PERFORM announce_levels(skus, cause);
    RETURN cardinality(due);
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the functions."""
    db.execute_sql(SHARED)
    db.execute_sql(STEPS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP FUNCTION expire_holds, deduct_stock, release_stock, reserve_stock, announce_levels,"
        " levels_crossed, lines_of, lock_stock, place_lines, level_of"
    )

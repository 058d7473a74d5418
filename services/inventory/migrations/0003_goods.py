"""Goods that come, go astray and come back, each in one statement."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

FUNCTIONS = """
CREATE FUNCTION learn_skus(wanted text[], at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    learnt integer;
BEGIN
    INSERT INTO items (sku, id, created_at)
    SELECT w, uuid7(), at FROM unnest(wanted) AS w ORDER BY w COLLATE "C" ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS learnt = ROW_COUNT;
    INSERT INTO stock (sku, location)
    SELECT w, 'main' FROM unnest(wanted) AS w ORDER BY w COLLATE "C" ON CONFLICT DO NOTHING;
    RETURN learnt;
END
$$;

-- Either a change or the number that was counted; the other one is NULL.
CREATE FUNCTION adjust_stock(
    the_sku text, the_location text, change integer, counted integer, who text, why text,
    at timestamptz, cause json,
    OUT outcome text, OUT now_on_hand integer, OUT now_reserved integer, OUT moved integer
) LANGUAGE plpgsql AS $$
DECLARE
    most CONSTANT integer := 10000000;
BEGIN
    PERFORM lock_stock(ARRAY[the_sku]);
    IF NOT EXISTS (SELECT FROM items i WHERE i.sku = the_sku) THEN
        outcome := 'UNKNOWN';
        RETURN;
    END IF;
    SELECT s.on_hand, s.reserved INTO now_on_hand, now_reserved
    FROM stock s WHERE s.sku = the_sku AND s.location = the_location;
    now_on_hand := coalesce(now_on_hand, 0);
    now_reserved := coalesce(now_reserved, 0);
    moved := coalesce(change, counted - now_on_hand);
    IF now_on_hand + moved < now_reserved THEN
        outcome := 'RESERVED';
    ELSIF now_on_hand + moved > most THEN
        outcome := 'TOO_MUCH';
    ELSE
        outcome := 'DONE';
        IF moved <> 0 THEN
            INSERT INTO stock (sku, location) VALUES (the_sku, the_location) ON CONFLICT DO NOTHING;
            INSERT INTO movements (sku, location, kind, delta, actor, reason, created_at)
            VALUES (the_sku, the_location, 'ADJUSTED', moved, who, why, at);
            PERFORM announce_levels(ARRAY[the_sku], cause);
            now_on_hand := now_on_hand + moved;
        END IF;
    END IF;
END
$$;

CREATE FUNCTION set_threshold(the_sku text, number integer, cause json) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE items SET threshold = number WHERE sku = the_sku;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM announce_levels(ARRAY[the_sku], cause);
    RETURN true;
END
$$;

-- What comes back from an order goes to where it came from; scrap comes back and goes at once.
CREATE FUNCTION restock_goods(
    the_order uuid, the_return uuid, skus text[], quantities integer[], fate text, at timestamptz, cause json,
    OUT outcome text, OUT excess json
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT r.state INTO outcome FROM reservations r WHERE r.order_id = the_order FOR NO KEY UPDATE;
    IF outcome IS DISTINCT FROM 'COMMITTED' THEN
        outcome := 'NOT_SOLD';
        RETURN;
    END IF;
    outcome := 'DONE';
    IF EXISTS (SELECT FROM returns b WHERE b.order_id = the_order AND b.return_id = the_return) THEN
        IF EXISTS (
            SELECT FROM unnest(skus, quantities) AS w (sku, quantity)
            FULL JOIN (SELECT * FROM returns WHERE order_id = the_order AND return_id = the_return) b
                ON b.sku = w.sku
            WHERE b.quantity IS DISTINCT FROM w.quantity OR b.disposition IS DISTINCT FROM fate
        ) THEN
            outcome := 'DIFFERS';
        END IF;
        RETURN;
    END IF;
    SELECT json_agg(json_build_object('sku', w.sku, 'requested', w.quantity, 'returnable', left_of.n))
    INTO excess
    FROM unnest(skus, quantities) AS w (sku, quantity),
    LATERAL (
        SELECT coalesce((SELECT h.quantity FROM holds h WHERE h.order_id = the_order AND h.sku = w.sku), 0)
            - coalesce((SELECT sum(b.quantity) FROM returns b
                        WHERE b.order_id = the_order AND b.sku = w.sku), 0)
    ) AS left_of (n)
    WHERE w.quantity > left_of.n;
    IF excess IS NOT NULL THEN
        outcome := 'EXCEEDS';
        RETURN;
    END IF;
    PERFORM lock_stock(skus);
    INSERT INTO returns (order_id, return_id, sku, quantity, disposition, created_at)
    SELECT the_order, the_return, w.*, fate, at FROM unnest(skus, quantities) AS w;
    INSERT INTO movements (sku, location, kind, delta, order_id, return_id, created_at)
    SELECT h.sku, h.location, k.kind, k.sign * w.quantity, the_order, the_return, at
    FROM unnest(skus, quantities) AS w (sku, quantity)
    JOIN holds h ON h.order_id = the_order AND h.sku = w.sku
    JOIN (VALUES ('RETURNED', 1), ('SCRAPPED', -1)) AS k (kind, sign)
        ON k.kind = 'RETURNED' OR fate = 'SCRAP'
    ORDER BY h.sku, k.kind;
    PERFORM announce_levels(skus, cause);
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the functions."""
    db.execute_sql(FUNCTIONS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql("DROP FUNCTION restock_goods, set_threshold, adjust_stock, learn_skus")

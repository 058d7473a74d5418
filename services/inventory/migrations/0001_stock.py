"""What there is, what of it is held for orders, and the ledger that explains every bottle."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE items (
    sku text COLLATE "C" PRIMARY KEY CHECK (length(sku) <= 40 AND sku ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$'),
    id uuid NOT NULL UNIQUE,
    threshold integer NOT NULL DEFAULT 12 CHECK (threshold BETWEEN 0 AND 1000000),
    level text NOT NULL DEFAULT 'OUT' CHECK (level IN ('OUT', 'LOW', 'IN_STOCK')),
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX items_short ON items (sku) WHERE level <> 'IN_STOCK';

CREATE TABLE stock (
    sku text COLLATE "C" NOT NULL REFERENCES items ON DELETE RESTRICT,
    location text NOT NULL CHECK (length(location) <= 40 AND location ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    on_hand integer NOT NULL DEFAULT 0 CHECK (on_hand <= 10000000),
    reserved integer NOT NULL DEFAULT 0,
    PRIMARY KEY (sku, location),
    CONSTRAINT stock_adds_up CHECK (0 <= reserved AND reserved <= on_hand)
) WITH (fillfactor = 50);

CREATE TABLE reservations (
    order_id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('HELD', 'COMMITTED', 'RELEASED')),
    expires_at timestamptz NOT NULL,
    reason text CHECK (length(reason) <= 200),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT reservations_released_for_a_reason CHECK (state <> 'RELEASED' OR reason IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX reservations_due ON reservations (expires_at) WHERE state = 'HELD';

CREATE TABLE holds (
    order_id uuid NOT NULL REFERENCES reservations ON DELETE RESTRICT,
    sku text COLLATE "C" NOT NULL,
    location text NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    PRIMARY KEY (order_id, sku)
);

CREATE TABLE movements (
    sku text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    location text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ADJUSTED', 'DEDUCTED', 'RETURNED', 'SCRAPPED')),
    delta integer NOT NULL CHECK (delta <> 0),
    order_id uuid,
    return_id uuid,
    actor text CHECK (length(actor) <= 200),
    reason text CHECK (length(reason) <= 200),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (sku, number),
    CONSTRAINT movements_say_why CHECK (
        CASE kind
            WHEN 'ADJUSTED' THEN actor IS NOT NULL AND reason IS NOT NULL
            WHEN 'DEDUCTED' THEN delta < 0 AND order_id IS NOT NULL
            WHEN 'RETURNED' THEN delta > 0 AND order_id IS NOT NULL AND return_id IS NOT NULL
            ELSE delta < 0 AND order_id IS NOT NULL AND return_id IS NOT NULL
        END
    )
);
-- Whatever races, an order's line leaves the shelf once.
CREATE UNIQUE INDEX movements_deducted_once ON movements (order_id, sku) WHERE kind = 'DEDUCTED';

CREATE TABLE returns (
    order_id uuid NOT NULL,
    return_id uuid NOT NULL,
    sku text COLLATE "C" NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    disposition text NOT NULL CHECK (disposition IN ('RESTOCK', 'SCRAP')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, sku, return_id),
    FOREIGN KEY (order_id, sku) REFERENCES holds ON DELETE RESTRICT
);
"""

# The totals of a shelf are nobody's to write: the database itself counts them, from movements and holds.
COUNTING = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE check_violation USING MESSAGE = TG_TABLE_NAME || ' cannot be changed like this';
END
$$;

CREATE TRIGGER stock_begins_empty BEFORE INSERT ON stock FOR EACH ROW
    WHEN (NEW.on_hand <> 0 OR NEW.reserved <> 0) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_is_counted BEFORE UPDATE ON stock FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_stays BEFORE DELETE ON stock FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE ON movements FOR EACH ROW
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER movements_never_emptied BEFORE TRUNCATE ON movements FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();
-- A deduction is what becomes of a hold.
CREATE TRIGGER movements_deducted_from_holds BEFORE INSERT ON movements FOR EACH ROW
    WHEN (NEW.kind = 'DEDUCTED' AND pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reservations_begin_held BEFORE INSERT ON reservations FOR EACH ROW
    WHEN (NEW.state = 'COMMITTED') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reservations_move_on BEFORE UPDATE ON reservations FOR EACH ROW
    WHEN (OLD.order_id <> NEW.order_id OR (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('HELD', 'COMMITTED'), ('HELD', 'RELEASED'), ('RELEASED', 'HELD')
    ))) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_stay BEFORE DELETE ON holds FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_keep_their_lines BEFORE UPDATE ON holds FOR EACH ROW
    WHEN ((NEW.order_id, NEW.sku, NEW.quantity) <> (OLD.order_id, OLD.sku, OLD.quantity))
    EXECUTE FUNCTION refuse_change();

CREATE FUNCTION count_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stock SET
        on_hand = on_hand + NEW.delta,
        reserved = reserved + CASE NEW.kind WHEN 'DEDUCTED' THEN NEW.delta ELSE 0 END
    WHERE sku = NEW.sku AND location = NEW.location;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'there is no such shelf';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER movements_count AFTER INSERT ON movements FOR EACH ROW EXECUTE FUNCTION count_movement();

CREATE FUNCTION count_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The lock keeps the reservation in its state until this hold is there for all to see.
    PERFORM FROM reservations WHERE order_id = NEW.order_id AND state = 'HELD' FOR SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'there is no such reservation';
    END IF;
    UPDATE stock SET reserved = reserved + NEW.quantity WHERE sku = NEW.sku AND location = NEW.location;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'there is no such shelf';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER holds_count AFTER INSERT ON holds FOR EACH ROW EXECUTE FUNCTION count_hold();

CREATE FUNCTION move_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What is held again may lie elsewhere by then.
    PERFORM FROM reservations WHERE order_id = NEW.order_id AND state = 'RELEASED' FOR SHARE;
    IF NOT FOUND THEN
        RAISE check_violation USING MESSAGE = 'what is held stays where it is';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER holds_move AFTER UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION move_hold();

CREATE FUNCTION commit_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO movements (sku, location, kind, delta, order_id, created_at)
    SELECT sku, location, 'DEDUCTED', -quantity, order_id, NEW.updated_at
    FROM holds WHERE order_id = NEW.order_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER reservations_commit AFTER UPDATE ON reservations FOR EACH ROW
    WHEN (OLD.state = 'HELD' AND NEW.state = 'COMMITTED') EXECUTE FUNCTION commit_holds();

CREATE FUNCTION recount_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stock s
    SET reserved = s.reserved + CASE NEW.state WHEN 'HELD' THEN h.quantity ELSE -h.quantity END
    FROM holds h WHERE h.order_id = NEW.order_id AND s.sku = h.sku AND s.location = h.location;
    RETURN NULL;
END
$$;
CREATE TRIGGER reservations_recount AFTER UPDATE ON reservations FOR EACH ROW
    WHEN ((OLD.state, NEW.state) IN (('HELD', 'RELEASED'), ('RELEASED', 'HELD')))
    EXECUTE FUNCTION recount_holds();
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the tables, and the triggers that count."""
    db.execute_sql(TABLES)
    db.execute_sql(COUNTING)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP TABLE returns, movements, holds, reservations, stock, items;"
        "DROP FUNCTION refuse_change, count_movement, count_hold, move_hold, commit_holds, recount_holds"
    )

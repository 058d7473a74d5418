"""Vouchers, who used them, and that nobody uses one more often than it allows."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE vouchers (
    id uuid PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' AND length(code) <= 40),
    kind text NOT NULL CHECK (kind IN ('PERCENT', 'FIXED', 'FREE_SHIPPING')),
    -- A percentage, or cents.
    value integer NOT NULL,
    minimum_minor integer NOT NULL CHECK (minimum_minor >= 0),
    once_per_customer boolean NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz CHECK (ends_at > starts_at),
    total_limit integer CHECK (total_limit > 0),
    used integer NOT NULL DEFAULT 0 CHECK (used >= 0),
    enabled boolean NOT NULL DEFAULT true,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT vouchers_have_a_fitting_value CHECK (CASE kind
        WHEN 'PERCENT' THEN value BETWEEN 1 AND 100
        WHEN 'FIXED' THEN value > 0
        ELSE value = 0
    END)
) WITH (fillfactor = 80);

CREATE TABLE voucher_redemptions (
    order_id uuid PRIMARY KEY REFERENCES orders ON DELETE RESTRICT,
    voucher_id uuid NOT NULL REFERENCES vouchers ON DELETE RESTRICT,
    redeemed_at timestamptz NOT NULL,
    returned_at timestamptz
);
CREATE INDEX voucher_redemptions_of_voucher ON voucher_redemptions (voucher_id);

-- By whom, as hashes of account and address: only of vouchers that are for everybody once.
CREATE TABLE voucher_uses (
    voucher_id uuid NOT NULL REFERENCES vouchers ON DELETE RESTRICT,
    redeemer text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL REFERENCES voucher_redemptions ON DELETE CASCADE,
    PRIMARY KEY (voucher_id, redeemer)
);
CREATE INDEX voucher_uses_of_order ON voucher_uses (order_id);
"""

FUNCTIONS = """
-- Says why a voucher cannot be used; NULL when it can. Without a row there is no such voucher.
CREATE FUNCTION voucher_refusal(v vouchers, redeemers text[], at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN v.id IS NULL OR NOT v.enabled THEN 'voucher-unknown'
        WHEN at < v.starts_at THEN 'voucher-not-yet-valid'
        WHEN at >= v.ends_at THEN 'voucher-expired'
        WHEN v.used >= v.total_limit THEN 'voucher-used-up'
        WHEN v.once_per_customer AND EXISTS (
            SELECT FROM voucher_uses u WHERE u.voucher_id = v.id AND u.redeemer = ANY (redeemers)
        ) THEN 'voucher-already-used'
    END
$$;

-- Who uses a voucher, by account and by address, as hashes: a customer who orders as a guest is the same one.
-- An address is one in any case and with any tag.
CREATE FUNCTION voucher_redeemers(customer_id text, email text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(encode(sha256(convert_to(name, 'UTF8')), 'hex')), '{}') FROM (VALUES
        ('customer:' || customer_id),
        ('email:' || regexp_replace(lower(normalize(btrim(email), NFKC)), '^([^@+]+)\\+[^@]*@', '\\1@'))
    ) AS names (name) WHERE name IS NOT NULL
$$;

-- Uses a voucher for an order; NULL, or why it cannot be used. The row of the voucher stays locked until the
-- order is committed: who comes second sees what the first one has left.
CREATE FUNCTION redeem_voucher(the_code text, redeemers text[], the_order uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v vouchers;
    refusal text;
BEGIN
    SELECT * INTO v FROM vouchers x WHERE x.code = the_code FOR NO KEY UPDATE;
    refusal := voucher_refusal(v, redeemers, at);
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;
    UPDATE vouchers SET used = used + 1 WHERE id = v.id;
    INSERT INTO voucher_redemptions (order_id, voucher_id, redeemed_at) VALUES (the_order, v.id, at);
    IF v.once_per_customer THEN
        INSERT INTO voucher_uses (voucher_id, redeemer, order_id)
        SELECT v.id, r, the_order FROM unnest(redeemers) AS r;
    END IF;
    RETURN NULL;
END
$$;

-- No order names a voucher that it has not used: one that cannot be used ends the statement that places it.
CREATE FUNCTION voucher_is_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    redeemers text[] := voucher_redeemers(NEW.customer_id, NEW.email);
    refusal text := redeem_voucher(NEW.voucher_code, redeemers, NEW.id, NEW.placed_at);
BEGIN
    IF refusal IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', MESSAGE = refusal, CONSTRAINT = 'orders_voucher_can_be_used';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_use_vouchers AFTER INSERT ON orders FOR EACH ROW WHEN (NEW.voucher_code IS NOT NULL)
EXECUTE FUNCTION voucher_is_used();

-- Gives back what an order used, once.
CREATE FUNCTION return_voucher(the_order uuid, at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    the_voucher uuid;
BEGIN
    UPDATE voucher_redemptions SET returned_at = at WHERE order_id = the_order AND returned_at IS NULL
    RETURNING voucher_id INTO the_voucher;
    IF the_voucher IS NULL THEN
        RETURN false;
    END IF;
    DELETE FROM voucher_uses WHERE order_id = the_order;
    UPDATE vouchers SET used = used - 1 WHERE id = the_voucher;
    RETURN true;
END
$$;

-- Whoever ends an order without a sale, and on whichever way: its voucher can be used again.
CREATE FUNCTION voucher_comes_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM return_voucher(NEW.id, NEW.updated_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_return_vouchers AFTER UPDATE OF state ON orders FOR EACH ROW
WHEN (NEW.voucher_code IS NOT NULL AND NEW.state IS DISTINCT FROM OLD.state
    AND NEW.state IN ('REJECTED', 'PAYMENT_FAILED', 'EXPIRED', 'CANCELLED'))
EXECUTE FUNCTION voucher_comes_back();
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make tables, functions and the trigger."""
    db.execute_sql(TABLES)
    db.execute_sql(FUNCTIONS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP TRIGGER orders_return_vouchers ON orders; DROP TRIGGER orders_use_vouchers ON orders"
    )
    db.execute_sql(
        "DROP FUNCTION voucher_comes_back, return_voucher, voucher_is_used, redeem_voucher,"
        " voucher_redeemers, voucher_refusal"
    )
    db.execute_sql("DROP TABLE voucher_uses, voucher_redemptions, vouchers")

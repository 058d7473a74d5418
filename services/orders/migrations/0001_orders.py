"""Orders with their lines and timeline, how far the saga of each has come, and what was answered by key."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL UNIQUE,
    customer_id text CHECK (length(customer_id) <= 200),
    -- The SHA-256 of the cart's cookie and of the key that a guest was given; customers have neither.
    guest_hash text COLLATE "C",
    guest_key_hash text COLLATE "C",
    email text CHECK (length(email) <= 254),
    state text NOT NULL CHECK (state IN (
        'PLACED', 'RESERVED', 'AWAITING_PAYMENT', 'AUTHORIZED', 'CONFIRMED', 'SHIPPED', 'DELIVERED',
        'REJECTED', 'PAYMENT_FAILED', 'EXPIRED', 'CANCELLED', 'RETURNED'
    )),
    payment_state text NOT NULL CHECK (payment_state IN (
        'NONE', 'ACTION_REQUIRED', 'UNKNOWN', 'AUTHORIZED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED',
        'VOIDED', 'FAILED'
    )),
    payment_method text NOT NULL CHECK (length(payment_method) <= 80),
    redirect_url text,
    shipping_method text NOT NULL,
    shipping_address jsonb,
    voucher_code text,
    -- All in cents; VAT as [{"rate", "net_minor", "vat_minor", "gross_minor"}].
    subtotal_minor integer NOT NULL CHECK (subtotal_minor >= 0),
    discount_minor integer NOT NULL CHECK (discount_minor BETWEEN 0 AND subtotal_minor),
    shipping_minor integer NOT NULL CHECK (shipping_minor >= 0),
    shipping_refundable_minor integer NOT NULL CHECK (shipping_refundable_minor BETWEEN 0 AND shipping_minor),
    deposit_minor integer NOT NULL CHECK (deposit_minor >= 0),
    total_minor integer NOT NULL CHECK (total_minor >= 0),
    vat jsonb NOT NULL,
    minimum_age smallint NOT NULL,
    shortages jsonb,
    placed_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    updated_at timestamptz NOT NULL,
    anonymized_at timestamptz,
    -- Counts the changes, so that whoever watches an order sees that there is something new.
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT orders_add_up
        CHECK (total_minor = subtotal_minor - discount_minor + shipping_minor + deposit_minor),
    CONSTRAINT orders_are_somebodys CHECK (
        anonymized_at IS NOT NULL
        OR (
            shipping_address IS NOT NULL AND (customer_id IS NULL) = (guest_hash IS NOT NULL)
            AND (customer_id IS NOT NULL OR email IS NOT NULL)
        )
    )
) WITH (fillfactor = 60);
CREATE INDEX orders_of_customer ON orders (customer_id, id DESC) WHERE customer_id IS NOT NULL;
CREATE INDEX orders_by_state ON orders (state, id DESC);

CREATE TABLE order_lines (
    order_id uuid NOT NULL REFERENCES orders ON DELETE RESTRICT,
    position smallint NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    sku text COLLATE "C" NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    variant jsonb NOT NULL,
    image jsonb,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    unit_price_minor integer NOT NULL CHECK (unit_price_minor >= 0),
    deposit_minor integer NOT NULL CHECK (deposit_minor >= 0),
    -- Of the line as a whole; the prices are of one piece.
    discount_minor integer NOT NULL CHECK (discount_minor BETWEEN 0 AND quantity * unit_price_minor),
    vat_rate numeric(5, 2) NOT NULL CHECK (vat_rate >= 0),
    PRIMARY KEY (order_id, position),
    UNIQUE (order_id, variant_id)
);

CREATE TABLE order_timeline (
    order_id uuid NOT NULL REFERENCES orders ON DELETE RESTRICT,
    number bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    event text NOT NULL,
    detail text,
    PRIMARY KEY (order_id, number)
);

-- Whoever has set `holder` works on the saga until `due_at`; then anybody may take it.
CREATE TABLE order_sagas (
    order_id uuid PRIMARY KEY REFERENCES orders ON DELETE RESTRICT,
    step text NOT NULL CHECK (step IN ('PAY', 'COMPENSATE', 'CLEAR_CART', 'DONE')),
    holder uuid,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    error text,
    -- Until when an order may wait for its payment.
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 60);
CREATE INDEX order_sagas_due ON order_sagas (due_at) WHERE step <> 'DONE';

CREATE TABLE order_requests (
    scope text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    request bytea NOT NULL,
    order_id uuid NOT NULL,
    -- Told once, with the answer, wherever that is made; gone with the row after a day.
    guest_key text,
    answer_status smallint,
    answer bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (scope, key),
    CONSTRAINT order_requests_are_answered_whole CHECK ((answer IS NULL) = (answer_status IS NULL))
);
CREATE UNIQUE INDEX order_requests_of_order ON order_requests (order_id);
CREATE INDEX order_requests_age ON order_requests (created_at);

CREATE TABLE order_refunds (
    order_id uuid NOT NULL REFERENCES orders ON DELETE RESTRICT,
    refund_id uuid NOT NULL,
    amount_minor integer NOT NULL CHECK (amount_minor > 0),
    at timestamptz NOT NULL,
    PRIMARY KEY (order_id, refund_id)
);
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the tables."""
    db.execute_sql(TABLES)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP TABLE order_refunds, order_requests, order_sagas, order_timeline, order_lines, orders"
    )

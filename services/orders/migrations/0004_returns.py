"""What customers send back: declared once, paid back, put on the shelf again, never more than was sold."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE returns (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders ON DELETE RESTRICT,
    -- OPEN until the money is on its way back and the goods are in the stock's books again.
    state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'DONE')),
    reason text CHECK (length(reason) <= 500),
    -- When the declaration came in, which is what its receipt says.
    received_at timestamptz NOT NULL,
    refund_minor integer NOT NULL CHECK (refund_minor >= 0),
    -- What its correction of the invoice says: lines, sums and VAT.
    content jsonb NOT NULL,
    correction text COLLATE "C" REFERENCES documents ON DELETE RESTRICT,
    done_at timestamptz,
    holder uuid,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    error text,
    CONSTRAINT returns_end_with_a_correction CHECK (
        (state = 'DONE') = (correction IS NOT NULL) AND (state = 'DONE') = (done_at IS NOT NULL)
    )
) WITH (fillfactor = 80);
CREATE INDEX returns_of_order ON returns (order_id);
CREATE INDEX returns_of_correction ON returns (correction);
CREATE INDEX returns_due ON returns (due_at) WHERE state = 'OPEN';

CREATE TABLE return_lines (
    return_id uuid NOT NULL REFERENCES returns ON DELETE RESTRICT,
    order_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (return_id, variant_id),
    FOREIGN KEY (order_id, variant_id) REFERENCES order_lines (order_id, variant_id) ON DELETE RESTRICT
);
CREATE INDEX return_lines_of_order ON return_lines (order_id, variant_id);
"""

FUNCTIONS = """
-- Whoever writes a line of a return has the order to themselves until the end of the transaction.
CREATE FUNCTION return_line_was_sold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM orders o WHERE o.id = NEW.order_id FOR NO KEY UPDATE;
    IF (SELECT sum(r.quantity) FROM return_lines r
        WHERE r.order_id = NEW.order_id AND r.variant_id = NEW.variant_id)
        > (SELECT l.quantity FROM order_lines l
           WHERE l.order_id = NEW.order_id AND l.variant_id = NEW.variant_id) THEN
        RAISE EXCEPTION 'more comes back than was sold'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_lines_were_sold';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER return_lines_were_sold AFTER INSERT OR UPDATE ON return_lines FOR EACH ROW
EXECUTE FUNCTION return_line_was_sold();

-- The end of a return: the correction of the invoice, and the order is returned when all of it came back.
CREATE FUNCTION finish_return(
    the_return uuid, the_holder uuid, at timestamptz, fact jsonb, cause json
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    r returns;
    o orders;
    the_number text;
    complete boolean;
BEGIN
    SELECT x.* INTO o FROM orders x JOIN returns y ON y.order_id = x.id
    WHERE y.id = the_return FOR NO KEY UPDATE OF x;
    SELECT * INTO r FROM returns x WHERE x.id = the_return FOR NO KEY UPDATE;
    IF r.state IS DISTINCT FROM 'OPEN' OR r.holder IS DISTINCT FROM the_holder THEN
        RETURN false;
    END IF;
    the_number := issue_document('CORRECTION', o.id, the_return,
        (SELECT d.content FROM documents d WHERE d.order_id = o.id AND d.kind = 'INVOICE')
        || correction_of(o.id) || r.content, at);
    UPDATE returns SET state = 'DONE', correction = the_number, done_at = at, holder = NULL, error = NULL
    WHERE id = the_return;
    complete := NOT EXISTS (SELECT FROM returns x WHERE x.order_id = o.id AND x.state = 'OPEN')
        AND NOT EXISTS (
            SELECT FROM order_lines l WHERE l.order_id = o.id AND l.quantity > (
                SELECT coalesce(sum(b.quantity), 0) FROM return_lines b
                WHERE b.order_id = l.order_id AND b.variant_id = l.variant_id
            )
        );
    UPDATE orders SET state = CASE WHEN complete THEN 'RETURNED' ELSE state END,
        updated_at = at, version = version + 1
    WHERE id = o.id;
    INSERT INTO order_timeline (order_id, at, event, detail) VALUES (o.id, at, 'returned', the_number);
    PERFORM outbox_add(uuid7(), 'orders.order-returned.v1', o.id,
        (fact || jsonb_build_object('complete', complete, 'credit_note', the_number))::json, cause);
    RETURN true;
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make tables, functions and the trigger."""
    db.execute_sql(TABLES)
    db.execute_sql(FUNCTIONS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql("DROP TABLE return_lines, returns")
    db.execute_sql("DROP FUNCTION finish_return, return_line_was_sold")

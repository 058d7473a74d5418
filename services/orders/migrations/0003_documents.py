"""Invoices and their corrections: numbered without a gap, and frozen as they were issued."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
ALTER TABLE orders ADD COLUMN language text NOT NULL DEFAULT 'de' CHECK (language IN ('de', 'en'));

-- The row of a series is locked until its number is committed: nobody gets a later one before.
CREATE TABLE document_counters (
    series text COLLATE "C",
    year smallint,
    last integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (series, year)
) WITH (fillfactor = 50);

-- Who sells, as invoices say; the latest is in force.
CREATE TABLE sellers (
    since timestamptz PRIMARY KEY,
    details jsonb NOT NULL,
    set_by text NOT NULL
);

CREATE TABLE documents (
    number text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('INVOICE', 'CANCELLATION', 'CORRECTION')),
    order_id uuid NOT NULL REFERENCES orders ON DELETE RESTRICT,
    return_id uuid,
    issued_at timestamptz NOT NULL,
    content jsonb NOT NULL,
    CONSTRAINT documents_correct_a_return CHECK ((kind = 'CORRECTION') = (return_id IS NOT NULL))
);
CREATE INDEX documents_of_order ON documents (order_id);
CREATE UNIQUE INDEX documents_invoice ON documents (order_id) WHERE kind = 'INVOICE';
CREATE UNIQUE INDEX documents_cancellation ON documents (order_id) WHERE kind = 'CANCELLATION';
CREATE UNIQUE INDEX documents_of_return ON documents (return_id) WHERE kind = 'CORRECTION';
"""

FUNCTIONS = """
CREATE FUNCTION documents_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'documents are neither changed nor deleted' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER documents_stay BEFORE UPDATE OR DELETE ON documents FOR EACH ROW
EXECUTE FUNCTION documents_are_frozen();

-- Takes the next number of a series and writes the document under it.
CREATE FUNCTION issue_document(
    the_kind text, the_order uuid, the_return uuid, content jsonb, at timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    the_series text := CASE the_kind WHEN 'INVOICE' THEN 'RE' ELSE 'RK' END;
    the_day date := (at AT TIME ZONE 'Europe/Berlin')::date;
    n integer;
    the_number text;
BEGIN
    INSERT INTO document_counters AS c (series, year, last) VALUES (the_series, extract(year FROM the_day), 1)
    ON CONFLICT (series, year) DO UPDATE SET last = c.last + 1 RETURNING c.last INTO n;
    the_number := concat_ws('-', the_series, extract(year FROM the_day),
        lpad(n::text, greatest(6, length(n::text)), '0'));
    INSERT INTO documents (number, kind, order_id, return_id, issued_at, content)
    VALUES (the_number, the_kind, the_order, the_return, at,
        content || jsonb_build_object('kind', the_kind, 'number', the_number, 'issued_on', the_day));
    RETURN the_number;
END
$$;

-- What an invoice says of an order: all of it is copied, so that nothing can change or go later.
CREATE FUNCTION invoice_content(o orders) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'order_number', o.number,
        'ordered_on', (o.placed_at AT TIME ZONE 'Europe/Berlin')::date,
        'language', o.language,
        'seller', (SELECT s.details FROM sellers s ORDER BY s.since DESC LIMIT 1),
        'buyer', coalesce(o.shipping_address, '{}') || jsonb_build_object('email', o.email),
        'lines', (
            SELECT jsonb_agg(jsonb_build_object(
                'sku', l.sku, 'name', l.name, 'variant', l.variant, 'quantity', l.quantity,
                'unit_price_minor', l.unit_price_minor, 'goods_minor', l.quantity * l.unit_price_minor,
                'unit_deposit_minor', l.deposit_minor, 'deposit_minor', l.quantity * l.deposit_minor,
                'vat_rate', l.vat_rate::text
            ) ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id
        ),
        'goods_minor', o.subtotal_minor,
        'discount_minor', o.discount_minor,
        'voucher', o.voucher_code,
        'shipping_method', o.shipping_method,
        'shipping_minor', o.shipping_minor,
        'deposit_minor', o.deposit_minor,
        'total_minor', o.total_minor,
        'vat', o.vat
    )
$$;

CREATE FUNCTION correction_of(the_order uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('corrects', jsonb_build_object(
        'number', d.content ->> 'number', 'issued_on', d.content ->> 'issued_on'))
    FROM documents d WHERE d.order_id = the_order AND d.kind = 'INVOICE'
$$;

-- An order that is confirmed has its invoice, and one that is called off afterwards the cancellation of it,
-- by whoever moves it: the number is given in the transaction of the cause.
CREATE FUNCTION order_is_documented() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    invoice documents;
BEGIN
    IF NEW.state = 'CONFIRMED' THEN
        PERFORM issue_document('INVOICE', NEW.id, NULL, invoice_content(NEW), NEW.updated_at);
        RETURN NULL;
    END IF;
    SELECT * INTO invoice FROM documents d WHERE d.order_id = NEW.id AND d.kind = 'INVOICE';
    IF FOUND THEN
        PERFORM issue_document(
            'CANCELLATION', NEW.id, NULL, invoice.content || correction_of(NEW.id), NEW.updated_at);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_have_documents AFTER UPDATE OF state ON orders FOR EACH ROW
WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('CONFIRMED', 'CANCELLED'))
EXECUTE FUNCTION order_is_documented();
"""

# A made-up company of this name, until the shop says who it is.
SELLER = """
INSERT INTO sellers (since, details, set_by) VALUES ('2020-01-01T00:00:00Z', '{
    "name": "Prost Getränke GmbH",
    "street": "Am Musteranger 1",
    "postal_code": "80331",
    "city": "München",
    "country": "DE",
    "vat_id": "DE999999999",
    "tax_number": null,
    "trade_register": "Amtsgericht München, HRB 999999",
    "managers": "Maria Muster",
    "email": "shop@prost.test",
    "phone": null
}', 'migration')
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make tables, functions and triggers."""
    db.execute_sql(TABLES)
    db.execute_sql(FUNCTIONS)
    db.execute_sql(SELLER)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql("DROP TRIGGER orders_have_documents ON orders")
    db.execute_sql("DROP TABLE documents, sellers, document_counters")
    db.execute_sql(
        "DROP FUNCTION order_is_documented, correction_of, invoice_content, issue_document,"
        " documents_are_frozen"
    )
    db.execute_sql("ALTER TABLE orders DROP COLUMN language")

"""Payments with all that was asked of the provider, and the books that are kept of it by triggers."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE payments (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL UNIQUE,
    provider text NOT NULL CHECK (provider ~ '^[a-z]{1,20}$'),
    state text NOT NULL CHECK (state IN (
        'PENDING', 'ACTION_REQUIRED', 'UNKNOWN', 'AUTHORIZED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED',
        'VOIDED', 'FAILED'
    )),
    amount_minor bigint NOT NULL CHECK (amount_minor BETWEEN 0 AND 100000000),
    currency text NOT NULL DEFAULT 'EUR' CHECK (currency = 'EUR'),
    capture text NOT NULL CHECK (capture IN ('manual', 'automatic')),
    method text CHECK (length(method) <= 100),
    ref text CHECK (length(ref) <= 200),
    redirect_url text CHECK (length(redirect_url) <= 2000),
    return_url text CHECK (length(return_url) <= 2000),
    failure_code text CHECK (length(failure_code) <= 100),
    reason text CHECK (length(reason) <= 200),
    customer_id uuid,
    authorized_minor bigint NOT NULL DEFAULT 0,
    captured_minor bigint NOT NULL DEFAULT 0,
    released_minor bigint NOT NULL DEFAULT 0,
    refunded_minor bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payments_add_up CHECK (
        0 <= captured_minor AND 0 <= released_minor AND captured_minor + released_minor <= authorized_minor
        AND 0 <= refunded_minor AND refunded_minor <= captured_minor
    ),
    CONSTRAINT payments_are_for_something CHECK (
        state = 'VOIDED' OR (amount_minor > 0 AND method IS NOT NULL)
    ),
    CONSTRAINT payments_are_what_they_say CHECK (
        CASE state
            WHEN 'AUTHORIZED' THEN authorized_minor - captured_minor - released_minor >= amount_minor
            WHEN 'CAPTURED' THEN captured_minor - refunded_minor = amount_minor
            WHEN 'PARTIALLY_REFUNDED' THEN captured_minor - refunded_minor BETWEEN 1 AND amount_minor - 1
            WHEN 'REFUNDED' THEN captured_minor = refunded_minor AND refunded_minor > 0
            WHEN 'FAILED' THEN failure_code IS NOT NULL
            WHEN 'VOIDED' THEN reason IS NOT NULL
            ELSE true
        END
    )
) WITH (fillfactor = 60);

CREATE TABLE refunds (
    payment_id uuid NOT NULL REFERENCES payments ON DELETE RESTRICT,
    id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('PENDING', 'SUCCEEDED', 'FAILED')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    reason text NOT NULL CHECK (length(reason) <= 200),
    failure_code text CHECK (length(failure_code) <= 100),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (payment_id, id)
);

-- A call to the provider. Its row is there before the provider is asked; until `due_at` somebody is at it.
CREATE TABLE attempts (
    payment_id uuid NOT NULL REFERENCES payments ON DELETE RESTRICT,
    number integer NOT NULL CHECK (number > 0),
    kind text NOT NULL CHECK (kind IN ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND')),
    state text NOT NULL CHECK (state IN (
        'STARTED', 'PROCESSING', 'ACTION_REQUIRED', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'ABANDONED'
    )),
    key text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    method text,
    ref text CHECK (length(ref) <= 200),
    refund_id uuid,
    failure_code text CHECK (length(failure_code) <= 100),
    asked integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (payment_id, number),
    CONSTRAINT attempts_are_settled_or_not CHECK (
        (settled_at IS NOT NULL) = (state IN ('SUCCEEDED', 'FAILED', 'ABANDONED'))
    ),
    CONSTRAINT attempts_of_refunds CHECK ((kind = 'REFUND') = (refund_id IS NOT NULL)),
    FOREIGN KEY (payment_id, refund_id) REFERENCES refunds ON DELETE RESTRICT
) WITH (fillfactor = 60);
-- Whatever races, money is asked for by one at a time.
CREATE UNIQUE INDEX attempts_take_turns ON attempts (payment_id)
    WHERE settled_at IS NULL AND kind IN ('AUTHORIZE', 'CAPTURE');
CREATE UNIQUE INDEX attempts_of_refund ON attempts (payment_id, refund_id)
    WHERE settled_at IS NULL AND refund_id IS NOT NULL;
CREATE INDEX attempts_refunded ON attempts (payment_id, refund_id) WHERE refund_id IS NOT NULL;
CREATE INDEX attempts_due ON attempts (due_at) WHERE settled_at IS NULL;

CREATE TABLE provider_events (
    provider text NOT NULL,
    id text NOT NULL CHECK (length(id) BETWEEN 1 AND 200),
    type text NOT NULL CHECK (length(type) <= 100),
    order_id uuid,
    state text NOT NULL CHECK (state IN ('RECEIVED', 'PROCESSED', 'IGNORED')),
    received_at timestamptz NOT NULL,
    processed_at timestamptz,
    PRIMARY KEY (provider, id)
);
CREATE INDEX provider_events_new ON provider_events (received_at) WHERE state = 'RECEIVED';

-- Triggers of payments alone write this and the ledger, and payments stay: foreign keys would check in vain.
CREATE TABLE transactions (
    payment_id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    state text NOT NULL,
    method text,
    authorized_minor bigint NOT NULL,
    captured_minor bigint NOT NULL,
    released_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL,
    failure_code text,
    reason text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (payment_id, number)
);

CREATE TABLE ledger (
    payment_id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    fact text NOT NULL CHECK (fact IN ('AUTHORIZED', 'CAPTURED', 'RELEASED', 'REFUNDED')),
    account text NOT NULL CHECK (account IN ('authorized', 'holds', 'cash', 'revenue', 'refunds')),
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (payment_id, number)
);
"""

# What happened is entered by the database itself, whoever changes a payment, and stays as it was entered.
BOOKS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE check_violation USING MESSAGE = TG_TABLE_NAME || ' cannot be changed like this';
END
$$;

CREATE TRIGGER payments_begin_empty BEFORE INSERT ON payments FOR EACH ROW
    WHEN (NEW.state NOT IN ('PENDING', 'VOIDED') OR NEW.authorized_minor <> 0)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payments_stay BEFORE DELETE ON payments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payments_only_grow BEFORE UPDATE ON payments FOR EACH ROW
    WHEN (
        (NEW.id, NEW.order_id, NEW.provider, NEW.amount_minor, NEW.currency, NEW.capture)
        <> (OLD.id, OLD.order_id, OLD.provider, OLD.amount_minor, OLD.currency, OLD.capture)
        OR NEW.authorized_minor < OLD.authorized_minor OR NEW.captured_minor < OLD.captured_minor
        OR NEW.released_minor < OLD.released_minor OR NEW.refunded_minor < OLD.refunded_minor
    ) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payments_move_on BEFORE UPDATE ON payments FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('PENDING', 'ACTION_REQUIRED'), ('PENDING', 'UNKNOWN'), ('PENDING', 'AUTHORIZED'),
        ('PENDING', 'CAPTURED'), ('PENDING', 'FAILED'), ('PENDING', 'VOIDED'),
        ('UNKNOWN', 'PENDING'), ('UNKNOWN', 'ACTION_REQUIRED'), ('UNKNOWN', 'AUTHORIZED'),
        ('UNKNOWN', 'CAPTURED'), ('UNKNOWN', 'FAILED'), ('UNKNOWN', 'VOIDED'),
        ('ACTION_REQUIRED', 'PENDING'), ('ACTION_REQUIRED', 'AUTHORIZED'), ('ACTION_REQUIRED', 'CAPTURED'),
        ('ACTION_REQUIRED', 'FAILED'), ('ACTION_REQUIRED', 'VOIDED'),
        ('AUTHORIZED', 'CAPTURED'), ('AUTHORIZED', 'FAILED'), ('AUTHORIZED', 'VOIDED'),
        ('FAILED', 'PENDING'), ('FAILED', 'VOIDED'),
        ('CAPTURED', 'PARTIALLY_REFUNDED'), ('CAPTURED', 'REFUNDED'), ('PARTIALLY_REFUNDED', 'REFUNDED')
    )) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attempts_keep_their_word BEFORE UPDATE ON attempts FOR EACH ROW
    WHEN (OLD.settled_at IS NOT NULL
        OR (NEW.payment_id, NEW.number, NEW.kind, NEW.key, NEW.amount_minor)
        <> (OLD.payment_id, OLD.number, OLD.kind, OLD.key, OLD.amount_minor))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refunds_stay BEFORE DELETE ON refunds FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refunds_move_on BEFORE UPDATE ON refunds FOR EACH ROW
    WHEN ((NEW.payment_id, NEW.id, NEW.amount_minor) <> (OLD.payment_id, OLD.id, OLD.amount_minor)
        OR OLD.state = 'SUCCEEDED')
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER transactions_append_only BEFORE UPDATE OR DELETE ON transactions FOR EACH ROW
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transactions_never_emptied BEFORE TRUNCATE ON transactions FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transactions_kept_by_the_database BEFORE INSERT ON transactions FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_kept_by_the_database BEFORE INSERT ON ledger FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();

CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM entered GROUP BY payment_id, fact HAVING sum(amount_minor) <> 0) THEN
        RAISE check_violation USING MESSAGE = 'what is entered has to sum to zero';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ledger_sums_to_zero AFTER INSERT ON ledger REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_balances();

CREATE FUNCTION log_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO transactions (payment_id, state, method, authorized_minor, captured_minor, released_minor,
        refunded_minor, failure_code, reason, created_at)
    VALUES (NEW.id, NEW.state, NEW.method, NEW.authorized_minor, NEW.captured_minor, NEW.released_minor,
        NEW.refunded_minor, NEW.failure_code, NEW.reason, NEW.updated_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER payments_begin AFTER INSERT ON payments FOR EACH ROW EXECUTE FUNCTION log_transaction();
CREATE TRIGGER payments_log AFTER UPDATE ON payments FOR EACH ROW
    WHEN ((NEW.state, NEW.authorized_minor, NEW.captured_minor, NEW.released_minor, NEW.refunded_minor)
        <> (OLD.state, OLD.authorized_minor, OLD.captured_minor, OLD.released_minor, OLD.refunded_minor))
    EXECUTE FUNCTION log_transaction();

CREATE FUNCTION enter_amounts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    promised CONSTANT bigint := NEW.authorized_minor - OLD.authorized_minor;
    taken CONSTANT bigint := NEW.captured_minor - OLD.captured_minor;
    let_go CONSTANT bigint := NEW.released_minor - OLD.released_minor;
    given_back CONSTANT bigint := NEW.refunded_minor - OLD.refunded_minor;
BEGIN
    INSERT INTO ledger (payment_id, fact, account, amount_minor, created_at)
    SELECT NEW.id, e.fact, e.account, e.amount, NEW.updated_at FROM (VALUES
        ('AUTHORIZED', 'authorized', promised), ('AUTHORIZED', 'holds', -promised),
        ('CAPTURED', 'holds', taken), ('CAPTURED', 'authorized', -taken),
        ('CAPTURED', 'cash', taken), ('CAPTURED', 'revenue', -taken),
        ('RELEASED', 'holds', let_go), ('RELEASED', 'authorized', -let_go),
        ('REFUNDED', 'refunds', given_back), ('REFUNDED', 'cash', -given_back)
    ) AS e (fact, account, amount) WHERE e.amount <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER payments_enter AFTER UPDATE ON payments FOR EACH ROW
    WHEN ((NEW.authorized_minor, NEW.captured_minor, NEW.released_minor, NEW.refunded_minor)
        <> (OLD.authorized_minor, OLD.captured_minor, OLD.released_minor, OLD.refunded_minor))
    EXECUTE FUNCTION enter_amounts();
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the tables, and the triggers that guard them and keep the books."""
    db.execute_sql(TABLES)
    db.execute_sql(BOOKS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP TABLE ledger, transactions, provider_events, attempts, refunds, payments;"
        "DROP FUNCTION refuse_change, ledger_balances, log_transaction, enter_amounts"
    )

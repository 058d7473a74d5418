"""The provider's side of the fake: tables that stand for another company's, and what it does with them."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE fake_charges (
    key text PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    order_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    capture text NOT NULL,
    state text NOT NULL CHECK (state IN (
        'AUTHORIZED', 'CAPTURED', 'DECLINED', 'CHALLENGE', 'PROCESSING', 'CANCELLED'
    )),
    failure_code text,
    token text UNIQUE,
    return_url text NOT NULL,
    refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND amount_minor),
    known_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE fake_refunds (
    key text PRIMARY KEY,
    ref text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    is_done boolean NOT NULL
);

CREATE TABLE fake_webhooks (
    id uuid PRIMARY KEY,
    type text NOT NULL,
    order_id uuid NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    sent_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX fake_webhooks_due ON fake_webhooks (due_at) WHERE sent_at IS NULL;
"""

# A method says what becomes of it. `known_at` is when the provider itself knows of it, or of its outcome.
FUNCTIONS = """
CREATE FUNCTION fake_told(
    c fake_charges, OUT told text, OUT ref text, OUT token text, OUT failure text
) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    ref := c.ref;
    told := CASE c.state
        WHEN 'AUTHORIZED' THEN 'SUCCEEDED'
        WHEN 'CAPTURED' THEN 'CAPTURED'
        WHEN 'CHALLENGE' THEN 'ACTION_REQUIRED'
        WHEN 'PROCESSING' THEN 'PROCESSING'
        ELSE 'FAILED'
    END;
    token := CASE c.state WHEN 'CHALLENGE' THEN c.token END;
    failure := CASE c.state WHEN 'CANCELLED' THEN 'cancelled' ELSE c.failure_code END;
END
$$;

CREATE FUNCTION fake_done(how text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE how WHEN 'automatic' THEN 'CAPTURED' ELSE 'AUTHORIZED' END
$$;

CREATE FUNCTION fake_tell(what text, the_order uuid, due timestamptz, at timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO fake_webhooks (id, type, order_id, due_at, created_at)
    VALUES (uuid7(), what, the_order, due, at)
$$;

CREATE FUNCTION fake_authorize(
    the_key text, the_order uuid, minor bigint, method text, how text, back text, at timestamptz,
    OUT told text, OUT ref text, OUT token text, OUT failure text
) LANGUAGE plpgsql AS $$
DECLARE
    c fake_charges;
    is_new boolean;
BEGIN
    INSERT INTO fake_charges AS n (key, ref, order_id, amount_minor, capture, state, failure_code, token,
        return_url, known_at, created_at)
    VALUES (
        the_key, 'fake_' || replace(gen_random_uuid()::text, '-', ''), the_order, minor, how,
        CASE method
            WHEN 'pm_card_chargeDeclined' THEN 'DECLINED'
            WHEN 'pm_card_chargeDeclinedInsufficientFunds' THEN 'DECLINED'
            WHEN 'pm_card_threeDSecureRequired' THEN 'CHALLENGE'
            WHEN 'pm_late_webhook' THEN 'PROCESSING'
            ELSE fake_done(how)
        END,
        CASE method
            WHEN 'pm_card_chargeDeclined' THEN 'card-declined'
            WHEN 'pm_card_chargeDeclinedInsufficientFunds' THEN 'insufficient-funds'
        END,
        CASE method WHEN 'pm_card_threeDSecureRequired' THEN replace(gen_random_uuid()::text, '-', '') END,
        back,
        at + CASE method WHEN 'pm_late_webhook' THEN 5 WHEN 'pm_unknown' THEN 10 ELSE 0 END * interval '1 s',
        at
    )
    ON CONFLICT (key) DO NOTHING RETURNING n.* INTO c;
    is_new := FOUND;
    IF is_new AND method = 'pm_late_webhook' THEN
        PERFORM fake_tell('charge.succeeded', the_order, c.known_at, at);
    ELSIF NOT is_new THEN
        SELECT x.* INTO c FROM fake_charges x WHERE x.key = the_key;
    END IF;
    IF (method = 'pm_timeout_after_charge' AND is_new) OR (method = 'pm_unknown' AND at < c.known_at) THEN
        told := 'LOST';
        RETURN;
    END IF;
    SELECT f.told, f.ref, f.token, f.failure INTO told, ref, token, failure FROM fake_told(c) f;
END
$$;

CREATE FUNCTION fake_retrieve(
    the_key text, at timestamptz, OUT told text, OUT ref text, OUT token text, OUT failure text
) LANGUAGE plpgsql AS $$
DECLARE
    c fake_charges;
BEGIN
    UPDATE fake_charges x SET state = fake_done(x.capture)
    WHERE x.key = the_key AND x.state = 'PROCESSING' AND x.known_at <= at;
    SELECT x.* INTO c FROM fake_charges x WHERE x.key = the_key;
    IF c.key IS NULL OR (c.state <> 'PROCESSING' AND c.known_at > at) THEN
        told := 'NOT_FOUND';
        RETURN;
    END IF;
    SELECT f.told, f.ref, f.token, f.failure INTO told, ref, token, failure FROM fake_told(c) f;
END
$$;

CREATE FUNCTION fake_capture(the_ref text, OUT told text, OUT failure text) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE fake_charges x SET state = 'CAPTURED'
    WHERE x.ref = the_ref AND x.state IN ('AUTHORIZED', 'CAPTURED');
    told := CASE WHEN FOUND THEN 'SUCCEEDED' ELSE 'FAILED' END;
    failure := CASE told WHEN 'FAILED' THEN 'not-authorized' END;
END
$$;

CREATE FUNCTION fake_void(the_ref text, OUT told text, OUT failure text) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE fake_charges x SET state = 'CANCELLED'
    WHERE x.ref = the_ref AND x.state IN ('AUTHORIZED', 'CHALLENGE', 'PROCESSING', 'CANCELLED', 'DECLINED');
    IF FOUND THEN
        told := 'SUCCEEDED';
    ELSIF EXISTS (SELECT FROM fake_charges x WHERE x.ref = the_ref) THEN
        told := 'CAPTURED';
    ELSE
        told := 'FAILED';
        failure := 'no-such-charge';
    END IF;
END
$$;

CREATE FUNCTION fake_refund(the_key text, the_ref text, minor bigint, OUT told text, OUT failure text)
LANGUAGE plpgsql AS $$
DECLARE
    was_done boolean;
BEGIN
    PERFORM FROM fake_charges x WHERE x.ref = the_ref FOR NO KEY UPDATE;
    SELECT x.is_done INTO was_done FROM fake_refunds x WHERE x.key = the_key;
    IF was_done IS NULL THEN
        UPDATE fake_charges x SET refunded_minor = x.refunded_minor + minor
        WHERE x.ref = the_ref AND x.state = 'CAPTURED' AND x.refunded_minor + minor <= x.amount_minor;
        was_done := FOUND;
        INSERT INTO fake_refunds (key, ref, amount_minor, is_done) VALUES (the_key, the_ref, minor, was_done);
    END IF;
    told := CASE WHEN was_done THEN 'SUCCEEDED' ELSE 'FAILED' END;
    failure := CASE told WHEN 'FAILED' THEN 'not-refundable' END;
END
$$;

-- What its page shows: NULL for a token that is none, and the state of a charge that was decided.
CREATE FUNCTION fake_challenge(
    the_token text, approve boolean, at timestamptz, OUT state text, OUT minor bigint, OUT back text
) LANGUAGE plpgsql AS $$
DECLARE
    c fake_charges;
BEGIN
    IF approve IS NOT NULL THEN
        UPDATE fake_charges x SET
            state = CASE WHEN approve THEN fake_done(x.capture) ELSE 'DECLINED' END,
            failure_code = CASE WHEN NOT approve THEN 'authentication-failed' END
        WHERE x.token = the_token AND x.state = 'CHALLENGE' RETURNING x.* INTO c;
        IF FOUND THEN
            PERFORM fake_tell(
                CASE WHEN approve THEN 'charge.succeeded' ELSE 'charge.failed' END, c.order_id, at, at);
        END IF;
    END IF;
    SELECT x.state, x.amount_minor, x.return_url INTO state, minor, back
    FROM fake_charges x WHERE x.token = the_token;
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the tables and the functions."""
    db.execute_sql(TABLES)
    db.execute_sql(FUNCTIONS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP FUNCTION fake_challenge, fake_refund, fake_void, fake_capture, fake_retrieve, fake_authorize,"
        " fake_tell, fake_done, fake_told; DROP TABLE fake_webhooks, fake_refunds, fake_charges"
    )

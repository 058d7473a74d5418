"""An authorization that the provider has withdrawn is noticed when the provider announces it.

What is authorized has no open attempt that an event could bring forward. So an event about it opens one that
only looks up what has become of it, under the key that it was made with.
"""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

KINDS = """
ALTER TABLE attempts DROP CONSTRAINT attempts_kind_check;
ALTER TABLE attempts ADD CONSTRAINT attempts_kind_check
    CHECK (kind IN ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND', 'LOOK_UP'));
"""

KINDS_BEFORE = """
ALTER TABLE attempts DROP CONSTRAINT attempts_kind_check;
ALTER TABLE attempts ADD CONSTRAINT attempts_kind_check
    CHECK (kind IN ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND'));
"""

LOOKING_UP = """
-- Due at once: whoever takes up what stands still asks.
CREATE FUNCTION look_up(p payments, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Two that number their attempts at once would take the same number.
    PERFORM FROM payments x WHERE x.id = p.id FOR NO KEY UPDATE;
    INSERT INTO attempts (payment_id, number, kind, state, key, amount_minor, method, ref, due_at, created_at)
    SELECT p.id, 1 + (SELECT max(x.number) FROM attempts x WHERE x.payment_id = p.id), 'LOOK_UP', 'STARTED',
        made.key, p.amount_minor, NULL, p.ref, at, at
    FROM attempts made
    WHERE made.payment_id = p.id AND made.kind = 'AUTHORIZE' AND made.ref = p.ref
        -- What is being captured or voided is found out about by that.
        AND NOT EXISTS (SELECT FROM attempts x WHERE x.payment_id = p.id AND x.settled_at IS NULL)
    ORDER BY made.number DESC LIMIT 1;
END
$$;

CREATE FUNCTION settle_look_up(
    INOUT p payments, INOUT a attempts, told text, at timestamptz, cause json
) LANGUAGE plpgsql AS $$
BEGIN
    IF told = 'FAILED' AND p.state = 'AUTHORIZED' AND p.ref = a.ref AND NOT EXISTS (
        SELECT FROM attempts x WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.kind = 'CAPTURE'
    ) THEN
        UPDATE payments x SET state = 'FAILED', failure_code = a.failure_code,
            released_minor = x.released_minor + a.amount_minor, updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
        PERFORM announce('failed', p, p.amount_minor, NULL, cause);
    END IF;
    a := NULL;
END
$$;

CREATE OR REPLACE FUNCTION process_events(
    the_provider text, at timestamptz, at_once integer, OUT processed integer
) LANGUAGE plpgsql AS $$
DECLARE
    orders uuid[];
BEGIN
    WITH new AS (
        SELECT e.provider, e.id FROM provider_events e
        WHERE e.state = 'RECEIVED' AND e.provider = the_provider
        ORDER BY e.received_at LIMIT at_once FOR NO KEY UPDATE SKIP LOCKED
    ), done AS (
        UPDATE provider_events e SET processed_at = at, state = CASE
            WHEN EXISTS (SELECT FROM payments y WHERE y.order_id = e.order_id AND y.provider = e.provider)
            THEN 'PROCESSED' ELSE 'IGNORED' END
        FROM new WHERE e.provider = new.provider AND e.id = new.id RETURNING e.order_id
    )
    SELECT count(*), array_agg(order_id) INTO processed, orders FROM done;
    IF processed > 0 THEN
        -- Payments are locked before their attempts, as everybody does, and in one order.
        PERFORM look_up(y, at) FROM payments y
        WHERE y.order_id = ANY (orders) AND y.provider = the_provider AND y.state = 'AUTHORIZED'
        ORDER BY y.id;
        -- What has just been started has its answer under way, and is asked for when that does not come.
        UPDATE attempts a SET due_at = at FROM payments y
        WHERE y.order_id = ANY (orders) AND y.provider = the_provider AND a.payment_id = y.id
            AND a.settled_at IS NULL AND a.state <> 'STARTED' AND a.due_at > at;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION begin_void(
    the_id uuid, the_order uuid, the_provider text, why text, lease interval, at timestamptz, cause json,
    OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
DECLARE
    was text;
BEGIN
    outcome := 'DONE';
    INSERT INTO payments AS n (id, order_id, provider, state, amount_minor, capture, reason, created_at,
        updated_at)
    VALUES (the_id, the_order, the_provider, 'VOIDED', 0, 'manual', why, at, at)
    ON CONFLICT (order_id) DO NOTHING RETURNING n.* INTO p;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT x.* INTO p FROM payments x WHERE x.order_id = the_order FOR NO KEY UPDATE;
    IF p.state IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED') THEN
        outcome := 'CAPTURED';
        RETURN;
    END IF;
    SELECT x.* INTO a FROM attempts x
    WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.kind NOT IN ('REFUND', 'LOOK_UP')
    ORDER BY x.number DESC LIMIT 1;
    IF p.state = 'VOIDED' THEN
        a := take_over(a, lease, at);
        RETURN;
    END IF;
    IF a.kind = 'CAPTURE' THEN
        outcome := 'UNDER_WAY';
        a := NULL;
        RETURN;
    END IF;
    was := p.state;
    UPDATE payments x SET state = 'VOIDED', reason = why, redirect_url = NULL, updated_at = at
    WHERE x.id = p.id RETURNING x.* INTO p;
    PERFORM announce('voided', p, p.amount_minor, NULL, cause);
    IF was = 'AUTHORIZED' THEN
        a := start_attempt(p, 'VOID', p.amount_minor, p.ref, NULL, lease, at);
    ELSIF was = 'ACTION_REQUIRED' THEN
        -- Nobody has to answer any more. What is answered all the same is cancelled with the rest.
        UPDATE attempts x SET state = 'ABANDONED', settled_at = at
        WHERE x.payment_id = a.payment_id AND x.number = a.number;
        a := start_attempt(p, 'VOID', 0, a.ref, NULL, lease, at);
    ELSE
        a := take_over(a, lease, at);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION settle(
    the_payment uuid, the_number integer, told text, the_ref text, redirect text, failure text,
    patience interval, lease interval, at timestamptz, cause json,
    OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
DECLARE
    next record;
BEGIN
    outcome := 'DONE';
    SELECT x.* INTO p FROM payments x WHERE x.id = the_payment FOR NO KEY UPDATE;
    UPDATE attempts x SET
        state = CASE told WHEN 'CAPTURED' THEN 'SUCCEEDED' ELSE told END,
        ref = coalesce(the_ref, x.ref),
        failure_code = failure,
        settled_at = CASE WHEN told IN ('SUCCEEDED', 'CAPTURED', 'FAILED') THEN at END,
        due_at = CASE told
            WHEN 'ACTION_REQUIRED' THEN
                least(at + pause_after(told, x.asked), greatest(x.created_at + patience, at))
            ELSE at + pause_after(told, x.asked)
        END
    WHERE x.payment_id = the_payment AND x.number = the_number AND x.settled_at IS NULL
    RETURNING x.* INTO a;
    IF NOT FOUND THEN
        -- Somebody else was told the same before.
        a := NULL;
        RETURN;
    END IF;
    CASE a.kind
        WHEN 'AUTHORIZE' THEN
            next := settle_authorization(p, a, told, redirect, patience, lease, at, cause);
        WHEN 'CAPTURE' THEN
            next := settle_capture(p, a, told, lease, at, cause);
        WHEN 'VOID' THEN
            next := settle_void(p, a, told, lease, at);
        WHEN 'LOOK_UP' THEN
            next := settle_look_up(p, a, told, at, cause);
        ELSE
            next := settle_refund(p, a, told, at, cause);
    END CASE;
    p := next.p;
    a := next.a;
END
$$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION process_events(
    the_provider text, at timestamptz, at_once integer, OUT processed integer
) LANGUAGE plpgsql AS $$
DECLARE
    orders uuid[];
BEGIN
    WITH new AS (
        SELECT e.provider, e.id FROM provider_events e
        WHERE e.state = 'RECEIVED' AND e.provider = the_provider
        ORDER BY e.received_at LIMIT at_once FOR NO KEY UPDATE SKIP LOCKED
    ), done AS (
        UPDATE provider_events e SET processed_at = at, state = CASE
            WHEN EXISTS (SELECT FROM payments y WHERE y.order_id = e.order_id AND y.provider = e.provider)
            THEN 'PROCESSED' ELSE 'IGNORED' END
        FROM new WHERE e.provider = new.provider AND e.id = new.id RETURNING e.order_id
    )
    SELECT count(*), array_agg(order_id) INTO processed, orders FROM done;
    IF processed > 0 THEN
        -- What has just been started has its answer under way, and is asked for when that does not come.
        UPDATE attempts a SET due_at = at FROM payments y
        WHERE y.order_id = ANY (orders) AND y.provider = the_provider AND a.payment_id = y.id
            AND a.settled_at IS NULL AND a.state <> 'STARTED' AND a.due_at > at;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION begin_void(
    the_id uuid, the_order uuid, the_provider text, why text, lease interval, at timestamptz, cause json,
    OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
DECLARE
    was text;
BEGIN
    outcome := 'DONE';
    INSERT INTO payments AS n (id, order_id, provider, state, amount_minor, capture, reason, created_at,
        updated_at)
    VALUES (the_id, the_order, the_provider, 'VOIDED', 0, 'manual', why, at, at)
    ON CONFLICT (order_id) DO NOTHING RETURNING n.* INTO p;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT x.* INTO p FROM payments x WHERE x.order_id = the_order FOR NO KEY UPDATE;
    IF p.state IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED') THEN
        outcome := 'CAPTURED';
        RETURN;
    END IF;
    SELECT x.* INTO a FROM attempts x
    WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.kind <> 'REFUND' ORDER BY x.number DESC LIMIT 1;
    IF p.state = 'VOIDED' THEN
        a := take_over(a, lease, at);
        RETURN;
    END IF;
    IF a.kind = 'CAPTURE' THEN
        outcome := 'UNDER_WAY';
        a := NULL;
        RETURN;
    END IF;
    was := p.state;
    UPDATE payments x SET state = 'VOIDED', reason = why, redirect_url = NULL, updated_at = at
    WHERE x.id = p.id RETURNING x.* INTO p;
    PERFORM announce('voided', p, p.amount_minor, NULL, cause);
    IF was = 'AUTHORIZED' THEN
        a := start_attempt(p, 'VOID', p.amount_minor, p.ref, NULL, lease, at);
    ELSIF was = 'ACTION_REQUIRED' THEN
        -- Nobody has to answer any more. What is answered all the same is cancelled with the rest.
        UPDATE attempts x SET state = 'ABANDONED', settled_at = at
        WHERE x.payment_id = a.payment_id AND x.number = a.number;
        a := start_attempt(p, 'VOID', 0, a.ref, NULL, lease, at);
    ELSE
        a := take_over(a, lease, at);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION settle(
    the_payment uuid, the_number integer, told text, the_ref text, redirect text, failure text,
    patience interval, lease interval, at timestamptz, cause json,
    OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
DECLARE
    next record;
BEGIN
    outcome := 'DONE';
    SELECT x.* INTO p FROM payments x WHERE x.id = the_payment FOR NO KEY UPDATE;
    UPDATE attempts x SET
        state = CASE told WHEN 'CAPTURED' THEN 'SUCCEEDED' ELSE told END,
        ref = coalesce(the_ref, x.ref),
        failure_code = failure,
        settled_at = CASE WHEN told IN ('SUCCEEDED', 'CAPTURED', 'FAILED') THEN at END,
        due_at = CASE told
            WHEN 'ACTION_REQUIRED' THEN
                least(at + pause_after(told, x.asked), greatest(x.created_at + patience, at))
            ELSE at + pause_after(told, x.asked)
        END
    WHERE x.payment_id = the_payment AND x.number = the_number AND x.settled_at IS NULL
    RETURNING x.* INTO a;
    IF NOT FOUND THEN
        -- Somebody else was told the same before.
        a := NULL;
        RETURN;
    END IF;
    CASE a.kind
        WHEN 'AUTHORIZE' THEN
            next := settle_authorization(p, a, told, redirect, patience, lease, at, cause);
        WHEN 'CAPTURE' THEN
            next := settle_capture(p, a, told, lease, at, cause);
        WHEN 'VOID' THEN
            next := settle_void(p, a, told, lease, at);
        ELSE
            next := settle_refund(p, a, told, at, cause);
    END CASE;
    p := next.p;
    a := next.a;
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Let events have authorizations looked up."""
    db.execute_sql(KINDS)
    db.execute_sql(LOOKING_UP)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Leave authorizations alone; what was looked up meanwhile keeps this from being undone."""
    db.execute_sql(BEFORE)
    db.execute_sql("DROP FUNCTION settle_look_up, look_up")
    db.execute_sql(KINDS_BEFORE)

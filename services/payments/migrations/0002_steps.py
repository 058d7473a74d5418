"""What is done to payments, a function and a statement each.

A step answers the payment and, where the provider has to be asked something, the attempt to do it with: its
row is committed with the statement. `settle` takes what the provider said and may answer with the next one.
Whoever changes anything locks the payment first, and `due_at` says until when an attempt is somebody's own.
"""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

SHARED = """
CREATE FUNCTION announce(what text, p payments, minor bigint, refund uuid, cause json) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM outbox_add(uuid7(), 'payments.payment-' || what || '.v1', p.id, json_build_object(
        'payment_id', p.id, 'order_id', p.order_id, 'amount_minor', minor, 'currency', p.currency,
        'failure_code', CASE what WHEN 'failed' THEN p.failure_code END, 'refund_id', refund), cause);
END
$$;

-- The caller has locked the payment, or has just made it. The key is the order's and the attempt's.
CREATE FUNCTION start_attempt(
    p payments, the_kind text, minor bigint, the_ref text, refund uuid, lease interval, at timestamptz
) RETURNS attempts LANGUAGE plpgsql AS $$
DECLARE
    a attempts;
    next CONSTANT integer := 1 + coalesce(
        (SELECT max(x.number) FROM attempts x WHERE x.payment_id = p.id), 0);
BEGIN
    INSERT INTO attempts (payment_id, number, kind, state, key, amount_minor, method, ref, refund_id, due_at,
        created_at)
    VALUES (p.id, next, the_kind, 'STARTED', 'prost-' || p.order_id || '-' || next, minor,
        CASE the_kind WHEN 'AUTHORIZE' THEN p.method END, the_ref, refund, at + lease, at)
    RETURNING * INTO a;
    RETURN a;
END
$$;

-- An attempt that nobody is at any more is taken over; what somebody else is at is left to them.
CREATE FUNCTION take_over(a attempts, lease interval, at timestamptz) RETURNS attempts
LANGUAGE plpgsql AS $$
BEGIN
    IF a.number IS NULL OR a.due_at > at THEN
        RETURN NULL;
    END IF;
    UPDATE attempts x SET due_at = at + lease, asked = x.asked + 1
    WHERE x.payment_id = a.payment_id AND x.number = a.number AND x.due_at <= at RETURNING x.* INTO a;
    RETURN a;
END
$$;

CREATE FUNCTION pause_after(told text, asked integer) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
    SELECT least(
        CASE told WHEN 'UNKNOWN' THEN 1 ELSE 15 END * (1 << least(asked, 9)), 300
    ) * interval '1 s'
$$;
"""

STEPS = """
CREATE FUNCTION begin_charge(
    the_id uuid, the_order uuid, the_provider text, minor bigint, the_method text, how text, back text,
    customer uuid, lease interval, at timestamptz,
    OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
BEGIN
    outcome := 'DONE';
    INSERT INTO payments AS n (id, order_id, provider, state, amount_minor, capture, method, return_url,
        customer_id, created_at, updated_at)
    VALUES (the_id, the_order, the_provider, 'PENDING', minor, how, the_method, back, customer, at, at)
    ON CONFLICT (order_id) DO NOTHING RETURNING n.* INTO p;
    IF FOUND THEN
        a := start_attempt(p, 'AUTHORIZE', minor, NULL, NULL, lease, at);
        RETURN;
    END IF;
    SELECT x.* INTO p FROM payments x WHERE x.order_id = the_order FOR NO KEY UPDATE;
    IF p.state = 'VOIDED' THEN
        outcome := 'VOIDED';
    ELSIF p.amount_minor <> minor OR p.capture <> how THEN
        outcome := 'DIFFERS';
    ELSIF p.state = 'FAILED' AND p.method <> the_method THEN
        UPDATE payments x SET state = 'PENDING', method = the_method, return_url = back, ref = NULL,
            failure_code = NULL, updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
        a := start_attempt(p, 'AUTHORIZE', minor, NULL, NULL, lease, at);
    ELSIF p.state IN ('PENDING', 'UNKNOWN', 'ACTION_REQUIRED') THEN
        SELECT x.* INTO a FROM attempts x
        WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.kind = 'AUTHORIZE';
        a := take_over(a, lease, at);
    END IF;
END
$$;

CREATE FUNCTION begin_capture(
    the_order uuid, lease interval, at timestamptz, OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT x.* INTO p FROM payments x WHERE x.order_id = the_order FOR NO KEY UPDATE;
    IF p.id IS NULL THEN
        outcome := 'NOT_FOUND';
    ELSIF p.state = 'AUTHORIZED' THEN
        outcome := 'DONE';
        SELECT x.* INTO a FROM attempts x
        WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.kind = 'CAPTURE';
        IF a.number IS NULL THEN
            a := start_attempt(p, 'CAPTURE', p.amount_minor, p.ref, NULL, lease, at);
        ELSE
            a := take_over(a, lease, at);
        END IF;
    ELSIF p.state IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED') THEN
        outcome := 'DONE';
    ELSE
        outcome := 'NOT_AUTHORIZED';
    END IF;
END
$$;

-- An order that was never charged is remembered as voided: a charge that comes late finds it so.
CREATE FUNCTION begin_void(
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

CREATE FUNCTION begin_refund(
    the_order uuid, the_refund uuid, minor bigint, why text, lease interval, at timestamptz,
    OUT outcome text, OUT p payments, OUT a attempts, OUT refundable bigint
) LANGUAGE plpgsql AS $$
DECLARE
    r refunds;
BEGIN
    outcome := 'DONE';
    SELECT x.* INTO p FROM payments x WHERE x.order_id = the_order FOR NO KEY UPDATE;
    IF p.id IS NULL THEN
        outcome := 'NOT_FOUND';
        RETURN;
    END IF;
    SELECT x.* INTO r FROM refunds x WHERE x.payment_id = p.id AND x.id = the_refund;
    IF r.amount_minor <> minor THEN
        outcome := 'DIFFERS';
        RETURN;
    ELSIF r.state = 'SUCCEEDED' THEN
        RETURN;
    ELSIF r.state = 'PENDING' THEN
        SELECT x.* INTO a FROM attempts x
        WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.refund_id = the_refund;
        a := take_over(a, lease, at);
        RETURN;
    ELSIF p.state NOT IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED') THEN
        outcome := 'NOT_CAPTURED';
        RETURN;
    END IF;
    refundable := p.captured_minor - coalesce((
        SELECT sum(x.amount_minor) FROM refunds x WHERE x.payment_id = p.id AND x.state <> 'FAILED'), 0);
    IF minor > refundable THEN
        outcome := 'EXCEEDS';
        RETURN;
    END IF;
    INSERT INTO refunds AS n (payment_id, id, state, amount_minor, reason, created_at, updated_at)
    VALUES (p.id, the_refund, 'PENDING', minor, why, at, at)
    ON CONFLICT (payment_id, id) DO UPDATE SET state = 'PENDING', failure_code = NULL, updated_at = at;
    a := start_attempt(p, 'REFUND', minor, p.ref, the_refund, lease, at);
END
$$;

-- Money that came although nobody waits for it any more goes back where it came from.
CREATE FUNCTION give_back(p payments, the_ref text, is_captured boolean, lease interval, at timestamptz)
RETURNS attempts LANGUAGE plpgsql AS $$
DECLARE
    refund CONSTANT uuid := uuid7();
BEGIN
    IF NOT is_captured THEN
        RETURN start_attempt(p, 'VOID', p.amount_minor, the_ref, NULL, lease, at);
    END IF;
    INSERT INTO refunds (payment_id, id, state, amount_minor, reason, created_at, updated_at)
    VALUES (p.id, refund, 'PENDING', p.amount_minor, 'came too late', at, at);
    RETURN start_attempt(p, 'REFUND', p.amount_minor, the_ref, refund, lease, at);
END
$$;
"""

SETTLING = """
CREATE FUNCTION settle_authorization(
    INOUT p payments, INOUT a attempts, told text, redirect text, patience interval, lease interval,
    at timestamptz, cause json
) LANGUAGE plpgsql AS $$
DECLARE
    is_captured CONSTANT boolean := told = 'CAPTURED';
    -- A payment that was voided meanwhile stays so.
    is_awaited CONSTANT boolean := p.state <> 'VOIDED';
BEGIN
    IF told IN ('SUCCEEDED', 'CAPTURED') THEN
        UPDATE payments x SET
            state = CASE
                WHEN NOT is_awaited THEN x.state WHEN is_captured THEN 'CAPTURED' ELSE 'AUTHORIZED'
            END,
            authorized_minor = x.authorized_minor + a.amount_minor,
            captured_minor = x.captured_minor + CASE WHEN is_captured THEN a.amount_minor ELSE 0 END,
            ref = a.ref, redirect_url = NULL, updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
        IF is_awaited THEN
            PERFORM announce(
                CASE WHEN is_captured THEN 'captured' ELSE 'authorized' END, p, p.amount_minor, NULL, cause);
            a := NULL;
        ELSE
            a := give_back(p, a.ref, is_captured, lease, at);
        END IF;
        RETURN;
    END IF;
    IF told = 'ACTION_REQUIRED' AND (NOT is_awaited OR a.created_at <= at - patience) THEN
        UPDATE attempts x SET state = 'ABANDONED', settled_at = at, failure_code = 'challenge-expired'
        WHERE x.payment_id = a.payment_id AND x.number = a.number;
        IF is_awaited THEN
            UPDATE payments x SET state = 'FAILED', failure_code = 'challenge-expired', redirect_url = NULL,
                updated_at = at
            WHERE x.id = p.id RETURNING x.* INTO p;
            PERFORM announce('failed', p, p.amount_minor, NULL, cause);
        END IF;
        a := start_attempt(p, 'VOID', 0, a.ref, NULL, lease, at);
        RETURN;
    END IF;
    IF is_awaited THEN
        UPDATE payments x SET
            state = CASE told WHEN 'PROCESSING' THEN 'PENDING' ELSE told END,
            failure_code = CASE told WHEN 'FAILED' THEN a.failure_code END,
            redirect_url = CASE told WHEN 'ACTION_REQUIRED' THEN redirect END, updated_at = at
        WHERE x.id = p.id
            -- To have had no answer this time says nothing new of a payment that waits for its customer.
            AND NOT (told = 'UNKNOWN' AND x.state = 'ACTION_REQUIRED')
            AND (x.state, x.redirect_url) IS DISTINCT FROM (
                CASE told WHEN 'PROCESSING' THEN 'PENDING' ELSE told END,
                CASE told WHEN 'ACTION_REQUIRED' THEN redirect END)
        RETURNING x.* INTO p;
        IF NOT FOUND THEN
            SELECT x.* INTO p FROM payments x WHERE x.id = a.payment_id;
        ELSIF told = 'FAILED' THEN
            PERFORM announce('failed', p, p.amount_minor, NULL, cause);
        END IF;
    END IF;
    a := NULL;
END
$$;

CREATE FUNCTION settle_capture(
    INOUT p payments, INOUT a attempts, told text, lease interval, at timestamptz, cause json
) LANGUAGE plpgsql AS $$
BEGIN
    IF told IN ('SUCCEEDED', 'CAPTURED') THEN
        UPDATE payments x SET state = 'CAPTURED', captured_minor = x.captured_minor + a.amount_minor,
            updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
        PERFORM announce('captured', p, a.amount_minor, NULL, cause);
        a := NULL;
    ELSIF told = 'FAILED' THEN
        UPDATE payments x SET state = 'FAILED', failure_code = a.failure_code, updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
        PERFORM announce('failed', p, p.amount_minor, NULL, cause);
        -- Whatever kept the provider from capturing it, nothing stays held.
        a := start_attempt(p, 'VOID', a.amount_minor, a.ref, NULL, lease, at);
    ELSE
        a := NULL;
    END IF;
END
$$;

CREATE FUNCTION settle_void(
    INOUT p payments, INOUT a attempts, told text, lease interval, at timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    IF told = 'SUCCEEDED' AND a.amount_minor > 0 THEN
        UPDATE payments x SET released_minor = x.released_minor + a.amount_minor, updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
    ELSIF told = 'CAPTURED' THEN
        -- The customer was quicker: what was taken goes back.
        UPDATE payments x SET
            authorized_minor = x.authorized_minor + x.amount_minor - a.amount_minor,
            captured_minor = x.captured_minor + x.amount_minor, updated_at = at
        WHERE x.id = p.id RETURNING x.* INTO p;
        a := give_back(p, a.ref, true, lease, at);
        RETURN;
    END IF;
    a := NULL;
END
$$;

CREATE FUNCTION settle_refund(INOUT p payments, INOUT a attempts, told text, at timestamptz, cause json)
LANGUAGE plpgsql AS $$
BEGIN
    IF told = 'SUCCEEDED' THEN
        UPDATE refunds x SET state = 'SUCCEEDED', updated_at = at
        WHERE x.payment_id = p.id AND x.id = a.refund_id;
        UPDATE payments x SET
            refunded_minor = x.refunded_minor + a.amount_minor, updated_at = at,
            state = CASE
                WHEN x.state NOT IN ('CAPTURED', 'PARTIALLY_REFUNDED') THEN x.state
                WHEN x.refunded_minor + a.amount_minor = x.captured_minor THEN 'REFUNDED'
                -- Beside what came too late, the payment itself may still be whole.
                WHEN x.captured_minor - x.refunded_minor - a.amount_minor = x.amount_minor THEN x.state
                ELSE 'PARTIALLY_REFUNDED'
            END
        WHERE x.id = p.id RETURNING x.* INTO p;
        PERFORM announce('refunded', p, a.amount_minor, a.refund_id, cause);
    ELSIF told = 'FAILED' THEN
        UPDATE refunds x SET state = 'FAILED', failure_code = a.failure_code, updated_at = at
        WHERE x.payment_id = p.id AND x.id = a.refund_id;
    END IF;
    a := NULL;
END
$$;

-- Takes what the provider told, once; the attempt that it answers, if any, is the next to be done.
CREATE FUNCTION settle(
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
    """Make the functions."""
    db.execute_sql(SHARED)
    db.execute_sql(STEPS)
    db.execute_sql(SETTLING)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP FUNCTION settle, settle_refund, settle_void, settle_capture, settle_authorization, give_back,"
        " begin_refund, begin_void, begin_capture, begin_charge, pause_after, take_over, start_attempt,"
        " announce"
    )

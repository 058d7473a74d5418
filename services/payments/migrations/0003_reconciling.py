"""What goes on when nobody waits for an answer any more: provider events, and attempts that stand still."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

FUNCTIONS = """
-- An event only says that something has changed: the provider is asked what. So an event that comes twice,
-- late or before its time does no harm.
CREATE FUNCTION process_events(the_provider text, at timestamptz, at_once integer, OUT processed integer)
LANGUAGE plpgsql AS $$
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

CREATE FUNCTION take_due(the_provider text, at_once integer, lease interval, at timestamptz)
RETURNS TABLE (outcome text, p payments, a attempts) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    WITH due AS (
        SELECT x.payment_id, x.number FROM attempts x JOIN payments y ON y.id = x.payment_id
        WHERE x.settled_at IS NULL AND x.due_at <= at AND y.provider = the_provider
        ORDER BY x.due_at LIMIT at_once FOR NO KEY UPDATE OF x SKIP LOCKED
    ), taken AS (
        UPDATE attempts x SET due_at = at + lease, asked = x.asked + 1 FROM due
        WHERE x.payment_id = due.payment_id AND x.number = due.number RETURNING x AS attempt, x.payment_id
    )
    SELECT 'DONE'::text, y, t.attempt FROM taken t JOIN payments y ON y.id = t.payment_id;
END
$$;

-- For the customer who comes back from the provider; what has just been started has its answer under way.
CREATE FUNCTION take_return(
    the_payment uuid, lease interval, at timestamptz, OUT outcome text, OUT p payments, OUT a attempts
) LANGUAGE plpgsql AS $$
BEGIN
    outcome := 'DONE';
    SELECT x.* INTO p FROM payments x WHERE x.id = the_payment FOR NO KEY UPDATE;
    IF p.id IS NULL THEN
        outcome := 'NOT_FOUND';
        RETURN;
    END IF;
    UPDATE attempts x SET due_at = at + lease, asked = x.asked + 1
    WHERE x.payment_id = p.id AND x.settled_at IS NULL AND x.kind = 'AUTHORIZE' AND x.state <> 'STARTED'
    RETURNING x.* INTO a;
END
$$;
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the functions."""
    db.execute_sql(FUNCTIONS)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql("DROP FUNCTION take_return, take_due, process_events")

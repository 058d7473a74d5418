"""The outbox and the inbox of events, and when schedules last ran."""

from prost.db import PostgresDatabase

_STATEMENTS = (
    """
    CREATE TABLE outbox_events (
        id uuid PRIMARY KEY,
        position bigint GENERATED ALWAYS AS IDENTITY,
        type text NOT NULL,
        aggregate_id uuid NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        body text NOT NULL,
        traceparent text,
        created_at timestamptz NOT NULL,
        published_at timestamptz,
        UNIQUE (aggregate_id, sequence)
    )
    """,
    "CREATE INDEX outbox_events_waiting ON outbox_events (position) WHERE published_at IS NULL",
    "CREATE INDEX outbox_events_published ON outbox_events (published_at) WHERE published_at IS NOT NULL",
    """
    CREATE TABLE outbox_sequences (
        aggregate_id uuid PRIMARY KEY,
        sequence bigint NOT NULL,
        latest jsonb NOT NULL,
        before jsonb NOT NULL
    )
    """,
    """
    CREATE TABLE inbox_events (
        consumer text NOT NULL,
        event_id uuid NOT NULL,
        type text NOT NULL,
        aggregate_id uuid,
        sequence bigint,
        state text NOT NULL CHECK (state IN ('DONE', 'FAILED', 'PARKED', 'DEAD')),
        attempts integer NOT NULL DEFAULT 0,
        error text,
        body text,
        received_at timestamptz NOT NULL,
        settled_at timestamptz,
        next_attempt_at timestamptz,
        PRIMARY KEY (consumer, event_id)
    )
    """,
    """
    CREATE INDEX inbox_events_due ON inbox_events (consumer, next_attempt_at)
    WHERE state IN ('FAILED', 'PARKED')
    """,
    """
    CREATE INDEX inbox_events_unsettled ON inbox_events (consumer, aggregate_id, sequence)
    WHERE state <> 'DONE'
    """,
    "CREATE INDEX inbox_events_done ON inbox_events (settled_at) WHERE state = 'DONE'",
    """
    CREATE TABLE inbox_positions (
        consumer text NOT NULL,
        aggregate_id uuid NOT NULL,
        sequence bigint NOT NULL,
        PRIMARY KEY (consumer, aggregate_id)
    )
    """,
    """
    CREATE TABLE schedule_runs (
        name text PRIMARY KEY,
        last_run_at timestamptz NOT NULL
    )
    """,
)


def up(_migrator: object, db: PostgresDatabase) -> None:
    for statement in _STATEMENTS:
        db.execute_sql(statement)

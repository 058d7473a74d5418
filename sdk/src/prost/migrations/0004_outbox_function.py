"""Ids and announcements for a service's own SQL functions, so that a use case can be one round trip."""

from prost.db import PostgresDatabase

_STATEMENTS = (
    # RFC 9562: 48 bits of Unix milliseconds over random ones; the two bits that are set make a 4 a 7.
    """
    CREATE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
        SELECT encode(
            set_bit(set_bit(
                overlay(uuid_send(gen_random_uuid()) PLACING
                    substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                    FROM 1 FOR 6),
                52, 1), 53, 1),
            'hex')::uuid
    $$
    """,
    # The row of the aggregate stays locked until the transaction ends, so its events are committed in order.
    """
    CREATE FUNCTION outbox_add(
        event_id uuid, event_type text, event_aggregate uuid, event_data json, event_cause json,
        OUT event_sequence bigint, OUT event_before jsonb
    ) LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO outbox_sequences AS s (aggregate_id, sequence, latest, before)
        VALUES (event_aggregate, 1, jsonb_build_object(event_type, 1), '{}')
        ON CONFLICT (aggregate_id) DO UPDATE SET
            sequence = s.sequence + 1,
            latest = s.latest || jsonb_build_object(event_type, s.sequence + 1),
            before = s.latest
        RETURNING s.sequence, s.before INTO event_sequence, event_before;
        INSERT INTO outbox_events (id, type, aggregate_id, sequence, body, traceparent, created_at)
        VALUES (
            event_id, event_type, event_aggregate, event_sequence,
            json_build_object(
                'id', event_id,
                'type', event_type,
                'occurred_at', event_cause -> 'occurred_at',
                'aggregate_id', event_aggregate,
                'sequence', event_sequence,
                'before', event_before,
                'correlation_id', coalesce((event_cause ->> 'correlation_id')::uuid, event_id),
                'causation_id', event_cause -> 'causation_id',
                'traceparent', event_cause -> 'traceparent',
                'data', event_data
            ),
            event_cause ->> 'traceparent',
            (event_cause ->> 'occurred_at')::timestamptz
        );
        PERFORM pg_notify('prost_outbox', '');
    END
    $$
    """,
)


def up(_migrator: object, db: PostgresDatabase) -> None:
    for statement in _STATEMENTS:
        db.execute_sql(statement)

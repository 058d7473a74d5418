"""The inbox of what providers announce: kept first, acted on by the worker."""

from typing import Final

from prost.db import database, utcnow
from prost_payments.domain import ProviderEvent

_STORE: Final = """
INSERT INTO provider_events (provider, id, type, order_id, state, received_at)
VALUES (%s, %s, %s, %s, 'RECEIVED', %s) ON CONFLICT DO NOTHING
"""
_PROCESS: Final = "SELECT process_events(%s, %s, %s)"


def store_event(provider: str, event: ProviderEvent) -> None:
    """Keep an event; one that is known already is left as it is."""
    database.execute_sql(_STORE, (provider, event.id, event.type, event.order_id, utcnow()))


def process_events(provider: str, at_once: int) -> int:
    """Have the provider be asked about what its events concern, and return how many events that were."""
    processed: int = database.execute_sql(_PROCESS, (provider, utcnow(), at_once)).fetchone()[0]
    return processed

"""Whether what services have published has come to those who consume it; no one of them can see it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import psycopg2.errors

from prost_cli.dev.databases import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prost.spec import ServiceSpec

RECENT: Final = 3600
"""Seconds for which what was published is looked for: newcomers may lack what was before them."""

_PUBLISHED: Final = """
SELECT id::text, type FROM outbox_events
WHERE type = ANY(%s)
AND published_at BETWEEN now() - make_interval(secs => %s) AND now() - make_interval(secs => %s)
"""
_RECEIVED: Final = (
    "SELECT event_id::text FROM inbox_events WHERE consumer = %s AND event_id = ANY(%s::uuid[])"
)


def undelivered(
    specs: Sequence[ServiceSpec], databases: Mapping[str, str], *, late: int
) -> Iterator[dict[str, Any]]:
    """Look for events that were published `late` seconds ago and that a consumer has not received."""
    for consumer in specs:
        for publisher in specs:
            types = sorted({*consumer.events.consumes} & {*publisher.events.publishes})
            if not types or not databases.keys() >= {consumer.name, publisher.name}:
                continue
            try:
                # The publisher first: what is published meanwhile may still be on its way.
                published = rows(databases[publisher.name], _PUBLISHED, types, RECENT, late)
                kinds = {row["id"]: row["type"] for row in published}
                received = rows(databases[consumer.name], _RECEIVED, consumer.name, list(kinds))
            except psycopg2.errors.UndefinedTable:
                continue
            missing = kinds.keys() - {row["event_id"] for row in received}
            if missing:
                yield {
                    "service": consumer.name,
                    "invariant": "what-is-published-is-received",
                    "events": len(missing),
                    "types": " ".join(sorted({kinds[each] for each in missing})),
                }

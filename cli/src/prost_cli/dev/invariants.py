"""What does not hold in a running stack: in its services, their outboxes, and between them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import psycopg2.errors

from prost_cli.dev import agreement, deliveries
from prost_cli.dev.databases import database_url, rows
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.tokens import request_token
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prost.spec import ServiceSpec
    from prost_cli.dev.stack import Stack

Violation = dict[str, Any]
"""{"service", "invariant"} and whatever tells which row it is about."""

LATE = 60
"""Seconds after which an event that is still in an outbox is late."""
_TIMEOUT = 20.0
_SUFFIX = "/invariants"

_BOXES = {
    "events-leave-the-outbox-in-time": """
        SELECT count(*) AS events, extract(epoch FROM now() - min(created_at))::integer AS seconds
        FROM outbox_events WHERE published_at IS NULL AND created_at <= now() - make_interval(secs => %s)
        """,
    "no-event-is-given-up": """
        SELECT count(*) AS events, string_agg(DISTINCT type, ' ') AS types, min(error) AS error
        FROM inbox_events WHERE state = 'DEAD'
        """,
}


def find(stack: Stack, *, settled: bool = False, token: str | None = None) -> list[Violation]:
    """Return whatever does not hold. `settled`: nothing is under way, so what still waits does not, either.

    Who asks often brings a `token` of staff.

    Raises:
        NotRunningError: the stack does not run.
        CliError: a service or a database does not answer.
    """
    specs = list(stack.workspace.specs().values())
    databases = {spec.name: database_url(stack, spec.name) for spec in specs if spec.needs.postgres}
    token = token or request_token(stack, "invariants", ["admin"])
    found = [violation for spec in specs for violation in _told(stack, spec, token)]
    late = 0 if settled else LATE
    found += boxes(databases, late=late)
    found += deliveries.undelivered(specs, databases, late=late)
    if databases.keys() >= agreement.PARTIES:
        try:
            facts = {name: rows(databases[name], query) for name, query in agreement.QUERIES.items()}
        except psycopg2.errors.UndefinedTable as error:
            raise CliError(f"A migration is missing: {error}".strip()) from error
        found += agreement.disagreements(facts, patience=0 if settled else agreement.PATIENCE)
    return found


def _told(stack: Stack, spec: ServiceSpec, token: str) -> Iterator[Violation]:
    """Ask a service that has a route for it, past the gateway, which may be what is broken."""
    paths = {entry.path for entry in spec.http.public if entry.path.endswith(_SUFFIX)} if spec.http else set()
    for path in paths:
        url = f"http://{LOOPBACK}:{stack.port(f'{spec.name}:web')}{path}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  see above
                items: list[Violation] = json.load(answer)["items"]
        except (urllib.error.URLError, TimeoutError) as error:
            raise CliError(f"{spec.name} does not tell: {error}.", remedy="See `prost dev ps`.") from error
        yield from ({"service": spec.name, **item} for item in items)


def boxes(databases: Mapping[str, str], *, late: int) -> Iterator[Violation]:
    """Look for events that have waited for `late` seconds or were given up, by service and database URL."""
    for service, url in databases.items():
        for invariant, query in _BOXES.items():
            try:
                waiting = rows(url, query, *((late,) if "%s" in query else ()))
            except psycopg2.errors.UndefinedTable:
                continue
            told = {"service": service, "invariant": invariant}
            yield from (told | row for row in waiting if row["events"])


def lines(violations: Iterable[Violation]) -> Iterator[str]:
    """Put each violation into a line."""
    for each in violations:
        rest = {name: value for name, value in each.items() if name not in {"service", "invariant"}}
        details = ", ".join(f"{name} {value}" for name, value in rest.items() if value is not None)
        yield f"{each['service']}: {each['invariant']} ({details})"

"""The services' databases on a running stack, read by a connection for each look."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
import psycopg2.extras

from prost_cli.dev.servers.postgres import Postgres
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from prost_cli.dev.stack import Stack


def rows(url: str, query: str, *values: object) -> list[dict[str, Any]]:
    """Read rows of a database.

    Raises:
        CliError: it does not answer.
    """
    try:
        with closing(psycopg2.connect(url, connect_timeout=2)) as connection:
            connection.set_session(readonly=True, autocommit=True)
            with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
                cursor.execute(query, values)
                return [dict(row) for row in cursor]
    except psycopg2.OperationalError as error:
        raise CliError(
            f"A database does not answer: {error}".strip(), remedy="See `prost dev ps`."
        ) from error


def database_url(stack: Stack, service: str) -> str:
    """Return the URL of a service's database."""
    return Postgres.of(stack).url(service, stack.secret(f"{service}:database"))

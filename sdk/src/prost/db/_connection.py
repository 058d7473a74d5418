"""The process's peewee database: a kept connection per thread that heals itself."""

import os
import select
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import peewee
import psycopg2
import psycopg2.extensions

from prost.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PostgresDatabase", "configure", "database"]

#: Limits of every session, in milliseconds; a migration lifts them for itself.
STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 4_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000

_NETWORK: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


class PostgresDatabase(peewee.PostgresqlDatabase):
    """A peewee database whose threads keep their connections and replace the ones that died."""

    _state: Any
    _adapter: Any
    _connect: Any

    def __init__(self) -> None:
        """Make it without a server to talk to; `configure` gives it one."""
        super().__init__(None)
        # peewee holds its lock while it connects, so one slow server would stop every thread. The state
        # that the lock guards is thread-local here.
        self._lock = nullcontext()

    if TYPE_CHECKING:

        def execute_sql(self, sql: str, params: Sequence[object] | Mapping[str, object] | None = None) -> Any:
            """Run one statement and return its cursor."""

    def discard(self) -> None:
        """Drop this thread's connection without a word to the server; the next use makes a new one."""
        connection = self._state.conn
        self._state.reset()
        if connection is not None:
            connection.close()

    def dedicated_connection(self) -> psycopg2.extensions.connection:
        """Return a connection of the caller's own, in autocommit mode, as LISTEN needs one.

        Raises:
            peewee.OperationalError: the server cannot be reached.
        """
        try:
            connection: psycopg2.extensions.connection = self._connect()
        except psycopg2.OperationalError as error:
            raise peewee.OperationalError(str(error)) from error
        return connection

    def refresh(self) -> None:
        """Drop this thread's connection if the server has hung up, at the cost of one `poll`.

        Between statements a healthy server sends nothing, so bytes that wait to be read are its goodbye.
        """
        if self._state.closed or self.in_transaction():
            return
        connection = self._state.conn
        if connection.closed or _has_input(connection.fileno()) or not self._is_idle():
            self.discard()

    def begin(self, isolation_level: str | None = None) -> None:
        """Open a transaction, on a new connection when the kept one turns out to be dead."""
        try:
            super().begin(isolation_level)
        except (peewee.OperationalError, peewee.InterfaceError):
            if self._state.closed or not self._state.conn.closed:
                raise
            # Nothing of the transaction has been executed, so beginning again repeats nothing.
            self.discard()
            super().begin(isolation_level)

    def rollback(self) -> None:
        """Undo the transaction; a connection that is gone has been rolled back by the server."""
        if self._state.conn is not None and self._state.conn.closed:
            self.discard()
        else:
            super().rollback()

    def _is_idle(self) -> bool:
        return bool(self._adapter.txn_status(self._state.conn) == self._adapter.txn_idle)


def _has_input(descriptor: int) -> bool:
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(0))


database = PostgresDatabase()

# A connection shared with the parent would hand out its rows to the wrong process.
os.register_at_fork(after_in_child=database.dispose)


def configure(settings: Settings) -> None:
    """Point the process's `database` at the settings' server, without connecting.

    Raises:
        ValueError: PROST_DATABASE_URL is not set.
    """
    if settings.database_url is None:
        raise ValueError("PROST_DATABASE_URL is not set, and this service needs a database.")
    configure_url(
        settings.database_url.get_secret_value(),
        threads=settings.database_threads,
        application_name=settings.service,
    )


def configure_url(url: str, *, threads: int = 8, application_name: str = "prost") -> None:
    """Point the process's `database` at `url`; `threads` bounds `in_db` and its connections."""
    # The executor imports this module, and its size is known only here.
    from prost.db import _executor  # noqa: PLC0415

    _executor.resize(threads)
    options = (
        f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} "
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
    )
    # peewee knows a URL by its longer scheme only.
    url = url.replace("postgres://", "postgresql://", 1)
    database.init(url, application_name=application_name, options=options, **_NETWORK)

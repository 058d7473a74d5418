"""The ring buffer's file: one SQLite database that forgets its oldest rows, used by one thread at a time."""

# ruff: noqa: S608 -- what is formatted into a statement here are names of our own tables and columns

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prost_cli.devtools.records import Log, Mail, Point, Position, Record, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from prost_cli.devtools.config import Retention

SCHEMA_VERSION = 1
_TRIM_ROWS = 512
_AGE_CHECK_SECONDS = 30
_BOUNDED: tuple[type[Record], ...] = (Span, Log, Point, Mail)

_SCHEMA = """
CREATE TABLE spans (id INTEGER PRIMARY KEY, size INTEGER, trace_id TEXT, span_id TEXT, parent_id TEXT,
    service TEXT, name TEXT, kind TEXT, start_ns INTEGER, duration_ns INTEGER, error INTEGER,
    detail TEXT, at REAL);
CREATE INDEX spans_by_trace ON spans (trace_id);
CREATE TABLE logs (id INTEGER PRIMARY KEY, size INTEGER, time REAL, service TEXT, process TEXT,
    level INTEGER, message TEXT, trace_id TEXT, span_id TEXT, detail TEXT, at REAL);
CREATE INDEX logs_by_trace ON logs (trace_id) WHERE trace_id <> '';
CREATE TABLE points (id INTEGER PRIMARY KEY, size INTEGER, time REAL, service TEXT, instance TEXT, name TEXT,
    unit TEXT, kind TEXT, value REAL, count INTEGER, detail TEXT, at REAL);
CREATE INDEX points_by_name ON points (name, service, time);
CREATE TABLE mails (id INTEGER PRIMARY KEY AUTOINCREMENT, size INTEGER, sender TEXT, recipients TEXT,
    subject TEXT, raw BLOB, at REAL);
CREATE TABLE positions (path TEXT PRIMARY KEY, inode INTEGER, offset INTEGER);
"""


class Ring:
    """The open file; `sizes` has the bytes held by each table and `limits` what it may hold."""

    def __init__(self, path: Path, retention: Retention) -> None:
        self.limits = {
            Span.table: retention.traces_bytes,
            Log.table: retention.logs_bytes,
            Point.table: retention.metrics_bytes,
            Mail.table: retention.mail_bytes,
        }
        self.sizes: dict[str, int] = {}
        self._max_age = retention.max_age
        self._next_age_check = 0.0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = _open(path)
        for table in self.limits:
            self._count(table)

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does together with forgetting what it leaves too much, or do nothing."""
        sizes = dict(self.sizes)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            if time.monotonic() >= self._next_age_check:
                self._next_age_check = time.monotonic() + _AGE_CHECK_SECONDS
                self._drop_expired()
            for table, limit in self.limits.items():
                while self.sizes[table] > limit:
                    self._drop_oldest(table, self.sizes[table] - limit * 19 // 20)
            self._connection.execute("COMMIT")
        except BaseException:
            self.sizes = sizes
            # SQLite has rolled back by itself after some errors, a full disk among them.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def insert(self, records: Sequence[Record]) -> None:
        """Add records of any kinds; a Position replaces the last one of its path."""
        for kind in _BOUNDED:
            matching = [record for record in records if isinstance(record, kind)]
            if matching:
                columns = ("size", *kind.columns())
                marks = ", ".join("?" * len(columns))
                statement = f"INSERT INTO {kind.table} ({', '.join(columns)}) VALUES ({marks})"
                sizes = [record.size() for record in matching]
                rows = ((size, *record.row()) for size, record in zip(sizes, matching, strict=True))
                self._connection.executemany(statement, rows)
                self.sizes[kind.table] += sum(sizes)
        positions = [record.row() for record in records if isinstance(record, Position)]
        self._connection.executemany(
            "REPLACE INTO positions (path, inode, offset) VALUES (?, ?, ?)", positions
        )

    def remove_mails(self, mail_id: int | None) -> None:
        """Delete one mail, or all of them."""
        self._connection.execute("DELETE FROM mails WHERE ?1 IS NULL OR id = ?1", (mail_id,))
        self._count(Mail.table)

    def _count(self, table: str) -> None:
        total = self._connection.execute(f"SELECT coalesce(sum(size), 0) FROM {table}").fetchone()
        self.sizes[table] = int(total[0])

    def _drop_oldest(self, table: str, surplus: int) -> None:
        rows = self._connection.execute(
            f"SELECT id, size FROM {table} ORDER BY id LIMIT {_TRIM_ROWS}"
        ).fetchall()
        freed = kept_from = 0
        for row_id, size in rows:
            if freed >= surplus:
                break
            freed, kept_from = freed + size, row_id + 1
        self._connection.execute(f"DELETE FROM {table} WHERE id < ?", (kept_from,))
        self.sizes[table] = self.sizes[table] - freed if rows else 0

    def _drop_expired(self) -> None:
        cutoff = time.time() - self._max_age
        for table in self.limits:
            oldest = f"SELECT id FROM {table} ORDER BY id LIMIT {_TRIM_ROWS}"
            statement = f"DELETE FROM {table} WHERE at < ? AND id IN ({oldest}) RETURNING size"
            while expired := self._connection.execute(statement, (cutoff,)).fetchall():
                self.sizes[table] -= sum(size for (size,) in expired)


def connect(path: Path, *, query_only: bool = False) -> sqlite3.Connection:
    """Open the file with the settings that every connection to it shares."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    # A commit is in the kernel's hands then: safe from a killed process, and no disk flush for each.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 8388608")
    connection.execute("PRAGMA cache_size = -1024")
    connection.execute(f"PRAGMA query_only = {query_only:d}")
    return connection


def _open(path: Path) -> sqlite3.Connection:
    try:
        return _prepare(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        logging.getLogger(__name__).warning("%s is damaged (%s): put aside", path, error)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.replace(path.with_name(path.name + ".damaged"))
        return _prepare(path)


def _prepare(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != SCHEMA_VERSION:
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
            for (name,) in names.fetchall():
                connection.execute(f'DROP TABLE "{name}"')
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    except sqlite3.Error:
        connection.close()
        raise
    return connection

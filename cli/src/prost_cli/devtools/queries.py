"""What the dashboard asks the ring buffer: plain functions of a read-only connection."""

# ruff: noqa: S608 -- what is formatted into a statement here is never a value

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from prost_cli.devtools.records import level_name

if TYPE_CHECKING:
    import sqlite3

MAX_ROWS = 500
_MAX_SPANS = 2000
_RECENT_SPANS = 20_000
_LARGEST = (1 << 63) - 1
_HIDDEN = {"size", "detail", "at", "level"}


def logs(
    connection: sqlite3.Connection,
    *,
    text: str = "",
    level: int = 0,
    process: str = "",
    trace_id: str = "",
    before: int | None = None,
    after: int | None = None,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Return log lines, the newest last; `text` is looked for in message and fields, whatever its case.

    `before` and `after` are ids: with `after` alone the oldest lines behind it come first, so that a
    reader who follows misses none.
    """
    forwards = after is not None and before is None
    rows = connection.execute(
        "SELECT * FROM logs WHERE id < ? AND id > ? AND level >= ? AND (? = '' OR process = ?)"
        " AND (? = '' OR trace_id = ?) AND (? = '' OR instr(lower(message || ' ' || detail), lower(?)))"
        f" ORDER BY id {'ASC' if forwards else 'DESC'} LIMIT ?",
        (
            _LARGEST if before is None else before,
            after or 0,
            level,
            *(process, process),
            *(trace_id, trace_id),
            *(text, text),
            min(limit, MAX_ROWS),
        ),
    ).fetchall()
    found = [_log(row) for row in rows]
    return found if forwards else found[::-1]


def last_log_id(connection: sqlite3.Connection) -> int:
    """Return the id of the newest log line, 0 when there is none."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM logs").fetchone()
    return int(last)


def processes(connection: sqlite3.Connection) -> list[str]:
    """Return the processes that have log lines, by name."""
    return [
        row[0] for row in connection.execute("SELECT DISTINCT process FROM logs ORDER BY process LIMIT 200")
    ]


def _log(row: sqlite3.Row) -> dict[str, Any]:
    return {**_visible(row), "level": level_name(row["level"]), "fields": orjson.loads(row["detail"])}


def _visible(row: sqlite3.Row) -> dict[str, Any]:
    return {key: row[key] for key in row.keys() if key not in _HIDDEN}  # noqa: SIM118 -- no dict


def traces(
    connection: sqlite3.Connection,
    *,
    service: str = "",
    text: str = "",
    errors: bool = False,
    min_ms: float = 0,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Return the newest traces that some span of `service` whose name has `text` belongs to.

    Only traces with one of the last 20,000 spans are looked at, so that the list stays quick to refresh.
    """
    rows = connection.execute(
        "SELECT trace_id, min(start_ns) AS start_ns, "
        " max(start_ns + duration_ns) - min(start_ns) AS duration_ns,"
        " count(*) AS spans, sum(error) AS errors, group_concat(DISTINCT service) AS services FROM spans"
        f" WHERE trace_id IN (SELECT trace_id FROM spans ORDER BY id DESC LIMIT {_RECENT_SPANS})"
        " GROUP BY trace_id HAVING max((? = '' OR service = ?) AND (? = '' OR instr(lower(name), lower(?))))"
        " AND (sum(error) > 0 OR NOT ?) AND max(start_ns + duration_ns) - min(start_ns) >= ?"
        " ORDER BY max(id) DESC LIMIT ?",
        (service, service, text, text, errors, min_ms * 1e6, min(limit, MAX_ROWS)),
    ).fetchall()
    found = []
    for row in rows:
        root = connection.execute(
            "SELECT service, name FROM spans WHERE trace_id = ? ORDER BY parent_id <> '', start_ns LIMIT 1",
            (row["trace_id"],),
        ).fetchone()
        found.append(
            {
                **dict(row),
                "services": row["services"].split(","),
                "root_service": root["service"],
                "root_name": root["name"],
            }
        )
    return found


def trace(connection: sqlite3.Connection, trace_id: str) -> list[dict[str, Any]]:
    """Return a trace's spans in the order of their start; none when it is not known."""
    rows = connection.execute(
        "SELECT * FROM spans WHERE trace_id = ? ORDER BY start_ns, id LIMIT ?", (trace_id, _MAX_SPANS)
    )
    return [{**_visible(row), **orjson.loads(row["detail"])} for row in rows]


def span_services(connection: sqlite3.Connection) -> list[str]:
    """Return the services that have spans, by name."""
    return [
        row[0] for row in connection.execute("SELECT DISTINCT service FROM spans ORDER BY service LIMIT 200")
    ]


def points(
    connection: sqlite3.Connection, since: float, names: tuple[str, ...] = (), service: str = ""
) -> list[dict[str, Any]]:
    """Return metric points after `since` (Unix seconds), the oldest first."""
    marks = ", ".join("?" * len(names))
    rows = connection.execute(
        "SELECT * FROM points WHERE time > ? AND (? = '' OR service = ?)"
        f" AND ({'name IN (' + marks + ')' if names else '1'}) ORDER BY time LIMIT 200000",
        (since, service, service, *names),
    )
    return [{**_visible(row), **orjson.loads(row["detail"])} for row in rows]


def mails(connection: sqlite3.Connection, *, text: str = "", limit: int = 200) -> list[dict[str, Any]]:
    """Return mails without their content, the newest first; `text` is looked for in subject and addresses."""
    rows = connection.execute(
        "SELECT id, at, sender, recipients, subject, length(raw) AS bytes FROM mails"
        " WHERE ? = '' OR instr(lower(subject || ' ' || sender || ' ' || recipients), lower(?))"
        " ORDER BY id DESC LIMIT ?",
        (text, text, min(limit, MAX_ROWS)),
    )
    return [{**dict(row), "recipients": orjson.loads(row["recipients"])} for row in rows]


def mail(connection: sqlite3.Connection, mail_id: int) -> dict[str, Any] | None:
    """Return one mail with its content as `raw` bytes."""
    row = connection.execute("SELECT * FROM mails WHERE id = ?", (mail_id,)).fetchone()
    return row and {**_visible(row), "at": row["at"], "recipients": orjson.loads(row["recipients"])}

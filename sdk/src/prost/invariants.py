"""What must always hold in a service's database: found on demand, and measured every minute.

An invariant is a query that answers its violations, a row each; an empty answer is what should be. The
service names the columns, and shows what it finds to its staff.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import structlog

from prost.db import database
from prost.events import Schedule
from prost.telemetry import meter

__all__ = ["MOST_SHOWN", "find_violations", "watch_invariants"]

MOST_SHOWN: Final = 100
"""Violations of one invariant that are told."""

_WATCH_SECONDS: Final = 60

log = structlog.get_logger(__name__)

_violations = meter.create_gauge("invariants.violations", description="What should not be, by invariant.")


def find_violations(
    queries: Mapping[str, str], columns: Sequence[str], parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Return what should not be, a dictionary of `columns` and the `invariant` each.

    All are asked of one state of the database, while others go on changing it. Whole numbers are ints,
    whatever the database counted them in.
    """
    with database.atomic("REPEATABLE READ"):
        return [
            {"invariant": name, **dict(zip(columns, map(_plain, row), strict=True))}
            for name, query in queries.items()
            for row in database.execute_sql(f"{query} LIMIT {MOST_SHOWN}", parameters).fetchall()
        ]


def watch_invariants(
    service: str, names: Iterable[str], find: Callable[[], Sequence[Mapping[str, Any]]]
) -> Schedule:
    """Return the schedule that measures what `find` finds as `invariants.violations`, 0 for what holds."""

    def watch() -> None:
        found = Counter(violation["invariant"] for violation in find())
        for name in names:
            _violations.set(found[name], {"invariant": name})
        if found:
            log.error("invariants_violated", **found)

    return Schedule(f"{service}.watch-invariants", _WATCH_SECONDS, watch)


def _plain(value: object) -> object:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value

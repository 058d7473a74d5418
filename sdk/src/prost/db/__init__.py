"""One PostgreSQL database per process, reached from coroutines through a bounded set of threads.

A use case is a plain function that opens `database.atomic()`; a coroutine runs it with `await in_db(...)`.
Scripts and tests call the same functions directly.
"""

from prost.db._connection import PostgresDatabase, configure, database
from prost.db._executor import Database, in_db
from prost.db._migrations import MigrationFailed, migrate
from prost.db._models import Model, Timestamped, TimestampField
from prost.db._values import utcnow, uuid7

__all__ = [
    "Database",
    "MigrationFailed",
    "Model",
    "PostgresDatabase",
    "TimestampField",
    "Timestamped",
    "configure",
    "database",
    "in_db",
    "migrate",
    "utcnow",
    "uuid7",
]

"""Work that is done once, however often it is asked for."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson

from prost.db import database, utcnow
from prost.errors import Invalid

__all__ = ["IdempotencyKeyReused", "IdempotencyKeys"]

_KEPT_FOR = timedelta(days=3)
# Each new key clears away more old ones than it adds, so the table needs no schedule.
_CLEARED_AT_ONCE = 10

_RESERVE = """
INSERT INTO idempotency_keys (scope, key, request, answer, created_at) VALUES (%s, %s, %s, 'null', %s)
ON CONFLICT (scope, key) DO NOTHING
"""
_KEEP = "UPDATE idempotency_keys SET answer = %s WHERE scope = %s AND key = %s"
_RECALL = "SELECT request, answer FROM idempotency_keys WHERE scope = %s AND key = %s"
_CLEAR = """
DELETE FROM idempotency_keys WHERE (scope, key) IN (
    SELECT scope, key FROM idempotency_keys WHERE created_at < %s
    ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


class IdempotencyKeyReused(Invalid):
    """The key was sent before, with another request."""


class IdempotencyKeys:
    """Keys of requests already answered, in the service's own database."""

    @staticmethod
    def once(scope: str, key: str, request: object, work: Callable[[], Any]) -> Any:
        """Do the work for a key once, and return what it returned to everyone who brings the key again.

        `scope` says whose key it is and for what, such as `orders/<customer>`; `request` and what `work`
        returns are JSON values. The key is kept in the transaction of the work: either both happened or
        neither, and a second request that comes meanwhile waits for the first to end.

        Raises IdempotencyKeyReused when the key came with another request.
        """
        digest = sha256(orjson.dumps(request, default=str, option=orjson.OPT_SORT_KEYS)).digest()
        with database.atomic():
            if not database.execute_sql(_RESERVE, (scope, key, digest, utcnow())).rowcount:
                return _recall(scope, key, digest)
            answer = work()
            database.execute_sql(_KEEP, (orjson.dumps(answer).decode(), scope, key))
            database.execute_sql(_CLEAR, (utcnow() - _KEPT_FOR, _CLEARED_AT_ONCE))
        return answer


def _recall(scope: str, key: str, digest: bytes) -> Any:
    kept, answer = database.execute_sql(_RECALL, (scope, key)).fetchone()
    if bytes(kept) != digest:
        raise IdempotencyKeyReused("This Idempotency-Key was sent before with another request.")
    return answer

"""The webhooks of the fake provider: sent over HTTP, signed, and sent again until somebody takes them."""

from http import HTTPStatus
from typing import Final
from urllib.error import URLError
from urllib.request import Request, urlopen

import orjson
import structlog

from prost.db import database, utcnow
from prost_payments.providers.fake import SIGNATURE
from prost_payments.providers.signatures import sign
from prost_payments.settings import Settings

log = structlog.get_logger(__name__)

AT_ONCE: Final = 20
_TIMEOUT: Final = 5.0

# A sender that dies leaves them due again; nobody else sends the same meanwhile.
_TAKE: Final = """
UPDATE fake_webhooks w
SET tries = w.tries + 1, due_at = %(now)s + least(5 * (1 << least(w.tries, 9)), 3600) * interval '1 s'
FROM (
    SELECT id FROM fake_webhooks
    WHERE sent_at IS NULL AND due_at <= %(now)s AND created_at > %(now)s - interval '3 days'
    ORDER BY due_at LIMIT %(at_once)s FOR NO KEY UPDATE SKIP LOCKED
) due WHERE w.id = due.id RETURNING w.id, w.type, w.order_id
"""
_SENT: Final = "UPDATE fake_webhooks SET sent_at = %s WHERE id = %s"


def send_webhooks(settings: Settings) -> int:
    """Send what is due to this service's own address outside, and return how many were taken there."""
    rows = database.execute_sql(_TAKE, {"now": utcnow(), "at_once": AT_ONCE}).fetchall()
    url = f"{settings.outside}/webhooks/fake"
    secret = settings.webhook_secret.get_secret_value()
    sent = 0
    for event_id, kind, order_id in rows:
        body = orjson.dumps({"id": str(event_id), "type": kind, "order_id": str(order_id)})
        if _post(url, body, sign(secret, body, int(utcnow().timestamp()))):
            database.execute_sql(_SENT, (utcnow(), event_id))
            sent += 1
    return sent


def _post(url: str, body: bytes, signature: str) -> bool:
    headers = {"Content-Type": "application/json", SIGNATURE: signature}
    request = Request(url, body, headers, method="POST")  # noqa: S310 - settings let http and https in only
    try:
        with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - as above
            return bool(answer.status < HTTPStatus.MULTIPLE_CHOICES)
    except (URLError, OSError) as error:
        log.warning("webhook_not_taken", reason=str(error))
        return False

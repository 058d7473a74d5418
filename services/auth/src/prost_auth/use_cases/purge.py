"""Forgets what has been kept for long enough."""

from datetime import timedelta
from typing import Any, Final

from prost.db import database, utcnow
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.mails import Mail, OneTimeToken
from prost_auth.models.sessions import Session

KEEP_SESSIONS: Final = timedelta(days=30)
KEEP_MAILS: Final = timedelta(days=30)
KEEP_TOKENS: Final = timedelta(days=7)
KEEP_EVENTS: Final = timedelta(days=401)
"""Longer than the database forbids it, by a day."""

#: Rows that one statement deletes: a whole backlog could run into its time limit.
_AT_ONCE: Final = 5_000


def purge() -> None:
    """Delete sessions and mails a month after their end, and security events after 400 days."""
    now = utcnow()
    for model, old in (
        (Session, Session.expires_at < now - KEEP_SESSIONS),
        (Session, Session.ended_at < now - KEEP_SESSIONS),
        (Mail, Mail.settled_at < now - KEEP_MAILS),
        (OneTimeToken, OneTimeToken.expires_at < now - KEEP_TOKENS),
        (SecurityEvent, SecurityEvent.created_at < now - KEEP_EVENTS),
    ):
        while _delete(model, old):
            pass


def _delete(model: Any, old: Any) -> int:
    with database.atomic():
        some = model.select(model.id).where(old).limit(_AT_ONCE)
        return int(model.delete().where(model.id.in_(some)).execute())

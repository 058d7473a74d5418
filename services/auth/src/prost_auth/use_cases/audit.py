"""Writes what concerned somebody's security into the log, in the transaction of its cause."""

from uuid import UUID

from prost_auth.models.audit import SecurityEvent


def record(
    kind: str, account_id: UUID | None = None, *, ip: str = "", device: str = "", **detail: object
) -> SecurityEvent:
    """Add an event; `detail` takes JSON values, and never a password, a token or an address."""
    event: SecurityEvent = SecurityEvent.create(
        kind=str(kind), account=account_id, ip=ip, device=device, detail=detail
    )
    return event

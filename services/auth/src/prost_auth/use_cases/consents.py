"""What people allow clients, and take back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prost.db import database, utcnow
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.clients import ConsentNotFound
from prost_auth.domain.sessions import EndReason
from prost_auth.models.clients import Client, Consent
from prost_auth.models.sessions import Session
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.sessions import end_session


def grant_consent(account_id: UUID, client_id: str, scopes: Sequence[str], caller: Caller) -> None:
    """Remember that somebody allows a client these scopes, beside those that they have allowed before."""
    with database.atomic():
        row: Consent | None = (
            Consent.select()
            .where(Consent.account == account_id, Consent.client_id == client_id)
            .for_update()
            .get_or_none()
        )
        before = [] if row is None else row.scopes
        if set(scopes) <= set(before):
            return
        granted = [*before, *(scope for scope in scopes if scope not in before)]
        Consent.insert(account=account_id, client_id=client_id, scopes=granted).on_conflict(
            conflict_target=[Consent.account, Consent.client_id],
            update={Consent.scopes: granted, Consent.granted_at: utcnow()},
        ).execute()
        record(
            Kind.CONSENT_GIVEN,
            account_id,
            ip=caller.ip,
            device=caller.device,
            client=client_id,
            scopes=list(scopes),
        )


def withdraw_consent(client_id: str, caller: Caller) -> None:
    """Forget what somebody has allowed a client, and end its sessions. Raises ConsentNotFound."""
    with database.atomic():
        account = acting_account(caller)
        given = (Consent.account == account) & (Consent.client_id == client_id)
        if not Consent.delete().where(given).execute():
            raise ConsentNotFound("This application has no access.")
        end_client_sessions(client_id, account.id)
        record(Kind.CONSENT_WITHDRAWN, account.id, ip=caller.ip, device=caller.device, client=client_id)


def consents_of(caller: Caller) -> list[dict[str, Any]]:
    """Return what a caller has allowed which clients, the latest first. Raises SessionEnded and ShopOnly."""
    account = acting_account(caller)
    rows: Any = (
        Consent.select(Consent.client_id, Client.name, Consent.scopes, Consent.granted_at)
        .join(Client, on=(Client.client_id == Consent.client_id))
        .where(Consent.account == account)
        .order_by(Consent.granted_at.desc())
        .dicts()
    )
    return list(rows)


def end_client_sessions(client_id: str, account_id: UUID | None = None) -> None:
    """End the sessions of a client, with one account or with all."""
    open_ones = (Session.client_id == client_id) & Session.ended_at.is_null()
    if account_id is not None:
        open_ones &= Session.account == account_id
    for session in Session.select(Session.id).where(open_ones):
        end_session(session.id, EndReason.REVOKED)

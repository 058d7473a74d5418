"""Rows as they go out."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from prost_auth.models.accounts import Account, Address
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.sessions import Session
from prost_auth.use_cases.me import Own
from prost_auth.use_cases.staff import Listed


def shown_address(address: Address) -> dict[str, Any]:
    """Show an address."""
    return {
        "id": address.id,
        "name": address.name,
        "street": address.street,
        "postal_code": address.postal_code,
        "city": address.city,
        "country": address.country,
        "is_default": address.is_default,
    }


def shown_account(own: Own, token_roles: Iterable[str]) -> dict[str, Any]:
    """Show an account to its owner, with the roles that their token carries."""
    account = own.account
    return {
        "id": account.id,
        "email": account.email,
        "email_verified": account.email_verified,
        "name": account.name,
        "language": account.language,
        "marketing_consent": account.marketing_consent_at is not None,
        "roles": account.roles,
        "active_roles": [role for role in account.roles if role in set(token_roles)],
        "second_factor": {"enrolled": own.second_factor, "required": account.is_staff},
        "has_password": account.password_hash is not None,
        "external": [{"provider": each.provider, "email": each.email} for each in own.external],
        "addresses": [shown_address(address) for address in own.addresses],
        "created_at": account.created_at,
    }


def shown_session(session: Session, current: UUID | None, names: Mapping[str, str]) -> dict[str, Any]:
    """Show a session to its owner; `names` are those of applications by their client id."""
    return {
        "id": session.id,
        "current": session.id == current,
        "device": session.device,
        "ip": session.ip,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "client": None if session.client_id is None else names.get(session.client_id, session.client_id),
    }


def shown_event(event: SecurityEvent) -> dict[str, Any]:
    """Show a security event."""
    return {
        "id": event.id,
        "kind": event.kind,
        "account_id": event.account_id,
        "ip": event.ip,
        "device": event.device,
        "detail": event.detail,
        "created_at": event.created_at,
    }


def shown_to_staff(listed: Listed) -> dict[str, Any]:
    """Show an account to staff."""
    account: Account = listed.account
    return {
        "id": account.id,
        "email": account.email or "",
        "name": account.name,
        "roles": account.roles,
        "state": account.state,
        "email_verified": account.email_verified,
        "second_factor": listed.second_factor,
        "created_at": account.created_at,
    }

"""The wire of what staff sees and does, and of the log of security events."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from prost.wire import Wire
from prost_auth.schemas.common import PageQuery, RoleName, StateName, Timestamp


class AccountQuery(PageQuery):
    """Which accounts: `q` is a part of the address or of the name."""

    q: Annotated[str, Field(max_length=200)] | None = None


class StaffAccount(Wire):
    """An account as staff sees it."""

    id: UUID
    email: str
    name: str
    roles: list[RoleName]
    state: StateName
    email_verified: bool
    second_factor: bool
    created_at: Timestamp


class StaffAccountList(Wire):
    """A page of accounts, newest first."""

    items: list[StaffAccount]
    next_page_token: str | None


class Roles(Wire):
    """All roles that an account is to have; everybody is a customer."""

    roles: Annotated[list[RoleName], Field(max_length=4)]


class Reason(Wire):
    """Why, for the log."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class EventQuery(PageQuery):
    """Which security events."""

    account_id: UUID | None = None
    kind: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")] | None = None


class SecurityEvent(Wire):
    """What happened, to which account, from where."""

    id: UUID
    kind: str
    account_id: UUID | None
    ip: str
    device: str
    detail: dict[str, Any]
    created_at: Timestamp


class SecurityEventList(Wire):
    """A page of security events, newest first."""

    items: list[SecurityEvent]
    next_page_token: str | None

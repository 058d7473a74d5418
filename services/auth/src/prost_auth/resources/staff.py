"""Accounts as staff sees and admins change them, and the log of security events."""

from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, NotFound, Unavailable
from prost.http import operation
from prost_auth.domain.accounts import NotAnAdmin, OwnAccount
from prost_auth.domain.people import clean_text
from prost_auth.domain.second_factor import NoSecondFactor
from prost_auth.resources.callers import signed_in
from prost_auth.resources.paging import after, page
from prost_auth.resources.shown import shown_event, shown_to_staff
from prost_auth.resources.tools import keep_private
from prost_auth.schemas import staff as wire
from prost_auth.use_cases.me import find_events
from prost_auth.use_cases.staff import (
    change_roles,
    find_account,
    find_accounts,
    lock_account,
    take_second_factor,
    unlock_account,
)


class AccountsResource:
    """All accounts."""

    @operation(
        summary="Find accounts, newest first.",
        query=wire.AccountQuery,
        returns=wire.StaffAccountList,
        errors=(Unavailable,),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(self, _req: Request, resp: Response, *, query: wire.AccountQuery) -> dict[str, Any]:
        """Answer one page of those whose address or name contains `q`."""
        keep_private(resp)
        asked = {"q": query.q}
        position = after(asked, query.page_token)
        rows = await in_db(find_accounts, query.q, position, query.page_size + 1)
        return page(asked, rows, query.page_size, shown_to_staff)


class AccountResource:
    """One account."""

    @operation(
        summary="See an account.",
        returns=wire.StaffAccount,
        errors=(NotFound, Unavailable),
        auth="staff",
        tags=("staff",),
    )
    async def on_get(self, _req: Request, resp: Response, *, account_id: UUID) -> dict[str, Any]:
        """Answer it."""
        keep_private(resp)
        return shown_to_staff(await in_db(find_account, account_id))


class RolesResource:
    """The roles of an account."""

    @operation(
        summary="Give an account its roles.",
        body=wire.Roles,
        returns=wire.StaffAccount,
        errors=(NotFound, Conflict, OwnAccount, NotAnAdmin, Unavailable),
        auth="admin",
        tags=("staff",),
    )
    async def on_put(
        self, req: Request, _resp: Response, *, account_id: UUID, body: wire.Roles
    ) -> dict[str, Any]:
        """Replace all roles and end the account's sessions; nobody changes their own."""
        return shown_to_staff(await in_db(change_roles, signed_in(req), account_id, body.roles))


class LockResource:
    """The lock of an account."""

    @operation(
        summary="Keep somebody from signing in.",
        body=wire.Reason,
        returns=wire.StaffAccount,
        errors=(NotFound, Conflict, OwnAccount, NotAnAdmin, Unavailable),
        auth="admin",
        tags=("staff",),
    )
    async def on_post(
        self, req: Request, _resp: Response, *, account_id: UUID, body: wire.Reason
    ) -> dict[str, Any]:
        """Lock the account and end its sessions."""
        reason = clean_text(body.reason, "body.reason", longest=200)
        return shown_to_staff(await in_db(lock_account, signed_in(req), account_id, reason))


class UnlockResource:
    """The end of an account's lock."""

    @operation(
        summary="Let somebody sign in again.",
        body=wire.Reason,
        returns=wire.StaffAccount,
        errors=(NotFound, Conflict, OwnAccount, NotAnAdmin, Unavailable),
        auth="admin",
        tags=("staff",),
    )
    async def on_post(
        self, req: Request, _resp: Response, *, account_id: UUID, body: wire.Reason
    ) -> dict[str, Any]:
        """Unlock the account."""
        reason = clean_text(body.reason, "body.reason", longest=200)
        return shown_to_staff(await in_db(unlock_account, signed_in(req), account_id, reason))


class SecondFactorResetResource:
    """The way back for somebody who lost their second factor."""

    @operation(
        summary="Take somebody's second factor, who has lost app and recovery codes.",
        body=wire.Reason,
        returns=wire.StaffAccount,
        errors=(NotFound, NoSecondFactor, OwnAccount, NotAnAdmin, Unavailable),
        auth="admin",
        tags=("staff",),
    )
    async def on_post(
        self, req: Request, _resp: Response, *, account_id: UUID, body: wire.Reason
    ) -> dict[str, Any]:
        """Remove it and end the account's sessions; roles of staff count again once there is another."""
        reason = clean_text(body.reason, "body.reason", longest=200)
        return shown_to_staff(await in_db(take_second_factor, signed_in(req), account_id, reason))


class EventsResource:
    """The log of security events."""

    @operation(
        summary="Read the log of security events, newest first.",
        query=wire.EventQuery,
        returns=wire.SecurityEventList,
        errors=(Unavailable,),
        auth="admin",
        tags=("staff",),
    )
    async def on_get(self, _req: Request, resp: Response, *, query: wire.EventQuery) -> dict[str, Any]:
        """Answer one page of those of an account, or of a kind."""
        keep_private(resp)
        asked = {"account_id": query.account_id, "kind": query.kind}
        position = after(asked, query.page_token)
        rows = await in_db(find_events, query.account_id, query.kind, position, query.page_size + 1)
        return page(asked, rows, query.page_size, shown_event)

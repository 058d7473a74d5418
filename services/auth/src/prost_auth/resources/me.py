"""One's own account: seen, changed, taken along and deleted."""

from http import HTTPStatus
from typing import Any

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import EmailNotVerified, TooManyRequests, Unavailable
from prost.http import operation
from prost_auth.domain.accounts import StaffAccount
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.passwords import PasswordRefused
from prost_auth.domain.people import clean_text
from prost_auth.limits import EXPORT_BY_ACCOUNT, MAIL_BY_ADDRESS
from prost_auth.resources.callers import signed_in
from prost_auth.resources.paging import after, page
from prost_auth.resources.shown import shown_account, shown_event
from prost_auth.resources.tools import Tools, keep_private
from prost_auth.schemas import me as wire
from prost_auth.schemas.common import PageQuery
from prost_auth.schemas.staff import SecurityEventList
from prost_auth.use_cases.deletion import FreshSignInRequired, delete_account, known_by_fresh_sign_in
from prost_auth.use_cases.export import export_account
from prost_auth.use_cases.me import own_account, own_events
from prost_auth.use_cases.profile import change_profile, request_email_change


class MeResource:
    """One's own account."""

    def __init__(self, tools: Tools) -> None:
        """Ask for passwords with these."""
        self.tools = tools

    @operation(
        summary="See one's own account.",
        returns=wire.Me,
        errors=(Unavailable,),
        auth="customer",
        tags=("me",),
    )
    async def on_get(self, req: Request, resp: Response) -> dict[str, Any]:
        """Answer it with its addresses."""
        return await _own(req, resp)

    @operation(
        summary="Change one's own account.",
        body=wire.ProfileChange,
        returns=wire.Me,
        errors=(Unavailable,),
        auth="customer",
        tags=("me",),
    )
    async def on_patch(self, req: Request, resp: Response, *, body: wire.ProfileChange) -> dict[str, Any]:
        """Change what is given, and answer the account."""
        await in_db(
            change_profile,
            signed_in(req),
            name=None if body.name is None else clean_text(body.name, "body.name"),
            language=body.language,
            marketing_consent=body.marketing_consent,
        )
        return await _own(req, resp)

    @operation(
        summary="Delete one's own account.",
        body=wire.Deletion,
        errors=(PasswordRefused, FreshSignInRequired, StaffAccount, TooManyRequests, Unavailable),
        auth="customer",
        tags=("me",),
    )
    async def on_delete(self, req: Request, resp: Response, *, body: wire.Deletion) -> None:
        """Forget the person at once."""
        caller = signed_in(req)
        if body.password is None:
            checked = await in_db(known_by_fresh_sign_in, caller)
        else:
            checked = await self.tools.require_password(caller, body.password.get_secret_value())
        await in_db(delete_account, caller, checked)
        self.tools.cookie.clear(resp)


class EmailResource:
    """The address of one's own account."""

    def __init__(self, tools: Tools) -> None:
        """Ask for passwords with these."""
        self.tools = tools

    @operation(
        summary="Ask for another e-mail address.",
        body=wire.EmailChange,
        returns=(HTTPStatus.ACCEPTED, None),
        errors=(EmailNotVerified, PasswordRefused, TooManyRequests, Unavailable),
        auth="customer",
        tags=("me",),
    )
    async def on_post(self, req: Request, _resp: Response, *, body: wire.EmailChange) -> None:
        """Write to the next address: it becomes the account's once the mail's link was followed."""
        caller, tools = signed_in(req), self.tools
        email = EmailAddress.parse(body.email)
        checked = await tools.require_password(caller, body.password.get_secret_value())
        await tools.throttle.require("mail", caller, (email.key, MAIL_BY_ADDRESS))
        await in_db(request_email_change, caller, email, checked)


class ExportResource:
    """All that is kept about a person."""

    def __init__(self, tools: Tools) -> None:
        """Count with these."""
        self.tools = tools

    @operation(
        summary="Take along all that is kept about oneself.",
        returns=wire.Export,
        errors=(TooManyRequests, Unavailable),
        auth="customer",
        tags=("me",),
    )
    async def on_get(self, req: Request, resp: Response) -> dict[str, Any]:
        """Answer one document, to be saved."""
        caller = signed_in(req)
        await self.tools.throttle.require("export", caller, (str(caller.account_id), EXPORT_BY_ACCOUNT))
        resp.set_header("Content-Disposition", 'attachment; filename="prost-account.json"')
        keep_private(resp)
        return await in_db(export_account, caller)


class OwnEventsResource:
    """What concerned the security of one's own account."""

    @operation(
        summary="See what happened to one's own account, newest first.",
        query=PageQuery,
        returns=SecurityEventList,
        errors=(Unavailable,),
        auth="customer",
        tags=("me",),
    )
    async def on_get(self, req: Request, resp: Response, *, query: PageQuery) -> dict[str, Any]:
        """Answer one page."""
        keep_private(resp)
        caller, asked = signed_in(req), {"mine": True}
        rows = await in_db(own_events, caller, after(asked, query.page_token), query.page_size + 1)
        return page(asked, rows, query.page_size, shown_event)


async def _own(req: Request, resp: Response) -> dict[str, Any]:
    keep_private(resp)
    return shown_account(await in_db(own_account, signed_in(req)), req.context.principal.roles)

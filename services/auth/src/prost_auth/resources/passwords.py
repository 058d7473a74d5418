"""Passwords: changed by who knows them, and set anew by who reads the account's mail."""

from http import HTTPStatus

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import TooManyRequests, Unavailable
from prost.http import operation
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.passwords import PasswordRefused, clean_password
from prost_auth.limits import MAIL_BY_ADDRESS, MAIL_BY_CLIENT, TOKEN_BY_CLIENT
from prost_auth.resources.callers import anyone, signed_in
from prost_auth.resources.tools import Tools
from prost_auth.schemas import access, me
from prost_auth.use_cases.passwords import change_password, known_by_reset, request_reset, reset_password


class PasswordResource:
    """One's own password."""

    def __init__(self, tools: Tools) -> None:
        """Hash with these."""
        self.tools = tools

    @operation(
        summary="Change the password.",
        body=me.PasswordChange,
        errors=(PasswordRefused, TooManyRequests, Unavailable),
        auth="customer",
        tags=("me",),
    )
    async def on_post(self, req: Request, _resp: Response, *, body: me.PasswordChange) -> None:
        """Set the next password and end all other sessions."""
        caller, tools = signed_in(req), self.tools
        password = clean_password(body.new_password.get_secret_value(), "body.new_password")
        checked = await tools.require_password(caller, body.current_password.get_secret_value())
        await tools.strength.require(password, "body.new_password", checked.words)
        await in_db(change_password, caller, checked, await tools.hasher.hash(password))


class PasswordResetResource:
    """The way back for who has lost a password."""

    def __init__(self, tools: Tools) -> None:
        """Count with these."""
        self.tools = tools

    @operation(
        summary="Have a link sent that sets a new password.",
        body=access.ResetRequest,
        returns=(HTTPStatus.ACCEPTED, None),
        errors=(TooManyRequests, Unavailable),
        auth="anonymous",
        tags=("access",),
    )
    async def on_post(self, req: Request, _resp: Response, *, body: access.ResetRequest) -> None:
        """Answer the same whether or not there is an account: the worker looks, once nobody waits."""
        caller = anyone(req)
        email = EmailAddress.parse(body.email)
        limits = ((caller.subscriber, MAIL_BY_CLIENT), (email.key, MAIL_BY_ADDRESS))
        await self.tools.throttle.require("reset", caller, *limits)
        await in_db(request_reset, email, caller)


class PasswordResetConfirmationResource:
    """The new password of who has lost the old one."""

    def __init__(self, tools: Tools) -> None:
        """Hash with these."""
        self.tools = tools

    @operation(
        summary="Set a new password.",
        body=access.ResetConfirmation,
        errors=(TooManyRequests, Unavailable),
        auth="anonymous",
        tags=("access",),
    )
    async def on_post(self, req: Request, _resp: Response, *, body: access.ResetConfirmation) -> None:
        """Take the token of a link, once; every session ends, and the address counts as verified."""
        caller, tools = anyone(req), self.tools
        await tools.throttle.require("token", caller, (caller.subscriber, TOKEN_BY_CLIENT))
        token_id = tools.one_time.read(body.token)
        found = await in_db(known_by_reset, token_id)
        password = clean_password(body.password.get_secret_value(), "body.password")
        await tools.strength.require(password, "body.password", found.words)
        await in_db(reset_password, token_id, await tools.hasher.hash(password), caller)

"""Getting in: sign-up, verification, sign-in, the next token, sign-out."""

from http import HTTPStatus

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import TooManyRequests, Unavailable
from prost.http import CrossSiteRequest, operation
from prost.http.requests import read_idempotency_key
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.passwords import clean_password, normal_password
from prost_auth.domain.people import clean_text
from prost_auth.domain.second_factor import LoginRefused, SecondFactorRefused, SecondFactorRequired
from prost_auth.domain.sessions import SessionEnded
from prost_auth.limits import (
    CODE_BY_ACCOUNT,
    LOGIN_BY_ACCOUNT,
    LOGIN_BY_CLIENT,
    LOGIN_BY_CLIENT_AND_ACCOUNT,
    MAIL_BY_ADDRESS,
    SIGNUP_BY_CLIENT,
    TOKEN_BY_CLIENT,
)
from prost_auth.resources.callers import anyone, signed_in
from prost_auth.resources.tools import Tools, keep_private
from prost_auth.schemas import access as wire
from prost_auth.use_cases.login import complete_login, find_candidate, refuse_login
from prost_auth.use_cases.own_sessions import log_out
from prost_auth.use_cases.sessions import rotate
from prost_auth.use_cases.signup import Application, resend_verification, sign_up, verify_email


class _Resource:
    def __init__(self, tools: Tools) -> None:
        self.tools = tools


class SignUpResource(_Resource):
    """The way to an account."""

    @operation(
        summary="Ask for an account.",
        body=wire.SignUp,
        returns=(HTTPStatus.ACCEPTED, wire.MailedTo),
        errors=(TooManyRequests, Unavailable),
        auth="anonymous",
        tags=("access",),
    )
    async def on_post(self, req: Request, _resp: Response, *, body: wire.SignUp) -> wire.MailedTo:
        """Answer the same whether or not there is an account already: the mail to its owner says which."""
        caller = anyone(req)
        tools = self.tools
        email = EmailAddress.parse(body.email)
        name = clean_text(body.name, "body.name")
        password = clean_password(body.password.get_secret_value(), "body.password")
        await tools.throttle.require("signup", caller, (caller.subscriber, SIGNUP_BY_CLIENT))
        await tools.strength.require(password, "body.password", (email.written, name))
        await tools.throttle.require("mail", caller, (email.key, MAIL_BY_ADDRESS))
        password_hash = await tools.hasher.hash(password)
        asked = Application(email, name, body.language, body.marketing_consent, password_hash)
        await in_db(sign_up, asked, caller)
        return wire.MailedTo(email=email.written)


class VerificationResource(_Resource):
    """The proof that an address is its owner's."""

    @operation(
        summary="Prove that a mail was read.",
        body=wire.Verification,
        errors=(TooManyRequests, Unavailable),
        auth="anonymous",
        tags=("access",),
    )
    async def on_post(self, req: Request, _resp: Response, *, body: wire.Verification) -> None:
        """Take the token of a link, once."""
        caller = anyone(req)
        await self.tools.throttle.require("token", caller, (caller.subscriber, TOKEN_BY_CLIENT))
        await in_db(verify_email, self.tools.one_time.read(body.token), caller)


class ResendResource(_Resource):
    """The mail that proves an address, once more."""

    @operation(
        summary="Have the verification mail sent again.",
        returns=(HTTPStatus.ACCEPTED, None),
        errors=(TooManyRequests, Unavailable),
        auth="customer",
        tags=("access",),
    )
    async def on_post(self, req: Request, _resp: Response) -> None:
        """Send it, unless the address is verified already."""
        caller = signed_in(req)
        await self.tools.throttle.require("resend", caller, (str(caller.account_id), MAIL_BY_ADDRESS))
        await in_db(resend_verification, caller)


class LoginResource(_Resource):
    """The way in."""

    @operation(
        summary="Sign in.",
        body=wire.Credentials,
        returns=wire.TokenAnswer,
        errors=(
            LoginRefused,
            SecondFactorRequired,
            SecondFactorRefused,
            CrossSiteRequest,
            TooManyRequests,
            Unavailable,
        ),
        auth="anonymous",
        tags=("access",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.Credentials) -> wire.TokenAnswer:
        """Open a session; the same work is done for every address, whether or not there is an account."""
        tools, caller = self.tools, anyone(req)
        replaced = tools.cookie.read(req)
        email = EmailAddress.parse(body.email)
        guesses = f"{caller.subscriber} {email.key}"
        await tools.throttle.require(
            "login",
            caller,
            (caller.subscriber, LOGIN_BY_CLIENT),
            (guesses, LOGIN_BY_CLIENT_AND_ACCOUNT),
            (email.key, LOGIN_BY_ACCOUNT),
        )
        candidate = await in_db(find_candidate, email.key)
        verdict = await tools.hasher.verify(
            candidate.password_hash, normal_password(body.password.get_secret_value())
        )
        if not verdict.right:
            raise await in_db(refuse_login, candidate, caller)
        if body.totp is not None:
            await tools.throttle.require("code", caller, (str(candidate.account_id), CODE_BY_ACCOUNT))
        opened = await in_db(complete_login, candidate, caller, body.totp, verdict.rehash, tools.codes)
        await tools.throttle.forget("login", guesses)
        if replaced is not None:
            await in_db(log_out, replaced, caller)
        return await tools.answer(resp, opened)


class RefreshResource(_Resource):
    """The next access token."""

    @operation(
        summary="Continue a session.",
        returns=wire.TokenAnswer,
        errors=(SessionEnded, CrossSiteRequest, Unavailable),
        auth="anonymous",
        tags=("access",),
    )
    async def on_post(self, req: Request, resp: Response) -> wire.TokenAnswer:
        """Take the refresh token of the cookie, which works once, and give the next one.

        A page that loses the answer gets the same one by repeating the `Idempotency-Key` of its request; with
        another key, or without one, a token that was used ends its session.
        """
        caller, sent = anyone(req), self.tools.cookie.read(req)
        attempt = read_idempotency_key(req) if req.get_header("Idempotency-Key") is not None else None
        keep_private(resp)
        try:
            opened = await in_db(
                rotate,
                sent or "",
                client_id=None,
                ip=caller.ip,
                device=caller.device,
                attempt=attempt,
            )
        except SessionEnded:
            # Only then: a database that is away must not sign people out.
            self.tools.cookie.clear(resp)
            raise
        return await self.tools.answer(resp, opened)


class LogoutResource(_Resource):
    """The way out."""

    @operation(
        summary="Sign out.",
        errors=(CrossSiteRequest, Unavailable),
        auth="anonymous",
        tags=("access",),
    )
    async def on_post(self, req: Request, resp: Response) -> None:
        """End the session of the cookie, if there is one."""
        sent = self.tools.cookie.read(req)
        self.tools.cookie.clear(resp)
        if sent is not None:
            await in_db(log_out, sent, anyone(req))

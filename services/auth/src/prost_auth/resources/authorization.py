"""Authorization: a client sends somebody here, the shop's page asks them, and they are sent back."""

from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response
from pydantic import BaseModel

from prost.db import in_db
from prost.errors import Unavailable
from prost.http import operation, redirect
from prost_auth.domain.clients import (
    AuthorizationNotFound,
    ClientUnknown,
    RedirectUriUnknown,
    SignInTooOld,
)
from prost_auth.provider.authorization import begin, decide, decline, describe
from prost_auth.resources.callers import anyone, signed_in
from prost_auth.resources.pages import language_of, page
from prost_auth.resources.tools import keep_private
from prost_auth.schemas import clients as wire
from prost_auth.schemas.oauth import AuthorizationParameters
from prost_auth.use_cases.acting import ShopOnly


class AuthorizeResource:
    """The authorization endpoint. Browsers come from other sites, so the shop's cookie is not with them."""

    def __init__(self, public_url: str) -> None:
        """Send browsers to the pages of a shop."""
        self.public_url = public_url

    @operation(
        summary="Send somebody here to be signed in.",
        query=AuthorizationParameters,
        returns=(303, None),
        errors=(ClientUnknown, RedirectUriUnknown, Unavailable),
        auth="anonymous",
        tags=("provider",),
    )
    async def on_get(self, req: Request, resp: Response, *, query: AuthorizationParameters) -> None:
        """Go to the shop's page, or back to the client with an error; to nobody that is not registered."""
        await self._begin(req, resp, query)

    @operation(
        summary="Send somebody here by a form.",
        form=AuthorizationParameters,
        returns=(303, None),
        errors=(ClientUnknown, RedirectUriUnknown, Unavailable),
        auth="anonymous",
        max_body=32 * 1024,
        tags=("provider",),
    )
    async def on_post(self, req: Request, resp: Response, *, form: AuthorizationParameters) -> None:
        """Do the same (OpenID Connect Core, 3.1.2.1)."""
        await self._begin(req, resp, form)

    async def _begin(self, req: Request, resp: Response, asked: BaseModel) -> None:
        lists: dict[str, list[str]] = asked.model_dump()
        # RFC 6749, 3.1: a parameter without a value counts as one that was left out.
        given = {name: [value for value in values if value] for name, values in lists.items()}
        begun = await in_db(begin, {name: values for name, values in given.items() if values})
        language = language_of(req, " ".join(given["ui_locales"]))
        ours = page(self.public_url, language, "authorize", request=str(begun.request_id))
        redirect(resp, begun.redirect_to or ours)


class AuthorizationResource:
    """A request that waits for somebody's decision."""

    @operation(
        summary="See what an application asks for.",
        returns=wire.AuthorizationShown,
        errors=(AuthorizationNotFound, Unavailable),
        auth="optional",
        tags=("provider",),
    )
    async def on_get(self, req: Request, resp: Response, *, request_id: UUID) -> dict[str, Any]:
        """Answer what the page shows, or need not show."""
        keep_private(resp)
        caller = anyone(req) if req.context.principal is None else signed_in(req)
        asked = await in_db(describe, request_id, caller)
        return {
            "client": {"name": asked.client.name, "uri": asked.client.uri},
            "scopes": asked.scopes,
            "needs_consent": asked.needs_consent,
            "prompt": asked.prompt,
            "login_hint": asked.login_hint,
            "max_age_passed": asked.sign_in_again,
        }


class DecisionResource:
    """What somebody has decided."""

    @operation(
        summary="Allow or refuse what an application asks for.",
        body=wire.Decision,
        returns=wire.GoTo,
        errors=(AuthorizationNotFound, SignInTooOld, ShopOnly, Unavailable),
        auth="customer",
        owned=False,
        tags=("provider",),
    )
    async def on_post(
        self, req: Request, resp: Response, *, request_id: UUID, body: wire.Decision
    ) -> wire.GoTo:
        """Answer where the application waits, with a code or with an error for it."""
        keep_private(resp)
        return wire.GoTo(redirect_to=await in_db(decide, request_id, signed_in(req), allow=body.allow))


class DeclineResource:
    """What somebody decides who is not signed in: that they do not want to, or cannot be asked."""

    @operation(
        summary="Leave without signing in.",
        returns=wire.GoTo,
        errors=(AuthorizationNotFound, Unavailable),
        auth="anonymous",
        tags=("provider",),
    )
    async def on_post(self, _req: Request, resp: Response, *, request_id: UUID) -> wire.GoTo:
        """Answer where the application waits, with an error for it."""
        keep_private(resp)
        return wire.GoTo(redirect_to=await in_db(decline, request_id))

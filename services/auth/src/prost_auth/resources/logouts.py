"""RP-initiated logout: an application sends somebody here to be signed out."""

from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response
from pydantic import BaseModel

from prost.db import in_db
from prost.errors import Unavailable
from prost.http import CrossSiteRequest, operation, redirect
from prost_auth.domain.clients import LogoutNotFound
from prost_auth.domain.oauth_errors import OAuthRefused
from prost_auth.provider.logouts import begin_logout, describe_logout, finish_logout
from prost_auth.resources.callers import anyone
from prost_auth.resources.pages import language_of, page
from prost_auth.resources.tools import Tools, keep_private
from prost_auth.schemas import clients as wire
from prost_auth.schemas.oauth import EndSessionParameters
from prost_auth.use_cases.own_sessions import log_out


class EndSessionResource:
    """The end session endpoint. Browsers come from other sites, so the shop's cookie is not with them."""

    def __init__(self, public_url: str) -> None:
        """Send browsers to the pages of a shop."""
        self.public_url = public_url

    @operation(
        summary="Send somebody here to be signed out.",
        query=EndSessionParameters,
        returns=(303, None),
        errors=(OAuthRefused, Unavailable),
        malformed=OAuthRefused,
        auth="anonymous",
        tags=("provider",),
    )
    async def on_get(self, req: Request, resp: Response, *, query: EndSessionParameters) -> None:
        """Go to the shop's page."""
        await self._begin(req, resp, query)

    @operation(
        summary="Send somebody here by a form.",
        form=EndSessionParameters,
        returns=(303, None),
        errors=(OAuthRefused, Unavailable),
        malformed=OAuthRefused,
        auth="anonymous",
        max_body=32 * 1024,
        tags=("provider",),
    )
    async def on_post(self, req: Request, resp: Response, *, form: EndSessionParameters) -> None:
        """Do the same (RP-Initiated Logout, 2)."""
        await self._begin(req, resp, form)

    async def _begin(self, req: Request, resp: Response, asked: BaseModel) -> None:
        given: dict[str, str] = asked.model_dump(exclude_none=True)
        logout_id = await in_db(begin_logout, given)
        language = language_of(req, given.get("ui_locales", ""))
        redirect(resp, page(self.public_url, language, "logout", request=str(logout_id)))


class LogoutRequestResource:
    """An application's wish that somebody signs out."""

    def __init__(self, tools: Tools) -> None:
        """Know the cookie."""
        self.tools = tools

    @operation(
        summary="See who wants one to sign out.",
        returns=wire.LogoutShown,
        errors=(LogoutNotFound, CrossSiteRequest, Unavailable),
        auth="anonymous",
        tags=("provider",),
    )
    async def on_get(self, req: Request, resp: Response, *, logout_id: UUID) -> dict[str, Any]:
        """Answer what the page shows, or need not show to whom the application means."""
        keep_private(resp)
        asked = await in_db(describe_logout, logout_id, self.tools.cookie.read(req))
        client = None if asked.client is None else {"name": asked.client.name, "uri": asked.client.uri}
        return {"client": client, "needs_confirmation": not asked.vouched}

    @operation(
        summary="Sign out, and go back to the application.",
        returns=wire.GoTo,
        errors=(LogoutNotFound, CrossSiteRequest, Unavailable),
        auth="anonymous",
        tags=("provider",),
    )
    async def on_post(self, req: Request, resp: Response, *, logout_id: UUID) -> wire.GoTo:
        """End the session of the cookie and answer where the application waits."""
        keep_private(resp)
        sent = self.tools.cookie.read(req)
        redirect_to = await in_db(finish_logout, logout_id)
        self.tools.cookie.clear(resp)
        if sent is not None:
            await in_db(log_out, sent, anyone(req))
        return wire.GoTo(redirect_to=redirect_to)

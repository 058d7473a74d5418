"""Signing in with an account elsewhere."""

from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Unavailable
from prost.http import operation, redirect
from prost_auth.domain.clients import new_secret
from prost_auth.domain.external import (
    SIGN_IN_LIFETIME,
    ExternalRefused,
    IdentityNotFound,
    LastWayToSignIn,
    Problem,
    ProviderNotFound,
    local_page,
)
from prost_auth.external import ExternalClients
from prost_auth.keys import KeyRing
from prost_auth.resources.callers import anyone, signed_in
from prost_auth.resources.pages import language_of, page
from prost_auth.resources.tools import Tools
from prost_auth.schemas import external as wire
from prost_auth.use_cases.external import (
    Waited,
    await_browser,
    sign_in_external,
    take_browser_back,
    unlink_provider,
)

COOKIE: Final = "prost-external"

log = structlog.get_logger(__name__)


class ProvidersResource:
    """All providers with whose accounts people can sign in."""

    def __init__(self, clients: ExternalClients) -> None:
        """Know them."""
        self.clients = clients

    @operation(
        summary="List whose accounts one can sign in with.",
        returns=wire.ProviderList,
        auth="anonymous",
        tags=("access",),
    )
    async def on_get(self, _req: Request, _resp: Response) -> dict[str, Any]:
        """Answer their names."""
        found = self.clients.clients.values()
        return {"items": [{"provider": client.name, "name": client.shown_name} for client in found]}


class UnlinkResource:
    """The connection of one's own account to a provider."""

    @operation(
        summary="Do without a provider.",
        errors=(IdentityNotFound, LastWayToSignIn, Unavailable),
        auth="customer",
        owned=False,
        tags=("me",),
    )
    async def on_delete(self, req: Request, _resp: Response, *, provider: str) -> None:
        """Forget one's accounts there, unless nothing else leads in."""
        await in_db(unlink_provider, signed_in(req), provider)


class _Resource:
    def __init__(self, clients: ExternalClients, ring: KeyRing, tools: Tools) -> None:
        self.clients = clients
        self.tools = tools
        self.public_url = ring.settings.public_url
        self._secure = self.public_url.startswith("https://")
        self._path = f"{urlsplit(ring.issuer).path}/external"
        self._cookie = f"__Secure-{COOKIE}" if self._secure else COOKIE

    def _browser(self, req: Request) -> str | None:
        values = req.get_cookie_values(self._cookie) or []
        return values[0] if len(values) == 1 and values[0] else None

    def _know_again(self, resp: Response, browser: str) -> None:
        # The provider sends the browser back from another site, which a Strict cookie does not survive.
        resp.set_cookie(
            self._cookie,
            browser,
            max_age=int(SIGN_IN_LIFETIME.total_seconds()),
            path=self._path,
            secure=self._secure,
            http_only=True,
            same_site="Lax",
        )

    def _go_on(self, resp: Response, language: str, **parameters: str) -> None:
        redirect(resp, page(self.public_url, language, "login/return", **parameters))


class ExternalStartResource(_Resource):
    """The way to a provider."""

    @operation(
        summary="Go to a provider to sign in there.",
        query=wire.StartQuery,
        returns=(303, None),
        errors=(ProviderNotFound, Unavailable),
        auth="anonymous",
        tags=("access",),
    )
    async def on_get(self, req: Request, resp: Response, *, provider: str, query: wire.StartQuery) -> None:
        """Send the browser to the provider, and remember that it was this one."""
        client = self.clients.get(provider)
        return_to = local_page(query.return_to, language_of(req))
        browser = self._browser(req) or new_secret()
        waited = await in_db(await_browser, provider, browser, return_to)
        try:
            address = await self.clients.call(
                partial(client.address, waited.state, waited.nonce, waited.code_verifier, query.prompt)
            )
        except ExternalRefused as error:
            log.warning("external_sign_in_refused", provider=provider, reason=str(error))
            self._go_on(resp, return_to[1:3], problem=error.problem, to=return_to)
            return
        self._know_again(resp, browser)
        redirect(resp, address)


class ExternalCallbackResource(_Resource):
    """The way back from a provider."""

    @operation(
        summary="Come back from a provider.",
        query=wire.CallbackQuery,
        returns=(303, None),
        errors=(ProviderNotFound, Unavailable),
        auth="anonymous",
        tags=("access",),
    )
    async def on_get(self, req: Request, resp: Response, *, provider: str, query: wire.CallbackQuery) -> None:
        """Sign in whom the provider has vouched for, if it is the browser that was sent there."""
        self.clients.get(provider)
        language = language_of(req)
        waited = await in_db(take_browser_back, provider, self._browser(req), query.state or "")
        if waited is None:
            self._go_on(resp, language, problem=Problem.EXPIRED)
            return
        language = waited.return_to[1:3]
        try:
            await self._sign_in(req, resp, provider, query, waited)
        except ExternalRefused as error:
            log.warning("external_sign_in_refused", provider=provider, reason=str(error))
            self._go_on(resp, language, problem=error.problem, to=waited.return_to)
            return
        self._go_on(resp, language, to=waited.return_to)

    async def _sign_in(
        self, req: Request, resp: Response, provider: str, query: wire.CallbackQuery, waited: Waited
    ) -> None:
        if query.code is None:
            problem = Problem.DENIED if query.error == "access_denied" else Problem.FAILED
            raise ExternalRefused(problem, f"the provider said {query.error!r}")
        client = self.clients.get(provider)
        proven = await self.clients.call(
            partial(client.prove, query.code, query.iss, waited.code_verifier, waited.nonce)
        )
        opened = await in_db(sign_in_external, proven, waited.return_to[1:3], anyone(req))
        await self.tools.answer(resp, opened)

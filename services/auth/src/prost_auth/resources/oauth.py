"""The endpoints that clients call themselves: token, revocation, introspection, userinfo."""

from typing import Any

from falcon.asgi import Request, Response
from pydantic import BaseModel

from prost.auth import InsufficientScope
from prost.db import in_db
from prost.errors import Unauthenticated, Unavailable
from prost.http import operation
from prost_auth.domain.audit import Kind
from prost_auth.domain.oauth_errors import ClientRefused, OAuthRefused
from prost_auth.provider.requests import Asked
from prost_auth.provider.server import answer, claimed_client
from prost_auth.provider.userinfo import read_userinfo
from prost_auth.resources.callers import anyone
from prost_auth.resources.tools import keep_private
from prost_auth.schemas import oauth as wire
from prost_auth.throttle import Throttle

_MAX_FORM = 32 * 1024


class _Endpoint:
    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle

    async def _answer(self, endpoint: str, req: Request, resp: Response, form: BaseModel) -> dict[str, Any]:
        parameters = {name: [value] for name, value in form.model_dump(exclude_none=True).items()}
        asked = Asked(endpoint, parameters, req.get_header("Authorization"), anyone(req))
        found = await in_db(answer, asked)
        if found.document.get("error") == "invalid_client":
            await self._note(asked)
        if found.status != 200:  # noqa: PLR2004 - all other answers of these endpoints are errors
            kind = ClientRefused if found.status == ClientRefused.status else OAuthRefused
            document = found.document
            challenge = {name: found.headers[name] for name in ("WWW-Authenticate",) if name in found.headers}
            raise kind(document.get("error_description", ""), error=document["error"], headers=challenge)
        keep_private(resp)
        return found.document

    async def _note(self, asked: Asked) -> None:
        client_id = await in_db(claimed_client, asked)
        key = f"client:{asked.caller.subscriber} {client_id}"
        await self._throttle.note(Kind.CLIENT_REFUSED, key, asked.caller, client=client_id)


class TokenResource(_Endpoint):
    """The token endpoint."""

    @operation(
        summary="Exchange a code, a refresh token or credentials for tokens.",
        form=wire.TokenRequest,
        returns=wire.GrantedTokens,
        errors=(OAuthRefused, ClientRefused, Unavailable),
        malformed=OAuthRefused,
        auth="anonymous",
        max_body=_MAX_FORM,
        tags=("provider",),
    )
    async def on_post(self, req: Request, resp: Response, *, form: wire.TokenRequest) -> dict[str, Any]:
        """Answer as RFC 6749 has it."""
        return await self._answer("token", req, resp, form)


class RevocationResource(_Endpoint):
    """The revocation endpoint."""

    @operation(
        summary="Give a token back.",
        form=wire.TokenTold,
        returns=wire.Revoked,
        errors=(OAuthRefused, ClientRefused, Unavailable),
        malformed=OAuthRefused,
        auth="anonymous",
        max_body=_MAX_FORM,
        tags=("provider",),
    )
    async def on_post(self, req: Request, resp: Response, *, form: wire.TokenTold) -> dict[str, Any]:
        """Answer as RFC 7009 has it."""
        return await self._answer("revoke", req, resp, form)


class IntrospectionResource(_Endpoint):
    """The introspection endpoint."""

    @operation(
        summary="Ask what a token is worth.",
        form=wire.TokenTold,
        returns=wire.Introspected,
        errors=(OAuthRefused, ClientRefused, Unavailable),
        malformed=OAuthRefused,
        auth="anonymous",
        max_body=_MAX_FORM,
        tags=("provider",),
    )
    async def on_post(self, req: Request, resp: Response, *, form: wire.TokenTold) -> dict[str, Any]:
        """Answer as RFC 7662 has it."""
        return await self._answer("introspect", req, resp, form)


class UserinfoResource:
    """The userinfo endpoint; applications have no role, so it looks at the token itself."""

    @operation(
        summary="Read what one was allowed to know about somebody.",
        returns=wire.Userinfo,
        errors=(Unauthenticated, InsufficientScope, Unavailable),
        auth="anonymous",
        tags=("provider",),
    )
    async def on_get(self, req: Request, resp: Response) -> dict[str, Any]:
        """Answer the claims of the scopes."""
        return await self._read(req, resp)

    @operation(
        summary="Read the same, by POST.",
        returns=wire.Userinfo,
        errors=(Unauthenticated, InsufficientScope, Unavailable),
        auth="anonymous",
        tags=("provider",),
    )
    async def on_post(self, req: Request, resp: Response) -> dict[str, Any]:
        """Answer as OpenID Connect Core, 5.3.1 has it."""
        return await self._read(req, resp)

    async def _read(self, req: Request, resp: Response) -> dict[str, Any]:
        keep_private(resp)
        return await in_db(read_userinfo, req.get_header("Authorization"))

"""Tokens for the asking, on loopback only: the provider's own, or without one those of a stand-in."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from prost_cli.devtools.identity import ProviderError
from prost_cli.devtools.security import is_loopback, is_same_origin, problem
from prost_cli.devtools.tokens import DEFAULT_LIFETIME, MAX_LIFETIME, expires_at, mint, public_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prost_cli.devtools.identity import Provider

_FIELDS = {"sub", "roles", "audience", "expires_in", "claims"}
_MAX_ROLES = 32
_MAX_TEXT = 256


class Issuer:
    """Serves the issuer's endpoints under /issuer; tokens come from `provider` while there is one."""

    def __init__(self, data_dir: Path, issuer: Callable[[], str], audience: str, provider: Provider) -> None:
        self._provider = provider
        self._data_dir = data_dir
        self._issuer_url = issuer
        self._audience = audience

    @property
    def _issuer(self) -> str:
        return self._issuer_url().rstrip("/")

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the discovery document, the JWKS and the token endpoint."""
        router.add_get("/issuer/.well-known/openid-configuration", self._discovery)
        router.add_get("/issuer/jwks.json", self._jwks)
        router.add_post("/issuer/token", self._token)

    async def _discovery(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self._issuer,
                "jwks_uri": f"{self._issuer}/jwks.json",
                "token_endpoint": f"{self._issuer}/token",
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "claims_supported": ["iss", "sub", "aud", "iat", "exp", "jti", "roles"],
            }
        )

    async def _jwks(self, _request: web.Request) -> web.Response:
        keys = await asyncio.to_thread(public_keys, self._data_dir)
        return web.json_response(keys, headers={"Cache-Control": "public, max-age=300"})

    async def _token(self, request: web.Request) -> web.Response:
        if not is_loopback(request.remote or "") or not is_same_origin(request):
            return problem(403, "tokens are for this machine's own programs")
        # A form of a foreign page cannot send this type without asking first.
        if request.content_type != "application/json":
            return problem(415, "send application/json")
        try:
            asked = await request.json()
        except (ValueError, RecursionError):
            return problem(400, "the body is not JSON")
        problems = _problems(asked)
        if problems:
            return problem(422, "; ".join(problems))
        try:
            token = await (self._from_provider(asked) if self._provider.is_there else self._mint(asked))
        except ProviderError as error:
            return problem(503, str(error))
        seconds = asked.get("expires_in", expires_at(token) - int(time.time()))
        return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": seconds})

    async def _mint(self, asked: dict[str, Any]) -> str:
        return await asyncio.to_thread(
            mint,
            self._data_dir,
            issuer=self._issuer,
            subject=asked["sub"],
            roles=asked.get("roles", []),
            audience=asked.get("audience", self._audience),
            expires_in=asked.get("expires_in", DEFAULT_LIFETIME),
            claims={"email_verified": True, **asked.get("claims", {})},
        )

    async def _from_provider(self, asked: dict[str, Any]) -> str:
        """Sign for a subject, or for a seeded account named by its address, by default with its roles."""
        subject, roles = asked["sub"], asked.get("roles")
        if "@" in subject and (account := await self._provider.account(subject)) is not None:
            subject, roles = account.id, account.roles if roles is None else roles
        return await self._provider.token(
            subject,
            roles or [],
            audience=asked.get("audience"),
            expires_in=asked.get("expires_in"),
            claims=asked.get("claims"),
        )


def _problems(asked: Any) -> list[str]:
    if not isinstance(asked, dict):
        return ["an object is expected"]
    problems = [f"{json.dumps(name)} is not a field" for name in sorted(set(asked) - _FIELDS)]
    if not _is_text(asked.get("sub")):
        problems.append(f"sub must be text of 1 to {_MAX_TEXT} characters")
    roles = asked.get("roles", [])
    if not isinstance(roles, list) or len(roles) > _MAX_ROLES or not all(map(_is_text, roles)):
        problems.append(f"roles must be a list of at most {_MAX_ROLES} texts")
    if not _is_text(asked.get("audience", "-")):
        problems.append(f"audience must be text of 1 to {_MAX_TEXT} characters")
    lifetime = asked.get("expires_in", DEFAULT_LIFETIME)
    if not isinstance(lifetime, int) or isinstance(lifetime, bool) or abs(lifetime) > MAX_LIFETIME:
        problems.append(f"expires_in must be a whole number of seconds, at most {MAX_LIFETIME}")
    if not isinstance(asked.get("claims", {}), dict):
        problems.append("claims must be an object")
    return problems


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT

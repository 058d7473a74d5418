"""The token with which a service calls another in its own name: client credentials of RFC 6749."""

import asyncio
import time
from base64 import b64encode
from urllib.parse import quote

import aiohttp
import orjson
import structlog

from prost.client._breaker import CircuitBreaker
from prost.client._errors import CallFailed
from prost.settings import Settings

__all__ = ["ServiceToken"]

_TIMEOUT = 2.0
_RENEWED_BEFORE = 60.0
_MAX_ANSWER = 16 * 1024
_OK = 200

log = structlog.get_logger(__name__)


class ServiceToken:
    """A token for one callee: fetched when it is first needed, by one at a time, and renewed before its end.

    While the issuer is away the token is used until it ends; after that every call raises CallFailed.
    """

    def __init__(self, url: str, client_id: str, secret: str, audience: str) -> None:
        """Know whom to ask, as whom, and for what."""
        self._url = url
        credentials = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        self._headers = {"Authorization": f"Basic {b64encode(credentials.encode()).decode()}"}
        self._form = {"grant_type": "client_credentials", "audience": audience}
        self._token: str | None = None
        self._renewed_at = self._ends_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._breaker = CircuitBreaker(threshold=3, pause=2.0)

    @classmethod
    def from_settings(cls, settings: Settings, audience: str) -> "ServiceToken | None":
        """Return what gives tokens for a callee; None where a service is not told its secret."""
        if settings.auth_token_url is None or settings.auth_client_secret is None:
            return None
        secret = settings.auth_client_secret.get_secret_value()
        return cls(settings.auth_token_url, settings.service, secret, audience)

    async def get(self) -> str:
        """Return a token that is good for a while. Raises CallFailed."""
        if self._token is not None and time.monotonic() < self._renewed_at:
            return self._token
        async with self._fetching:
            now = time.monotonic()
            if self._token is not None and now < self._renewed_at:
                return self._token
            try:
                token, lifetime = await self._fetch()
            except CallFailed:
                if self._token is not None and now < self._ends_at:
                    return self._token
                raise
            self._token = token
            self._ends_at = now + lifetime
            self._renewed_at = self._ends_at - min(_RENEWED_BEFORE, lifetime / 2)
            return token

    def drop(self, token: str) -> None:
        """Forget a token that the callee did not take, unless there is a newer one."""
        if self._token == token:
            self._token = None

    async def _fetch(self) -> tuple[str, float]:
        if not self._breaker.admit():
            raise CallFailed("The issuer of tokens is down and left alone for a moment.")
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT)) as session,
                session.post(
                    self._url, data=self._form, headers=self._headers, allow_redirects=False
                ) as answer,
            ):
                status, body = answer.status, await answer.content.read(_MAX_ANSWER)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self._breaker.failed()
            raise CallFailed("The issuer of tokens could not be reached.") from error
        try:
            document = orjson.loads(body)
            if status == _OK:
                self._breaker.succeeded()
                return str(document["access_token"]), float(document["expires_in"])
            reason = str(document["error"])
        except (ValueError, TypeError, LookupError):
            reason = "an answer that cannot be read"
        self._breaker.failed()
        log.error("no_service_token", url=self._url, status=status, reason=reason, **self._form)
        raise CallFailed(f"The issuer gave no token: {status} {reason}.")

"""The client of one other service."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
import stamina
from opentelemetry.trace import SpanKind
from pydantic import BaseModel

from prost import _deadline, telemetry
from prost.auth import current_principal
from prost.client._answers import Answer
from prost.client._breaker import CircuitBreaker
from prost.client._errors import CallFailed, CallRefused, CircuitOpen
from prost.client._tokens import ServiceToken
from prost.errors import DeadlineExceeded, FieldError, UpstreamFailed
from prost.settings import Settings, SettingsError

__all__ = ["ServiceClient"]

_ATTEMPTS = 3
_WAIT = 0.05
_JITTER = 0.1
_CONNECT_TIMEOUT = 1.0
_MAX_ANSWER = 16 * 1024 * 1024
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_PASSING = frozenset({502, 503, 504})


@dataclass
class _Call:
    """One call, with all that is sent each time it is tried."""

    method: str
    path: str
    query: Mapping[str, str] | None
    data: bytes | None
    headers: dict[str, str]
    attempts: int
    is_authorized: bool = False

    def authorize(self, token: str | None) -> None:
        """Send this token, or none."""
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"
        self.is_authorized = True


class ServiceClient:
    """Calls one other service, found by PROST_SERVICE_<NAME>_URL. A dependency of the process.

    The caller's trace, token and deadline go with each call. Where nobody is asking (in a worker), and always
    with `in_own_name`, the service calls with a token of its own, for which it asks PROST_AUTH_TOKEN_URL. A
    call that can be repeated without harm (GET, PUT, DELETE, and POST with an idempotency key) is tried three
    times on connection errors and on 502, 503 and 504.

    Every call raises CallRefused, CallFailed, CircuitOpen and DeadlineExceeded.
    """

    required = False

    def __init__(
        self, settings: Settings, service: str, *, deadline: float = 3.0, in_own_name: bool = False
    ) -> None:
        """Find the service; `deadline` is the seconds for a call and its retries. Raises SettingsError."""
        self.name = f"service:{service}"
        self._service = service
        self._base = settings.service_url(service)
        self._caller = settings.service
        self._deadline = deadline
        self._in_own_name = in_own_name
        self._token = ServiceToken.from_settings(settings, service)
        if in_own_name and self._token is None:
            raise SettingsError([FieldError("PROST_AUTH_CLIENT_SECRET", "is needed for a name of its own")])
        self._breaker = CircuitBreaker()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the pool of connections."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=60),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT),
            headers={"User-Agent": f"prost-{self._caller}"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def stop(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def check(self) -> None:
        """Raise CircuitOpen while the service is left alone. Asks it nothing: probes must not cascade."""
        if self._breaker.is_open:
            raise CircuitOpen

    async def get(
        self, path: str, *, query: Mapping[str, str] | None = None, deadline: float | None = None
    ) -> Answer:
        """Read a resource."""
        return await self._call("GET", path, query=query, deadline=deadline)

    async def post(
        self,
        path: str,
        *,
        json: Any = None,
        idempotency_key: str | None = None,
        deadline: float | None = None,
    ) -> Answer:
        """Post JSON (or a pydantic model); with an idempotency key the call is retried."""
        return await self._call("POST", path, json=json, key=idempotency_key, deadline=deadline)

    async def put(self, path: str, *, json: Any = None, deadline: float | None = None) -> Answer:
        """Put JSON (or a pydantic model)."""
        return await self._call("PUT", path, json=json, deadline=deadline)

    async def patch(self, path: str, *, json: Any = None, deadline: float | None = None) -> Answer:
        """Patch with JSON (or a pydantic model)."""
        return await self._call("PATCH", path, json=json, deadline=deadline)

    async def delete(self, path: str, *, deadline: float | None = None) -> Answer:
        """Delete a resource."""
        return await self._call("DELETE", path, deadline=deadline)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Any = None,
        key: str | None = None,
        deadline: float | None,
    ) -> Answer:
        seconds = self._deadline if deadline is None else deadline
        if (left := _deadline.remaining()) is not None:
            seconds = min(seconds, left)
        headers = {"Idempotency-Key": key} if key else {}
        data = None
        if json is not None:
            data = json.model_dump_json().encode() if isinstance(json, BaseModel) else orjson.dumps(json)
            headers["Content-Type"] = "application/json"
        attempts = _ATTEMPTS if key or method in _IDEMPOTENT else 1
        call = _Call(method, path, query, data, headers, attempts)
        attributes = {"http.request.method": method, "server.address": self._service, "url.path": path}
        with telemetry.span(f"{method} {self._service}", attributes, kind=SpanKind.CLIENT):
            try:
                async with asyncio.timeout(seconds):
                    return await self._authorized(call)
            except TimeoutError as error:
                if not call.is_authorized:
                    raise CallFailed("The issuer of tokens did not answer in time.") from error
                # Who allowed less than this client does has learnt nothing about the service.
                if seconds >= self._deadline:
                    self._breaker.failed()
                raise DeadlineExceeded(f"{self._service} did not answer within {seconds:.1f} s.") from error

    async def _authorized(self, call: _Call) -> Answer:
        """Call in the name of whoever is asking, or in one's own where nobody is."""
        principal = None if self._in_own_name else current_principal.get()
        own = self._token if principal is None or principal.is_service else None
        if own is None:
            call.authorize(None if principal is None or principal.is_service else principal.token)
            return await self._attempts(call)
        token = await own.get()
        call.authorize(token)
        try:
            return await self._attempts(call)
        except CallRefused as refusal:
            if refusal.remote_status != HTTPStatus.UNAUTHORIZED:
                raise
        # The issuer's keys may have changed since; a new token is refused for good.
        own.drop(token)
        call.is_authorized = False
        call.authorize(await own.get())
        return await self._attempts(call)

    async def _attempts(self, call: _Call) -> Answer:
        try:
            return await self._attempt(call)
        except CallFailed as error:
            if call.attempts == 1 or not _worth_repeating(error):
                raise
        # What keeps count of retries costs half as much as a call; nearly all calls need none.
        await asyncio.sleep(random.uniform(_WAIT, _WAIT + _JITTER))  # noqa: S311 - spreads, hides nothing
        retries = stamina.retry_context(
            on=_worth_repeating,
            attempts=call.attempts - 1,
            timeout=None,
            wait_initial=2 * _WAIT,
            wait_max=0.5,
            wait_jitter=_JITTER,
        )
        async for attempt in retries:
            with attempt:
                return await self._attempt(call)
        raise AssertionError("stamina either returns or raises")

    async def _attempt(self, call: _Call) -> Answer:
        if self._session is None:
            raise CallFailed(f"The client of {self._service} was not started.")
        if not self._breaker.admit():
            raise CircuitOpen(f"{self._service} is down and left alone for a moment.")
        if (trace := telemetry.traceparent()) is not None:
            call.headers["traceparent"] = trace
        if (left := _deadline.remaining()) is not None:
            call.headers[_deadline.HEADER] = str(int(1000 * left))
        try:
            async with self._session.request(
                call.method,
                self._base + call.path,
                params=call.query,
                data=call.data,
                headers=call.headers,
                allow_redirects=False,
            ) as response:
                body = await _read(response)
        except (aiohttp.ClientError, OSError) as error:
            self._breaker.failed()
            raise CallFailed(f"{self._service} could not be reached.") from error
        return self._judge(response, body)

    def _judge(self, response: aiohttp.ClientResponse, body: bytes) -> Answer:
        status = response.status
        if status >= 500:  # noqa: PLR2004 - HTTP's own border between their fault and ours
            self._breaker.failed()
            if status in _PASSING:
                raise CallFailed(f"{self._service} answered {status}.")
            raise UpstreamFailed(f"{self._service} answered {status}.")
        self._breaker.succeeded()
        if status >= 300:  # noqa: PLR2004 - a service redirects nobody
            raise CallRefused(self._service, status, _problem(body))
        return Answer(status, dict(response.headers), body)


def _worth_repeating(error: Exception) -> bool:
    return isinstance(error, CallFailed) and not isinstance(error, CircuitOpen)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > _MAX_ANSWER:
            raise UpstreamFailed(f"An answer has more than {_MAX_ANSWER} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def _problem(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}

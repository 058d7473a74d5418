"""Calls to other services: within a deadline, retried where that is safe, and not at all while they are down.

ProstError
├── UpstreamFailed 502
│   └── CallRefused           the other service answered with a problem of its own
├── Unavailable 503
│   └── CallFailed            it could not be reached, or failed, as often as was tried
│       └── CircuitOpen       it was not asked, since it failed so often a moment ago
└── DeadlineExceeded 504      it did not answer in time
"""

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import orjson
import stamina
from opentelemetry.trace import SpanKind
from pydantic import BaseModel, ValidationError

from prost import _deadline, telemetry
from prost.auth import current_principal
from prost.errors import DeadlineExceeded, Unavailable, UpstreamFailed
from prost.settings import Settings

__all__ = ["Answer", "CallFailed", "CallRefused", "CircuitBreaker", "CircuitOpen", "ServiceClient"]

_Model = TypeVar("_Model", bound=BaseModel)

_ATTEMPTS = 3
_CONNECT_TIMEOUT = 1.0
_MAX_ANSWER = 16 * 1024 * 1024
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_PASSING = frozenset({502, 503, 504})


class CallRefused(UpstreamFailed):
    """The other service understood the call and refused it with a 4xx.

    `remote_status` is its HTTP status, `remote_code` the code of its problem ("out-of-stock"), and
    `problem_json` the whole document. A caller that expects a refusal catches this; one that does not answers
    502.
    """

    def __init__(self, service: str, status: int, problem_json: Mapping[str, Any]) -> None:
        """Keep what it said."""
        self.remote_status = status
        self.remote_code = str(problem_json.get("code", ""))
        self.problem_json = problem_json
        super().__init__(f"{service} refused the call with {status} {self.remote_code}.".replace(" .", "."))


class CallFailed(Unavailable):
    """The other service could not be reached or failed."""


class CircuitOpen(CallFailed):
    """The other service failed so often that it is left alone for a moment."""


@dataclass(frozen=True)
class Answer:
    """A successful answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body's JSON. Raises UpstreamFailed when it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise UpstreamFailed("Another service answered with something that is not JSON.") from error

    def read(self, model: type[_Model]) -> _Model:
        """Return the body as a model. Raises UpstreamFailed when it does not fit."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            raise UpstreamFailed("Another service answered with something unexpected.") from error


class CircuitBreaker:
    """Opens after `threshold` failures in a row and lets one call through every `pause` seconds to see."""

    def __init__(self, threshold: int = 5, pause: float = 5.0) -> None:
        """Begin closed."""
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._next_try = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are held back."""
        return self._failures >= self._threshold

    def admit(self) -> bool:
        """Tell whether a call may be made now."""
        if not self.is_open:
            return True
        if time.monotonic() < self._next_try:
            return False
        self._next_try = time.monotonic() + self._pause
        return True

    def succeeded(self) -> None:
        """Close."""
        self._failures = 0

    def failed(self) -> None:
        """Count a failure. The pause varies by a fifth, so that callers do not come back all at once."""
        self._failures += 1
        if self.is_open:
            self._next_try = time.monotonic() + self._pause * random.uniform(0.8, 1.2)  # noqa: S311


class ServiceClient:
    """Calls one other service, found by PROST_SERVICE_<NAME>_URL. A dependency of the process.

    The caller's trace, token and deadline go with each call. A call that can be repeated without harm (GET,
    PUT, DELETE, and POST with an idempotency key) is tried three times on connection errors and on 502, 503
    and 504.

    Every call raises CallRefused, CallFailed, CircuitOpen and DeadlineExceeded.
    """

    required = False

    def __init__(self, settings: Settings, service: str, *, deadline: float = 3.0) -> None:
        """Find the service; `deadline` is the seconds for a call and its retries. Raises SettingsError."""
        self.name = f"service:{service}"
        self._service = service
        self._base = settings.service_url(service)
        self._caller = settings.service
        self._deadline = deadline
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
        principal = current_principal.get()
        if principal is not None and principal.token is not None:
            headers["Authorization"] = f"Bearer {principal.token}"
        data = None
        if json is not None:
            data = json.model_dump_json().encode() if isinstance(json, BaseModel) else orjson.dumps(json)
            headers["Content-Type"] = "application/json"
        attempts = _ATTEMPTS if key or method in _IDEMPOTENT else 1
        attributes = {"http.request.method": method, "server.address": self._service, "url.path": path}
        with telemetry.span(f"{method} {self._service}", attributes, kind=SpanKind.CLIENT):
            try:
                async with asyncio.timeout(seconds):
                    return await self._attempts(attempts, method, path, query, data, headers)
            except TimeoutError as error:
                # Who allowed less than this client does has learnt nothing about the service.
                if seconds >= self._deadline:
                    self._breaker.failed()
                raise DeadlineExceeded(f"{self._service} did not answer within {seconds:.1f} s.") from error

    async def _attempts(  # noqa: PLR0917 - it is one call, taken apart above
        self,
        attempts: int,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        data: bytes | None,
        headers: dict[str, str],
    ) -> Answer:
        retries = stamina.retry_context(
            on=_worth_repeating,
            attempts=attempts,
            timeout=None,
            wait_initial=0.05,
            wait_max=0.5,
            wait_jitter=0.1,
        )
        async for attempt in retries:
            with attempt:
                return await self._attempt(method, path, query, data, headers)
        raise AssertionError("stamina either returns or raises")

    async def _attempt(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        data: bytes | None,
        headers: dict[str, str],
    ) -> Answer:
        if self._session is None:
            raise CallFailed(f"The client of {self._service} was not started.")
        if not self._breaker.admit():
            raise CircuitOpen(f"{self._service} is down and left alone for a moment.")
        if (trace := telemetry.traceparent()) is not None:
            headers["traceparent"] = trace
        if (left := _deadline.remaining()) is not None:
            headers[_deadline.HEADER] = str(int(1000 * left))
        try:
            async with self._session.request(
                method, self._base + path, params=query, data=data, headers=headers, allow_redirects=False
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

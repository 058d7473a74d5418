"""`operation`: one handler with all that is true of it, from which validation, access and OpenAPI follow."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, get_type_hints

import falcon
import falcon.asgi
from pydantic import BaseModel, TypeAdapter

from prost import _deadline
from prost.auth import Access, Principal, TokenVerifier, admit, current_principal
from prost.errors import DeadlineExceeded, ProstError, Unauthenticated
from prost.http.answers import render
from prost.http.caching import Entry, PublicCache, matches
from prost.http.requests import BodyReader, PathReader, QueryReader, read_idempotency_key
from prost.telemetry import ROUTE_KEY

if TYPE_CHECKING:
    from prost.cache import ByteCache

__all__ = ["Operation", "Runtime", "operation"]

RUNTIME_KEY = "prost.runtime"
_JSON = "application/json"
_MEBIBYTE = 1024 * 1024

Handler = Callable[..., Awaitable[Any]]
Responder = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Runtime:
    """What operations are given by the application that serves them."""

    verifier: TokenVerifier
    cache: "ByteCache | None"
    checks_answers: bool


class UncacheableAnswer(Exception):
    """An answer of a cached operation that is not a 200, and so belongs to the one who asked."""

    def __init__(self, status: int, body: bytes | None) -> None:
        """Carry the answer."""
        super().__init__()
        self.status = status
        self.body = body


class Operation:
    """A handler and its declaration; `operation` makes it and attaches it to the responder."""

    def __init__(
        self,
        handler: Handler,
        *,
        summary: str,
        query: type[BaseModel] | None,
        body: Any,
        returns: Any,
        errors: Sequence[type[ProstError]],
        auth: Access,
        cache: PublicCache | None,
        tags: Sequence[str],
        max_body: int,
        timeout: float,
        idempotent: bool,
    ) -> None:
        """Check the declaration against the handler. Raises TypeError when they differ."""
        self.handler = handler
        self.summary = summary
        self.query = query
        self.body = body
        self.status, self.returns = _answer_of(returns)
        self.errors = tuple(errors)
        self.auth: Access = auth
        self.cache = cache
        self.tags = tuple(tags)
        self.timeout = timeout
        self.idempotent = idempotent
        self._query_reader = QueryReader(query)
        self.body_reader = None if body is None else BodyReader(body, max_body)
        self.path_reader = PathReader(self._path_annotations())
        self.answer = None if self.returns is None else TypeAdapter[Any](self.returns)
        if cache is not None and (auth != "anonymous" or body is not None):
            raise TypeError(f"{handler.__qualname__}: only an anonymous GET can have a public cache")

    def _path_annotations(self) -> dict[str, Any]:
        name = self.handler.__qualname__
        _self, _req, _resp, *parameters = inspect.signature(self.handler).parameters
        declared = {
            "query": self.query is not None,
            "body": self.body is not None,
            "idempotency_key": self.idempotent,
        }
        for argument, expected in declared.items():
            if (argument in parameters) is not expected:
                raise TypeError(f"{name}: {argument} of the operation and of the handler go together")
        hints = get_type_hints(self.handler, include_extras=True)
        return {key: hints.get(key, str) for key in parameters if key not in declared}

    async def respond(
        self,
        resource: object,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        params: Mapping[str, Any],
    ) -> None:
        """Serve one request."""
        req.scope[ROUTE_KEY] = req.uri_template
        resp.status = self.status
        if self.cache is not None:
            await self._respond_from_cache(self.cache, resource, req, resp, params)
            return
        body = await self._answer(resource, req, resp, params)
        if body is not None:
            resp.data = body
            resp.content_type = resp.content_type or _JSON

    async def _respond_from_cache(
        self,
        policy: PublicCache,
        resource: object,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        params: Mapping[str, Any],
    ) -> None:
        async def load() -> bytes:
            body = await self._answer(resource, req, resp, params)
            if body is None or resp.status_code != HTTPStatus.OK:
                raise UncacheableAnswer(resp.status_code, body)
            return Entry.of(body, resp.content_type or _JSON).encode()

        cache = _runtime(req).cache
        key = policy.key(resource, req.scope["path"], req.scope["query_string"])
        try:
            if cache is None or key is None:
                data = await load()
            else:
                data = await cache.get_or_load(policy.namespace, key, load, policy.ttl)
        except UncacheableAnswer as answer:
            resp.status, resp.data = answer.status, answer.body
            return
        entry = Entry.decode(data)
        etag = entry.etag.decode()
        resp.set_header("ETag", etag)
        resp.set_header("Cache-Control", policy.cache_control)
        resp.content_type = entry.content_type.decode("latin-1")
        condition = req.get_header("If-None-Match")
        if condition is not None and matches(condition, etag):
            resp.status = HTTPStatus.NOT_MODIFIED
        else:
            resp.data = entry.body

    async def _answer(
        self,
        resource: object,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        params: Mapping[str, Any],
    ) -> bytes | None:
        runtime = _runtime(req)
        arguments = self.path_reader.read(params)
        principal = await self._authenticate(req, runtime.verifier)
        req.context.principal = principal
        current_principal.set(principal)
        query = self._query_reader.read(req.scope["query_string"])
        if query is not None:
            arguments["query"] = query
        if self.idempotent:
            arguments["idempotency_key"] = read_idempotency_key(req)
        seconds = self._time_for(req)
        _deadline.set_deadline(seconds)
        try:
            async with asyncio.timeout(seconds) as limit:
                if self.body_reader is not None:
                    arguments["body"] = await self.body_reader.read(req)
                result = await self.handler(resource, req, resp, **arguments)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise DeadlineExceeded(f"It was not done within {seconds:g} seconds.") from error
        return self._render(result, checked=runtime.checks_answers and resp.status_code == self.status)

    def _time_for(self, req: falcon.asgi.Request) -> float:
        """Return the seconds for a request: no longer than its caller waits, unless others wait, too."""
        told = None if self.cache is not None else req.get_header(_deadline.HEADER)
        if told is None or not told.isdecimal():
            return self.timeout
        return min(self.timeout, int(told[:9]) / 1000)

    async def _authenticate(self, req: falcon.asgi.Request, verifier: TokenVerifier) -> Principal | None:
        if self.auth == "anonymous":
            return None
        header = req.get_header("Authorization")
        principal = None
        if header is not None:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer":
                challenge = {"WWW-Authenticate": "Bearer"}
                raise Unauthenticated("The Authorization header has to be a bearer token.", headers=challenge)
            principal = await verifier.verify(token.strip())
        admit(principal, self.auth)
        return principal

    def _render(self, result: Any, *, checked: bool) -> bytes | None:
        body = render(result)
        if checked and body is not None and self.answer is not None:
            self.answer.validate_json(body, extra="forbid")
        return body


def operation(
    *,
    summary: str,
    query: type[BaseModel] | None = None,
    body: Any = None,
    returns: Any = None,
    errors: Sequence[type[ProstError]] = (),
    auth: Access = "anonymous",
    cache: PublicCache | None = None,
    tags: Sequence[str] = (),
    max_body: int = _MEBIBYTE,
    timeout: float = 30.0,
    idempotent: bool = False,
) -> Callable[[Handler], Responder]:
    """Declare a responder.

    The handler is `async def on_get(self, req, resp, *, query, body, <path parameters>)` and takes what is
    declared here. It returns a pydantic model, anything that orjson writes (Money, Decimal and sets, too),
    ready bytes, or None when it has filled `resp` itself or has nothing to say. `returns` is a type, a pair
    of status and type (None for a handler that writes its own content), or None for 204; where PROST_ENV is
    "test" every answer is held to it. `errors` are the ones that the handler raises; those of validation and
    access are known. `max_body` is in bytes, `timeout` in seconds. An `idempotent` operation asks for an
    Idempotency-Key header, and its handler takes it as `idempotency_key`; `prost.idempotency` does the rest.

    Raises TypeError when handler and declaration do not fit.
    """

    def decorate(handler: Handler) -> Responder:
        declared = Operation(
            handler,
            summary=summary,
            query=query,
            body=body,
            returns=returns,
            errors=errors,
            auth=auth,
            cache=cache,
            tags=tags,
            max_body=max_body,
            timeout=timeout,
            idempotent=idempotent,
        )

        async def responder(
            self: object, req: falcon.asgi.Request, resp: falcon.asgi.Response, **params: Any
        ) -> None:
            await declared.respond(self, req, resp, params)

        update_wrapper(responder, handler)
        responder.operation = declared  # type: ignore[attr-defined]
        return responder

    return decorate


def operation_of(responder: object) -> Operation | None:
    """Return the declaration of a responder, or None for one that has none."""
    found = getattr(responder, "operation", None)
    return found if isinstance(found, Operation) else None


def _runtime(req: falcon.asgi.Request) -> Runtime:
    found: Runtime = req.scope[RUNTIME_KEY]
    return found


def _answer_of(returns: Any) -> tuple[int, Any]:
    if returns is None:
        return HTTPStatus.NO_CONTENT, None
    if isinstance(returns, tuple):
        status, model = returns
        return int(status), model
    return HTTPStatus.OK, returns

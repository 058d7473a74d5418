"""A handler with all that is true of it, which serves requests as it was declared."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, get_type_hints

import falcon
import falcon.asgi
from pydantic import BaseModel, TypeAdapter

from prost import _deadline
from prost.auth import Access, TokenVerifier, current_principal
from prost.errors import DeadlineExceeded, ProstError
from prost.http.answers import answer_of, render
from prost.http.caching import Entry, PublicCache, matches
from prost.http.identity import identify
from prost.http.parameters import PathReader, QueryReader
from prost.http.requests import (
    MALFORMED,
    BodyReader,
    FormReader,
    JsonReader,
    RawReader,
    read_idempotency_key,
)
from prost.telemetry import ROUTE_KEY

if TYPE_CHECKING:
    from prost.cache import ByteCache

__all__ = ["RUNTIME_KEY", "Handler", "Operation", "Runtime"]

RUNTIME_KEY = "prost.runtime"
_JSON = "application/json"

Handler = Callable[..., Awaitable[Any]]


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
        form: type[BaseModel] | None,
        files: Sequence[str],
        returns: Any,
        errors: Sequence[type[ProstError]],
        malformed: type[ProstError] | None,
        auth: Access,
        owned: bool | None,
        roles: Sequence[str],
        cache: PublicCache | None,
        tags: Sequence[str],
        max_body: int,
        timeout: float,
        idempotent: bool,
        also: Sequence[int] = (),
    ) -> None:
        """Check the declaration against the handler. Raises TypeError when they differ."""
        self.handler = handler
        self.summary = summary
        self.query = query
        self.status, self.returns = answer_of(returns)
        self.also = tuple(map(int, also))
        self.errors = tuple(errors)
        self.malformed = malformed
        self.auth: Access = auth
        self.owned = owned
        self.roles = tuple(roles)
        self.cache = cache
        self.tags = tuple(tags)
        self.timeout = timeout
        self.idempotent = idempotent
        self._query_reader = QueryReader(query)
        readers: list[BodyReader] = [
            *([JsonReader(body, max_body)] if body is not None else []),
            *([FormReader(form, max_body)] if form is not None else []),
            *([RawReader(files, max_body)] if files else []),
        ]
        if len(readers) > 1:
            raise TypeError(f"{handler.__qualname__}: a request has one body, form or file")
        self.body_reader = readers[0] if readers else None
        self._body_argument = "body" if form is None else "form"
        self.path_reader = PathReader(self._path_annotations())
        self.answer = None if self.returns is None else TypeAdapter[Any](self.returns)
        if cache is not None and (auth != "anonymous" or readers):
            raise TypeError(f"{handler.__qualname__}: only an anonymous GET can have a public cache")
        if (owned is not None) is not (auth == "customer" and bool(self.path_reader.adapters)):
            raise TypeError(
                f"{handler.__qualname__}: owned is said where a customer names something in the path, "
                "and only there"
            )

    def _path_annotations(self) -> dict[str, Any]:
        name = self.handler.__qualname__
        _self, _req, _resp, *parameters = inspect.signature(self.handler).parameters
        declared = {
            "query": self.query is not None,
            "body": self.body_reader is not None and self._body_argument == "body",
            "form": self.body_reader is not None and self._body_argument == "form",
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
        try:
            body = await self._answer(resource, req, resp, params)
        except MALFORMED as error:
            if self.malformed is None:
                raise
            raise _told_as(self.malformed, error) from error
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
        principal = await identify(req, runtime.verifier, self.auth, self.roles)
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
                    arguments[self._body_argument] = await self.body_reader.read(req)
                result = await self.handler(resource, req, resp, **arguments)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise DeadlineExceeded(f"It was not done within {seconds:g} seconds.") from error
        declared = resp.status_code in {self.status, *self.also}
        return self._render(result, checked=runtime.checks_answers and declared)

    def _time_for(self, req: falcon.asgi.Request) -> float:
        """Return the seconds for a request: no longer than its caller waits, unless others wait, too."""
        told = None if self.cache is not None else req.get_header(_deadline.HEADER)
        if told is None or not told.isdecimal():
            return self.timeout
        return min(self.timeout, int(told[:9]) / 1000)

    def _render(self, result: Any, *, checked: bool) -> bytes | None:
        body = render(result)
        if checked and body is not None and self.answer is not None:
            self.answer.validate_json(body, extra="forbid")
        return body


def _runtime(req: falcon.asgi.Request) -> Runtime:
    found: Runtime = req.scope[RUNTIME_KEY]
    return found


def _told_as(kind: type[ProstError], error: ProstError) -> ProstError:
    sentences = [error.detail, *(f"{fault.field} {fault.message}" for fault in error.errors)]
    return kind("; ".join(sentences), errors=error.errors)

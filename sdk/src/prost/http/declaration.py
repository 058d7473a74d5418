"""`operation`: says of a handler what is true of it, from which validation, access and OpenAPI follow."""

from collections.abc import Awaitable, Callable, Sequence
from functools import update_wrapper
from typing import Any

import falcon.asgi
from pydantic import BaseModel

from prost.auth import STAFF_ROLES, Access
from prost.errors import ProstError
from prost.http.caching import PublicCache
from prost.http.operation import Handler, Operation

__all__ = ["operation", "operation_of"]

_MEBIBYTE = 1024 * 1024

Responder = Callable[..., Awaitable[None]]


def operation(
    *,
    summary: str,
    query: type[BaseModel] | None = None,
    body: Any = None,
    form: type[BaseModel] | None = None,
    files: Sequence[str] = (),
    returns: Any = None,
    errors: Sequence[type[ProstError]] = (),
    malformed: type[ProstError] | None = None,
    auth: Access | None = None,
    owned: bool | None = None,
    roles: Sequence[str] = (),
    cache: PublicCache | None = None,
    tags: Sequence[str] = (),
    max_body: int = _MEBIBYTE,
    timeout: float = 30.0,
    idempotent: bool = False,
    also: Sequence[int] = (),
) -> Callable[[Handler], Responder]:
    """Declare a responder.

    The handler is `async def on_get(self, req, resp, *, query, body, <path parameters>)` and takes what is
    declared here: `query`, and `body` (JSON, or a file of one of the media types in `files`, as bytes) or
    `form` (application/x-www-form-urlencoded). It returns a pydantic model, anything that orjson writes
    (Money, Decimal and sets, too), ready bytes, or None when it has filled `resp` itself or has nothing to
    say. `returns` is a type, a pair of status and type (None for a handler that writes its own content or
    redirects), or None for 204; where PROST_ENV is "test" every answer is held to it.
    `also` are other statuses, such as 202, with which the handler answers in the same form.

    `errors` are the ones that the handler raises; those of validation and access are known, and are told as
    `malformed` where a protocol has a word of its own for a request that cannot be read. `max_body` is in
    bytes, `timeout` in seconds. An `idempotent` operation asks for an Idempotency-Key header, and its handler
    takes it as `idempotency_key`; `prost.idempotency` does the rest.

    `auth` says who is let in and has no default. Where customers name something in the path, `owned` says
    whether it has to be theirs: the handler then holds it to `Principal.require_owner`. `roles` are those of
    the staff that auth="staff" lets in, all if none are named.

    Raises TypeError when handler and declaration do not fit.
    """

    def decorate(handler: Handler) -> Responder:
        if auth is None:
            raise TypeError(f"{handler.__qualname__}: auth has to say who is let in")
        if roles and (auth != "staff" or not STAFF_ROLES.issuperset(roles)):
            raise TypeError(f"{handler.__qualname__}: roles are some of the staff's, with auth='staff'")
        declared = Operation(
            handler,
            summary=summary,
            query=query,
            body=body,
            form=form,
            files=files,
            returns=returns,
            errors=errors,
            malformed=malformed,
            auth=auth,
            owned=owned,
            roles=roles,
            cache=cache,
            tags=tags,
            max_body=max_body,
            timeout=timeout,
            idempotent=idempotent,
            also=also,
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

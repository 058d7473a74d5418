"""What admins do: register applications, remove them, and have the signing key replaced."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Unavailable
from prost.http import operation
from prost_auth.domain.accounts import NotAnAdmin
from prost_auth.domain.callers import Caller
from prost_auth.domain.clients import ClientNotFound
from prost_auth.models.clients import Client
from prost_auth.models.keys import SigningKey
from prost_auth.resources.callers import signed_in
from prost_auth.resources.paging import after, page
from prost_auth.resources.tools import keep_private
from prost_auth.schemas import clients as wire
from prost_auth.schemas.common import PageQuery
from prost_auth.use_cases.acting import ShopOnly
from prost_auth.use_cases.clients import register_client, remove_client
from prost_auth.use_cases.keys import key_times, request_rotation


class ClientsResource:
    """All applications."""

    @operation(
        summary="List the applications.",
        query=PageQuery,
        returns=wire.ClientList,
        errors=(Unavailable,),
        auth="admin",
        tags=("admin",),
    )
    async def on_get(self, _req: Request, resp: Response, *, query: PageQuery) -> dict[str, Any]:
        """Answer one page, newest first."""
        keep_private(resp)
        rows, total = await in_db(_clients, after({}, query.page_token), query.page_size + 1)
        shown = page({}, rows, query.page_size, _with_id)
        for item in shown["items"]:
            del item["id"]
        return {**shown, "total": total}

    @operation(
        summary="Register an application.",
        body=wire.NewClient,
        returns=(HTTPStatus.CREATED, wire.RegisteredClient),
        errors=(NotAnAdmin, ShopOnly, Unavailable),
        auth="admin",
        tags=("admin",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.NewClient) -> dict[str, Any]:
        """Answer it with its secret, which cannot be shown again."""
        keep_private(resp)
        facts = body.model_dump(exclude={"public"})
        client, secret = await in_db(register_client, facts, signed_in(req), public=body.public)
        return {**_shown(client), "client_secret": secret}


class ClientResource:
    """One application."""

    @operation(
        summary="Remove an application.",
        errors=(ClientNotFound, NotAnAdmin, ShopOnly, Unavailable),
        auth="admin",
        tags=("admin",),
    )
    async def on_delete(self, req: Request, _resp: Response, *, client_id: str) -> None:
        """Forget it with all that people have allowed it."""
        await in_db(remove_client, client_id, signed_in(req))


class KeyRotationResource:
    """The replacement of the signing key."""

    @operation(
        summary="Have a new signing key published.",
        returns=(HTTPStatus.ACCEPTED, wire.KeyList),
        errors=(NotAnAdmin, ShopOnly, Unavailable),
        auth="admin",
        tags=("admin",),
    )
    async def on_post(self, req: Request, _resp: Response) -> dict[str, Any]:
        """Answer all keys; a new one signs once everybody could have fetched it."""
        return {"items": await in_db(_rotate, signed_in(req))}


def _clients(before: UUID | None, size: int) -> tuple[list[Client], int]:
    rows = Client.select().order_by(Client.id.desc()).limit(size)
    if before is not None:
        rows = rows.where(Client.id < before)
    return list(rows), Client.select().count()


def _with_id(client: Client) -> dict[str, Any]:
    return {"id": client.id, **_shown(client)}


def _shown(client: Client) -> dict[str, Any]:
    names = ("client_id", "name", "uri", "redirect_uris", "post_logout_redirect_uris", "scopes")
    return {
        **{name: getattr(client, name) for name in (*names, "grant_types", "audiences", "created_at")},
        "public": client.secret_hash is None,
    }


def _rotate(caller: Caller) -> list[dict[str, Any]]:
    request_rotation(caller)
    times = key_times()
    return [
        {
            "id": key.id,
            "kid": key.kid,
            "state": key.state,
            "created_at": key.created_at,
            "signs_from": key.activated_at or times.signs_from(key.created_at),
        }
        for key in SigningKey.select().order_by(SigningKey.id.desc())
    ]

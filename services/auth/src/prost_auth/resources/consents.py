"""What somebody has allowed applications."""

from typing import Any

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Unavailable
from prost.http import operation
from prost_auth.domain.clients import ConsentNotFound
from prost_auth.resources.callers import signed_in
from prost_auth.resources.tools import keep_private
from prost_auth.schemas import clients as wire
from prost_auth.use_cases.acting import ShopOnly
from prost_auth.use_cases.consents import consents_of, withdraw_consent


class ConsentsResource:
    """All applications that somebody has let in."""

    @operation(
        summary="See what one has allowed applications.",
        returns=wire.ConsentList,
        errors=(ShopOnly, Unavailable),
        auth="customer",
        tags=("me",),
    )
    async def on_get(self, req: Request, resp: Response) -> dict[str, Any]:
        """Answer all of them, the latest first."""
        keep_private(resp)
        return {"items": await in_db(consents_of, signed_in(req))}


class ConsentResource:
    """One application that somebody has let in."""

    @operation(
        summary="Take back what one has allowed an application.",
        errors=(ConsentNotFound, ShopOnly, Unavailable),
        auth="customer",
        owned=False,
        tags=("me",),
    )
    async def on_delete(self, req: Request, _resp: Response, *, client_id: str) -> None:
        """Forget it, and end the application's sessions."""
        await in_db(withdraw_consent, client_id, signed_in(req))

"""Where one is signed in."""

from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import NotFound, Unavailable
from prost.http import operation
from prost_auth.resources.callers import signed_in
from prost_auth.resources.shown import shown_session
from prost_auth.resources.tools import keep_private
from prost_auth.schemas import me as wire
from prost_auth.use_cases.clients import client_names
from prost_auth.use_cases.own_sessions import end_other_sessions, end_own_session, open_sessions


class SessionsResource:
    """All of one's own sessions."""

    @operation(
        summary="See where one is signed in.",
        returns=wire.SessionList,
        errors=(Unavailable,),
        auth="customer",
        tags=("me",),
    )
    async def on_get(self, req: Request, resp: Response) -> dict[str, Any]:
        """Answer the sessions that can go on, the one used last first."""
        keep_private(resp)
        caller = signed_in(req)
        found = await in_db(open_sessions, caller)
        names = await in_db(client_names, [session.client_id for session in found])
        return {"items": [shown_session(session, caller.session_id, names) for session in found]}

    @operation(summary="Sign out everywhere else.", errors=(Unavailable,), auth="customer", tags=("me",))
    async def on_delete(self, req: Request, _resp: Response) -> None:
        """End all sessions but the one of this token."""
        await in_db(end_other_sessions, signed_in(req))


class SessionResource:
    """One of one's own sessions."""

    @operation(
        summary="Sign out there.",
        errors=(NotFound, Unavailable),
        auth="customer",
        owned=True,
        tags=("me",),
    )
    async def on_delete(self, req: Request, _resp: Response, *, session_id: UUID) -> None:
        """End it."""
        await in_db(end_own_session, signed_in(req), session_id)

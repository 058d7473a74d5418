"""Reads from a request who it comes from."""

from uuid import UUID

from falcon.asgi import Request

from prost_auth.domain.callers import Caller, client_address, device_name
from prost_auth.domain.sessions import SessionEnded


def anyone(req: Request) -> Caller:
    """Return where a request comes from; whose it is does not matter."""
    return Caller(
        ip=client_address(
            req.get_header("X-Envoy-External-Address"),
            req.get_header("X-Forwarded-For"),
            req.scope["client"][0] if req.scope.get("client") else None,
        ),
        device=device_name(req.get_header("User-Agent")),
    )


def signed_in(req: Request) -> Caller:
    """Return whose request it is, and where it comes from.

    Raises:
        SessionEnded: the token does not name an account.
    """
    principal = req.context.principal
    caller = anyone(req)
    try:
        session_id = None if principal.session_id is None else UUID(principal.session_id)
        return Caller(caller.ip, caller.device, UUID(principal.subject), session_id)
    except ValueError:
        raise SessionEnded("The account of this token is gone.") from None

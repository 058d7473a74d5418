"""Who sent a request, and whether they are let in."""

from collections.abc import Collection

import falcon.asgi

from prost.auth import Access, Principal, TokenVerifier, admit
from prost.errors import Unauthenticated

__all__ = ["identify"]


async def identify(
    req: falcon.asgi.Request, verifier: TokenVerifier, access: Access, roles: Collection[str] = ()
) -> Principal | None:
    """Return whose token came with a request, None without one; see `admit` for who is let in.

    A token that is no good is refused where none would be needed, too: whoever sent it believes to be signed
    in, and has to hear that they are not.

    Raises Unauthenticated, Forbidden and Unavailable.
    """
    if access == "anonymous":
        return None
    header = req.get_header("Authorization")
    principal = None
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            challenge = {"WWW-Authenticate": "Bearer"}
            raise Unauthenticated("The Authorization header has to be a bearer token.", headers=challenge)
        principal = await verifier.verify(token.strip())
    admit(principal, access, roles)
    return principal

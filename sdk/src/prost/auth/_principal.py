"""Someone whose token was verified, and what that allows them."""

from collections.abc import Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from prost.errors import EmailNotVerified, Forbidden, NotFound, Unauthenticated
from prost.spec import Access

__all__ = ["SERVICE_PREFIX", "STAFF_ROLES", "InsufficientScope", "Principal", "admit", "current_principal"]

STAFF_ROLES: Final = frozenset({"support", "catalog-manager", "admin"})
SERVICE_PREFIX: Final = "service:"
_ADMITTED: Final[Mapping[str, frozenset[str]]] = {
    "customer": STAFF_ROLES | {"customer"},
    "staff": STAFF_ROLES,
    "admin": frozenset({"admin"}),
}


class InsufficientScope(Forbidden):
    """An application asks for more than the person for whom it acts has allowed it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone whose token was verified. `subject` is stable for a person; `token` is what they sent.

    `client_id` names the application that acts for them, `amr` how they signed in: "pwd", "otp".
    """

    subject: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    token: str | None = field(default=None, repr=False, compare=False)
    email_verified: bool = False
    session_id: str | None = None
    client_id: str | None = None
    amr: frozenset[str] = frozenset()

    @property
    def is_service(self) -> bool:
        """Whether it is another service, on its own behalf."""
        return self.subject.startswith(SERVICE_PREFIX)

    @property
    def is_staff(self) -> bool:
        """Whether they work for the shop."""
        return not self.roles.isdisjoint(STAFF_ROLES)

    def owns(self, owner_id: object) -> bool:
        """Tell whether something that belongs to `owner_id` is theirs."""
        return str(owner_id) == self.subject

    def require(self, *roles: str) -> None:
        """Return when they have one of the roles. Raises Forbidden."""
        if self.roles.isdisjoint(roles):
            raise Forbidden(f"This takes the role {' or '.join(roles)}.")

    def require_scope(self, scope: str) -> None:
        """Return when they allowed it the application that sent the token. Raises InsufficientScope."""
        if scope not in self.scopes:
            challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
            raise InsufficientScope(f"This takes the scope {scope}.", headers=challenge)

    def require_owner(self, owner_id: object) -> None:
        """Return when it is theirs or they are staff. Raises NotFound: others may not know of it."""
        if not self.owns(owner_id) and not self.is_staff:
            raise NotFound

    def require_verified_email(self) -> None:
        """Return when their address is known to be theirs. Raises EmailNotVerified."""
        if not self.email_verified:
            raise EmailNotVerified("Verify your e-mail address first.")


current_principal: ContextVar[Principal | None] = ContextVar("current_principal", default=None)
"""Whoever the work at hand is done for; calls to other services are made in their name."""


def admit(principal: Principal | None, access: Access, roles: Collection[str] = ()) -> None:
    """Return when a caller is let in at this level of access, of the staff only these roles if any are given.

    Raises Unauthenticated and Forbidden.
    """
    if access in {"anonymous", "optional"}:
        return
    if principal is None:
        raise Unauthenticated("Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    if access == "service":
        is_admitted = principal.is_service
    else:
        is_admitted = not principal.roles.isdisjoint(roles or _ADMITTED[access])
    if not is_admitted:
        raise Forbidden(f"This takes {' or '.join(roles) or access} access.")

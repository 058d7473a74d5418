"""What a client can ask of a person, and what it learns with it."""

from collections.abc import Sequence
from typing import Final

from prost_auth.domain.accounts import active_roles

SCOPES: Final = ("openid", "profile", "email", "offline_access")
"""Every scope there is, in the order in which they are shown."""

CLAIMS: Final = {
    "openid": ("sub",),
    "profile": ("name", "locale", "updated_at"),
    "email": ("email", "email_verified"),
}
"""The claims about a person that come with a scope."""


def carried_roles(staff_roles: Sequence[str], amr: Sequence[str], client_id: str | None) -> list[str]:
    """Return the roles in a token: none for an application, to which nobody has lent their basket.

    It learns who somebody is, and every operation that takes a role stays closed to it.
    """
    return active_roles(staff_roles, amr) if client_id is None else []

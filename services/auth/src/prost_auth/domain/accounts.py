"""Who an account belongs to, what it may become, and the facts that stand against that."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from prost.errors import Conflict, Forbidden, NotFound

CUSTOMER: Final = "customer"
"""The role that everyone has."""

STAFF_ROLES: Final = ("support", "catalog-manager", "admin")
"""The roles of those who work for the shop, in the order in which they are shown."""

ADMIN: Final = "admin"

LANGUAGES: Final = ("de", "en")

SECOND_FACTOR: Final = "otp"
"""The authentication method (RFC 8176) without which a session carries no role of staff."""

ADDRESSES_MAX: Final = 20


class AccountState(StrEnum):
    """Where an account stands in its life; only an ACTIVE one can be signed in to."""

    ACTIVE = "ACTIVE"
    LOCKED = "LOCKED"
    DELETED = "DELETED"


class AccountNotFound(NotFound):
    """No account has this id."""


class AddressNotFound(NotFound):
    """The account has no address of this id."""


class TooManyAddresses(Conflict):
    """The account has as many addresses as are kept."""


class OwnAccount(Forbidden):
    """An admin cannot do this to the account that they are signed in to."""


class NotAnAdmin(Forbidden):
    """The account lost its role while the request was on its way."""


class StaffAccount(Conflict):
    """Accounts of staff cannot be deleted; an admin takes the roles away first."""


class AccountNotReady(Conflict):
    """The account is locked, deleted or has no verified address, so it cannot be given a role."""


def active_roles(staff_roles: Sequence[str], amr: Sequence[str]) -> list[str]:
    """Return the roles that a session carries: those of staff only when a second factor was shown."""
    return [CUSTOMER, *staff_roles] if SECOND_FACTOR in amr else [CUSTOMER]


def staff_roles_among(roles: Sequence[str]) -> list[str]:
    """Return the roles of staff among these, each once, in their order."""
    return [role for role in STAFF_ROLES if role in roles]

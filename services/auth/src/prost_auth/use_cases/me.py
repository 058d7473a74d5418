"""Reads what an account is, for its owner."""

from dataclasses import dataclass
from uuid import UUID

from prost_auth.domain.callers import Caller
from prost_auth.models.accounts import Account, Address
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.external import ExternalIdentity
from prost_auth.models.second_factors import SecondFactor
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.addresses import addresses_of
from prost_auth.use_cases.external import identities_of


@dataclass(frozen=True)
class Own:
    """An account with all that belongs to it."""

    account: Account
    addresses: list[Address]
    second_factor: bool
    external: list[ExternalIdentity]


def own_account(caller: Caller) -> Own:
    """Return a caller's own account. Raises SessionEnded and ShopOnly."""
    account = acting_account(caller)
    enrolled = SecondFactor.select().where(
        SecondFactor.account == account.id, SecondFactor.secret.is_null(False)
    )
    return Own(account, addresses_of(account.id), enrolled.exists(), identities_of(account.id))


def own_events(caller: Caller, after: UUID | None, size: int) -> list[SecurityEvent]:
    """Return the newest events of a caller's account. Raises SessionEnded and ShopOnly."""
    return find_events(acting_account(caller).id, None, after, size)


def find_events(
    account_id: UUID | None, kind: str | None, after: UUID | None, size: int
) -> list[SecurityEvent]:
    """Return the newest events of an account, or of all, and of a kind, or of any."""
    query = SecurityEvent.select().order_by(SecurityEvent.id.desc()).limit(size)
    if account_id is not None:
        query = query.where(SecurityEvent.account == account_id)
    if kind is not None:
        query = query.where(SecurityEvent.kind == kind)
    if after is not None:
        query = query.where(SecurityEvent.id < after)
    return list(query)

"""Rights that are used once: given out, and taken back at their first use."""

from uuid import UUID

from prost.db import utcnow
from prost_auth.domain.accounts import AccountState
from prost_auth.domain.links import LIFETIMES, Purpose, TokenInvalid
from prost_auth.models.accounts import Account
from prost_auth.models.mails import OneTimeToken
from prost_auth.use_cases.locks import held


def grant(account: Account, purpose: Purpose, email: str) -> OneTimeToken:
    """Make a right that replaces all of this purpose that the account was given before."""
    revoke(account.id, purpose)
    now = utcnow()
    granted: OneTimeToken = OneTimeToken.create(
        account=account,
        purpose=purpose,
        email=email,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    return granted


def revoke(account_id: UUID, *purposes: Purpose) -> None:
    """Take back what was not used yet."""
    OneTimeToken.update(used_at=utcnow()).where(
        OneTimeToken.account == account_id,
        OneTimeToken.purpose.in_(purposes),
        OneTimeToken.used_at.is_null(),
    ).execute()


def peek(token_id: UUID, *purposes: Purpose) -> Account:
    """Return whose right it is, held against other writers, and leave it unused. Raises TokenInvalid."""
    granted: OneTimeToken | None = OneTimeToken.get_or_none(_usable(token_id, purposes))
    if granted is None:
        raise TokenInvalid
    return _account_of(granted)


def redeem(token_id: UUID, *purposes: Purpose) -> tuple[OneTimeToken, Account]:
    """Use a right up, and return it with its account held against other writers.

    Of two who come at once the second waits for the first, and then finds it used.

    Raises:
        TokenInvalid: it was used, has expired or is for something else.
    """
    account = peek(token_id, *purposes)
    used = OneTimeToken.update(used_at=utcnow()).where(_usable(token_id, purposes)).returning(OneTimeToken)
    granted: OneTimeToken | None = next(iter(used.execute()), None)
    if granted is None:
        raise TokenInvalid
    return granted, account


def _usable(token_id: UUID, purposes: tuple[Purpose, ...]) -> object:
    return (
        (OneTimeToken.id == token_id)
        & OneTimeToken.purpose.in_(purposes)
        & OneTimeToken.used_at.is_null()
        & (OneTimeToken.expires_at > utcnow())
    )


def _account_of(granted: OneTimeToken) -> Account:
    owner = Account.select().where(Account.id == granted.account_id, Account.state == AccountState.ACTIVE)
    account: Account | None = held(owner).get_or_none()
    if account is None:
        raise TokenInvalid
    return account

"""What staff does to accounts: roles, locks, and finding them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from prost.db import database
from prost_auth.domain.accounts import (
    ADMIN,
    AccountNotFound,
    AccountNotReady,
    AccountState,
    NotAnAdmin,
    OwnAccount,
    staff_roles_among,
)
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.sessions import EndReason
from prost_auth.models.accounts import Account
from prost_auth.models.second_factors import SecondFactor
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.locks import held
from prost_auth.use_cases.mails import write_to
from prost_auth.use_cases.second_factors import reset_second_factor
from prost_auth.use_cases.sessions import end_sessions


@dataclass(frozen=True)
class Listed:
    """An account as staff sees it."""

    account: Account
    second_factor: bool


def find_accounts(text: str | None, after: UUID | None, size: int) -> list[Listed]:
    """Return accounts, newest first, whose address or name contains a text."""
    query = Account.select().order_by(Account.id.desc()).limit(size)
    if after is not None:
        query = query.where(Account.id < after)
    if text:
        query = query.where(Account.email_key.contains(text.casefold()) | Account.name.contains(text))
    return listed(list(query))


def find_account(account_id: UUID) -> Listed:
    """Return one account. Raises AccountNotFound."""
    account: Account | None = Account.get_or_none(Account.id == account_id)
    if account is None:
        raise AccountNotFound("There is no such account.")
    return listed([account])[0]


def listed(accounts: Sequence[Account]) -> list[Listed]:
    """Add whether each has a second factor."""
    enrolled = SecondFactor.select(SecondFactor.account).where(
        SecondFactor.account.in_([account.id for account in accounts]), SecondFactor.secret.is_null(False)
    )
    ids = {factor.account_id for factor in enrolled}
    return [Listed(account, account.id in ids) for account in accounts]


def change_roles(caller: Caller, account_id: UUID, roles: Sequence[str]) -> Listed:
    """Give an account exactly these roles of staff; its sessions end, so that no token keeps the old ones.

    Raises:
        AccountNotFound, AccountNotReady, OwnAccount, NotAnAdmin: as they say.
    """
    wanted = staff_roles_among(roles)
    with database.atomic():
        account = _of_another(caller, account_id)
        before = list(account.staff_roles)
        if wanted != before:
            if wanted and not (account.state == AccountState.ACTIVE and account.email_verified):
                raise AccountNotReady("Only an active account with a verified address can have a role.")
            account.staff_roles = wanted
            account.save()
            end_sessions(account.id, EndReason.ROLES_CHANGED)
            _record(Kind.ROLES_CHANGED, caller, account, before=before, after=wanted)
            if account.state == AccountState.ACTIVE:
                write_to(account, "roles-changed")
        return listed([account])[0]


def lock_account(caller: Caller, account_id: UUID, reason: str) -> Listed:
    """Keep somebody from signing in, and end their sessions; locking twice is no change.

    Raises:
        AccountNotFound, OwnAccount, NotAnAdmin: as they say.
    """
    with database.atomic():
        account = _of_another(caller, account_id)
        if account.state == AccountState.ACTIVE:
            account.move_to(AccountState.LOCKED)
            end_sessions(account.id, EndReason.LOCKED)
            _record(Kind.ACCOUNT_LOCKED, caller, account, reason=reason)
        return listed([account])[0]


def unlock_account(caller: Caller, account_id: UUID, reason: str) -> Listed:
    """Let somebody sign in again; unlocking twice is no change.

    Raises:
        AccountNotFound, OwnAccount, NotAnAdmin: as they say.
    """
    with database.atomic():
        account = _of_another(caller, account_id)
        if account.state == AccountState.LOCKED:
            account.move_to(AccountState.ACTIVE)
            _record(Kind.ACCOUNT_UNLOCKED, caller, account, reason=reason)
        return listed([account])[0]


def take_second_factor(caller: Caller, account_id: UUID, reason: str) -> Listed:
    """Let somebody who lost app and recovery codes begin with another one.

    Raises:
        AccountNotFound, OwnAccount, NotAnAdmin, NoSecondFactor: as they say.
    """
    with database.atomic():
        account = _of_another(caller, account_id)
        by = str(caller.account_id)
        reset_second_factor(account, caller.ip, caller.device, by=by, reason=reason)
        return listed([account])[0]


def reset_by_operator(email: EmailAddress) -> UUID:
    """Do the same beside the service, for an admin whom no other can help, and return whose it was.

    Raises:
        AccountNotFound, NoSecondFactor: as they say.
    """
    with database.atomic():
        found = Account.select().where(Account.email_key == email.key, Account.state != AccountState.DELETED)
        account: Account | None = held(found).get_or_none()
        if account is None:
            raise AccountNotFound("There is no such account.")
        reset_second_factor(account, by="operations")
        return account.id


def _of_another(caller: Caller, account_id: UUID) -> Account:
    """Return an account, held, and with it the caller's: two admins cannot take each other's role away."""
    if account_id == caller.account_id:
        raise OwnAccount("Another admin has to do this.")
    both = Account.select().where(Account.id.in_([account_id, caller.account_id])).order_by(Account.id)
    found: dict[UUID, Account] = {each.id: each for each in held(both)}
    if ADMIN not in acting_account(caller).staff_roles:
        raise NotAnAdmin("This takes the role admin.")
    account = found.get(account_id)
    if account is None or account.state == AccountState.DELETED:
        raise AccountNotFound("There is no such account.")
    return account


def _record(kind: Kind, caller: Caller, account: Account, **detail: object) -> None:
    record(kind, account.id, ip=caller.ip, device=caller.device, by=str(caller.account_id), **detail)

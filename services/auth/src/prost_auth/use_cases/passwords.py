"""Changes passwords: by who knows the present one, and by who reads the account's mail."""

from dataclasses import dataclass
from uuid import UUID

from prost.db import database, utcnow
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.links import Purpose, TokenInvalid
from prost_auth.domain.passwords import PasswordRefused
from prost_auth.domain.sessions import EndReason
from prost_auth.models.accounts import Account
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.mails import RESET_PASSWORD, queue, write_to
from prost_auth.use_cases.one_time import peek, redeem, revoke
from prost_auth.use_cases.sessions import end_sessions


@dataclass(frozen=True)
class Known:
    """What has to be known of an account before a password is hashed.

    `words` are what others know about the person; a password made of them is weak.
    """

    account_id: UUID
    password_hash: str | None
    words: tuple[str, ...]


def known(caller: Caller) -> Known:
    """Return it for the account of a caller. Raises SessionEnded and ShopOnly."""
    return _known(acting_account(caller))


def known_by_reset(token_id: UUID) -> Known:
    """Return it for the account that a link resets the password of. Raises TokenInvalid."""
    with database.atomic():
        return _known(peek(token_id, Purpose.RESET_PASSWORD))


def require_unchanged(account: Account, checked: Known) -> None:
    """Return when the password that was checked is still the account's. Raises PasswordRefused."""
    if account.password_hash != checked.password_hash:
        raise PasswordRefused("The password was changed a moment ago.")


def note_refused_password(caller: Caller) -> PasswordRefused:
    """Write down that somebody who is signed in gave a wrong password, and return what is said to them."""
    record(Kind.PASSWORD_REFUSED, caller.account_id, ip=caller.ip, device=caller.device)
    return PasswordRefused("The password is wrong.")


def change_password(caller: Caller, checked: Known, new_hash: str) -> None:
    """Give an account its next password; all other sessions end, and what was mailed is void.

    Raises:
        SessionEnded: nobody is signed in any more.
        PasswordRefused: the password was changed since it was checked.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        require_unchanged(account, checked)
        _set(account, new_hash)
        end_sessions(account.id, EndReason.PASSWORD_CHANGED, except_id=caller.session_id)
        account.save()
        record(Kind.PASSWORD_CHANGED, account.id, ip=caller.ip, device=caller.device)


def request_reset(email: EmailAddress, caller: Caller) -> None:
    """Have a link sent to an address if it is an account's: the worker finds out, so this is always alike."""
    queue(email.written, RESET_PASSWORD, "de", email_key=email.key, ip=caller.ip, device=caller.device)


def reset_password(token_id: UUID, new_hash: str, caller: Caller) -> None:
    """Give an account its next password, for who read its mail; every session ends.

    Raises:
        TokenInvalid: the link was used, has expired, or went to an address that the account had before.
    """
    with database.atomic():
        granted, account = redeem(token_id, Purpose.RESET_PASSWORD)
        if granted.email != account.email:
            raise TokenInvalid
        _set(account, new_hash)
        account.email_verified_at = account.email_verified_at or utcnow()
        account.save()
        end_sessions(account.id, EndReason.PASSWORD_CHANGED)
        record(Kind.PASSWORD_RESET, account.id, ip=caller.ip, device=caller.device)


def _known(account: Account) -> Known:
    return Known(account.id, account.password_hash, (account.address, account.name))


def _set(account: Account, new_hash: str) -> None:
    account.password_hash = new_hash
    account.password_changed_at = utcnow()
    revoke(account.id, Purpose.RESET_PASSWORD)
    write_to(account, "password-changed")

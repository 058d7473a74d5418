"""Registers accounts and proves that their addresses are their owners'."""

from dataclasses import dataclass
from uuid import UUID

from peewee import IntegrityError

from prost.db import database, utcnow, uuid7
from prost.events import Outbox
from prost_auth.domain.accounts import AccountState
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.links import Purpose, TokenInvalid
from prost_auth.events import AccountRegistered
from prost_auth.models.accounts import Account
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.mails import write_to
from prost_auth.use_cases.one_time import grant, redeem


@dataclass(frozen=True)
class Application:
    """What somebody who wants an account says; of the password only its hash is known here."""

    email: EmailAddress
    name: str
    language: str
    marketing_consent: bool
    password_hash: str


def sign_up(application: Application, caller: Caller) -> None:
    """Register an account and write to its address; who has one already gets a mail that says so instead."""
    with database.atomic():
        account = register(
            application.email,
            application.name,
            application.language,
            password_hash=application.password_hash,
            marketing_consent=application.marketing_consent,
        )
        if account is None:
            _tell_owner(application.email, caller)
            return
        send_verification(account)
        record(Kind.SIGNED_UP, account.id, ip=caller.ip, device=caller.device)


def register(
    email: EmailAddress,
    name: str,
    language: str,
    *,
    password_hash: str | None = None,
    marketing_consent: bool = False,
    verified: bool = False,
) -> Account | None:
    """Make an account and announce it; None when there is one with this address."""
    now = utcnow()
    with database.atomic():
        made = (
            Account.insert(
                id=uuid7(),
                email=email.written,
                email_key=email.key,
                email_verified_at=now if verified else None,
                name=name,
                language=language,
                password_hash=password_hash,
                password_changed_at=now if password_hash else None,
                marketing_consent_at=now if marketing_consent else None,
                state=AccountState.ACTIVE,
                created_at=now,
                updated_at=now,
            )
            .on_conflict(action="IGNORE", conflict_target=[Account.email_key])
            .returning(Account)
            .execute()
        )
        account: Account | None = next(iter(made), None)
        if account is not None:
            Outbox.add(AccountRegistered(account_id=account.id, language=account.language))
    return account


def send_verification(account: Account) -> None:
    """Write to the account's address with a link that proves that the mail was read."""
    granted = grant(account, Purpose.VERIFY_EMAIL, account.address)
    write_to(account, "verify-email", token_id=str(granted.id))


def resend_verification(caller: Caller) -> bool:
    """Send the link again; False when the address is verified already. Raises SessionEnded."""
    with database.atomic():
        account = acting_account(caller, locked=True)
        if account.email_verified:
            return False
        send_verification(account)
        record(Kind.VERIFICATION_REQUESTED, account.id, ip=caller.ip, device=caller.device)
        return True


def verify_email(token_id: UUID, caller: Caller) -> None:
    """Take the proof that a mail was read: the account's address, or its next one, is its owner's.

    Raises:
        TokenInvalid: the link was used, has expired, or somebody else has the address by now.
    """
    with database.atomic():
        granted, account = redeem(token_id, Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)
        changed = granted.purpose == Purpose.CHANGE_EMAIL
        if changed:
            _move(account, EmailAddress.parse(granted.email))
        elif granted.email != account.email:
            raise TokenInvalid
        account.email_verified_at = utcnow()
        account.save()
        kind = Kind.EMAIL_CHANGED if changed else Kind.EMAIL_VERIFIED
        record(kind, account.id, ip=caller.ip, device=caller.device)


def _move(account: Account, email: EmailAddress) -> None:
    try:
        with database.atomic():
            Account.update(email=email.written, email_key=email.key).where(Account.id == account.id).execute()
    except IntegrityError:
        raise TokenInvalid from None


def _tell_owner(email: EmailAddress, caller: Caller) -> None:
    owner: Account | None = Account.get_or_none(Account.email_key == email.key)
    # Gone in this very moment: there is nobody to tell.
    if owner is None:
        return
    write_to(owner, "account-exists")
    record(Kind.SIGN_UP_REPEATED, owner.id, ip=caller.ip, device=caller.device)

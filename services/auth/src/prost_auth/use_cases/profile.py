"""Changes what people say about themselves: name, language, consent, and how to reach them."""

from typing import Any

from prost.db import database, utcnow
from prost.errors import EmailNotVerified, FieldError, Invalid
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.links import Purpose
from prost_auth.models.accounts import Account
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.mails import queue, write_to
from prost_auth.use_cases.one_time import grant
from prost_auth.use_cases.passwords import Known, require_unchanged


def change_profile(
    caller: Caller,
    *,
    name: str | None = None,
    language: str | None = None,
    marketing_consent: bool | None = None,
) -> Account:
    """Write what is given; when a consent was given is kept as long as it holds. Raises SessionEnded."""
    changes: dict[str, Any] = {"name": name, "language": language}
    with database.atomic():
        account = acting_account(caller, locked=True)
        for field, value in changes.items():
            if value is not None:
                setattr(account, field, value)
        if marketing_consent is not None and marketing_consent != (account.marketing_consent_at is not None):
            account.marketing_consent_at = utcnow() if marketing_consent else None
        account.save()
    return account


def request_email_change(caller: Caller, email: EmailAddress, checked: Known) -> None:
    """Write to the next address with a link that makes it the account's, and tell the present one.

    When the next address is another account's, that one is told instead: who asks learns nothing.

    Raises:
        SessionEnded: nobody is signed in any more.
        EmailNotVerified: the present address may be anybody's.
        PasswordRefused: the password was changed since it was checked.
        Invalid: it is the present address.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        if not account.email_verified:
            raise EmailNotVerified("Verify your present e-mail address first.")
        require_unchanged(account, checked)
        if email.key == account.email_key:
            raise Invalid(errors=[FieldError("body.email", "is your present address", "unchanged")])
        owner: Account | None = Account.get_or_none(Account.email_key == email.key)
        if owner is not None:
            write_to(owner, "account-exists")
        else:
            granted = grant(account, Purpose.CHANGE_EMAIL, email.written)
            queue(
                email.written,
                "change-email",
                account.language,
                account_id=account.id,
                name=account.name,
                token_id=str(granted.id),
            )
        write_to(account, "email-change-asked")
        record(Kind.EMAIL_CHANGE_REQUESTED, account.id, ip=caller.ip, device=caller.device)

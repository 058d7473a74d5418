"""Mails on their way: queued in the transaction of their cause, claimed by the worker, and settled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from prost.db import database, utcnow
from prost_auth.domain.accounts import AccountState
from prost_auth.domain.audit import Kind
from prost_auth.domain.links import Purpose
from prost_auth.domain.mails import GIVE_UP_AFTER, MailState, pause
from prost_auth.models.accounts import Account
from prost_auth.models.mails import Mail
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.locks import held
from prost_auth.use_cases.one_time import grant

RESET_PASSWORD: Final = "reset-password"  # noqa: S105 - a template
"""The mail of which only the worker finds out whether it has a reader."""

#: How long a mail is left alone that a worker took and, it may be, died with.
_LEASE: Final = timedelta(seconds=90)

_SKIP_LOCKED: Final[Any] = "FOR UPDATE SKIP LOCKED"


@dataclass(frozen=True)
class Letter:
    """A mail to be sent now."""

    id: UUID
    recipient: str
    template: str
    language: str
    values: dict[str, Any]


def queue(to: str, template: str, language: str, *, account_id: UUID | None = None, **values: object) -> Mail:
    """Have a mail sent if, and only if, the transaction around this commits; `values` are JSON values."""
    now = utcnow()
    mail: Mail = Mail.create(
        recipient=to,
        template=template,
        language=language,
        account=account_id,
        values=values,
        created_at=now,
        next_attempt_at=now,
    )
    return mail


def write_to(account: Account, template: str, **values: object) -> Mail:
    """Have a mail sent to an account's address, in its language and by its name."""
    return queue(
        account.address, template, account.language, account_id=account.id, name=account.name, **values
    )


def claim_due() -> Letter | None:
    """Take a mail whose time has come; one that is not settled or postponed comes up again later."""
    now = utcnow()
    due = (
        Mail.select()
        .where(Mail.state == MailState.PENDING, Mail.next_attempt_at <= now)
        .order_by(Mail.next_attempt_at)
        .limit(1)
        .for_update(_SKIP_LOCKED)
    )
    while True:
        with database.atomic():
            mail: Mail | None = due.clone().get_or_none()
            if mail is None:
                return None
            letter = _claimed(mail, now)
            if letter is not None:
                return letter


def settle(mail_id: UUID, state: MailState, error: str | None = None) -> None:
    """Write down what became of a mail, and forget whom it went to and what it said."""
    Mail.update(
        state=state,
        settled_at=utcnow(),
        next_attempt_at=None,
        recipient=None,
        values={},
        error=error,
    ).where(Mail.id == mail_id, Mail.state == MailState.PENDING).execute()


def postpone(mail_id: UUID, error: str) -> None:
    """Have a mail tried again, later each time."""
    mail: Mail | None = Mail.get_or_none(Mail.id == mail_id, Mail.state == MailState.PENDING)
    if mail is not None:
        mail.next_attempt_at = utcnow() + pause(mail.attempts)
        mail.error = error
        mail.save()


def _claimed(mail: Mail, now: datetime) -> Letter | None:
    """Return a mail to be sent, None for one that was settled instead."""
    if now - mail.created_at > GIVE_UP_AFTER:
        settle(mail.id, MailState.EXPIRED, mail.error)
        return None
    if mail.template == RESET_PASSWORD and not _find_reader(mail):
        settle(mail.id, MailState.DROPPED)
        return None
    mail.attempts += 1
    mail.next_attempt_at = now + _LEASE
    mail.save()
    return Letter(mail.id, str(mail.recipient), mail.template, mail.language, mail.values)


def _find_reader(mail: Mail) -> bool:
    """Fill in whose password may be reset; False when the address is nobody's."""
    asked: dict[str, Any] = mail.values
    found = Account.select().where(Account.email_key == asked["email_key"])
    account: Account | None = held(found).get_or_none()
    if account is None or account.state != AccountState.ACTIVE:
        return False
    if mail.attempts == 0:
        record(Kind.PASSWORD_RESET_REQUESTED, account.id, ip=asked["ip"], device=asked["device"])
    # Each attempt has a token of its own: the one before may expire while the mail server is away.
    granted = grant(account, Purpose.RESET_PASSWORD, account.address)
    mail.account = account
    mail.recipient, mail.language = account.address, account.language
    mail.values = {**asked, "name": account.name, "token_id": str(granted.id)}
    return True

"""Deletes accounts: the row stays, because others refer to it, and says nothing about the person any more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from prost.db import database, utcnow
from prost.errors import FieldError, Forbidden, Invalid
from prost.events import Outbox
from prost_auth.domain.accounts import AccountState, StaffAccount
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.external import FEDERATED
from prost_auth.events import AccountDeleted
from prost_auth.models.accounts import Account, Address
from prost_auth.models.clients import AuthorizationCode, Consent
from prost_auth.models.external import ExternalIdentity
from prost_auth.models.mails import Mail, OneTimeToken
from prost_auth.models.second_factors import SecondFactor
from prost_auth.models.sessions import Session
from prost_auth.use_cases.acting import acting_account, acting_session
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.mails import queue
from prost_auth.use_cases.passwords import Known, known, require_unchanged

FRESH: Final = timedelta(minutes=5)
"""How long ago somebody who gives no password may have signed in with a provider to delete their account."""


class FreshSignInRequired(Forbidden):
    """Without a password, who somebody is was shown too long ago for this."""


def known_by_fresh_sign_in(caller: Caller) -> Known:
    """Return what is known of the account of somebody who has just signed in with a provider.

    Raises:
        SessionEnded, ShopOnly: as they say.
        Invalid: they signed in with their password, so it is asked for.
        FreshSignInRequired: it was too long ago.
    """
    found = known(caller)
    session = acting_session(caller) if caller.session_id is not None else None
    if found.password_hash is not None and (session is None or FEDERATED not in session.amr):
        raise Invalid(errors=[FieldError("body.password", "is missing", "missing")])
    if session is None or session.auth_time < utcnow() - FRESH:
        raise FreshSignInRequired("Sign in again first.")
    return found


def _erase_addresses(account_id: UUID) -> None:
    Address.delete().where(Address.account == account_id).execute()


def _erase_sessions(account_id: UUID) -> None:
    Session.delete().where(Session.account == account_id).execute()


def _erase_second_factor(account_id: UUID) -> None:
    SecondFactor.delete().where(SecondFactor.account == account_id).execute()


def _erase_mails(account_id: UUID) -> None:
    OneTimeToken.delete().where(OneTimeToken.account == account_id).execute()
    Mail.delete().where(Mail.account == account_id).execute()


def _erase_applications(account_id: UUID) -> None:
    AuthorizationCode.delete().where(AuthorizationCode.account == account_id).execute()
    Consent.delete().where(Consent.account == account_id).execute()


def _erase_identities(account_id: UUID) -> None:
    ExternalIdentity.delete().where(ExternalIdentity.account == account_id).execute()


ERASERS: Final[tuple[Callable[[UUID], None], ...]] = (
    _erase_addresses,
    _erase_sessions,
    _erase_second_factor,
    _erase_mails,
    _erase_applications,
    _erase_identities,
)
"""What forgets an account beside its own row, in the transaction of the deletion."""


def delete_account(caller: Caller, checked: Known) -> None:
    """Forget a person, tell the other services, and send a last mail.

    Raises:
        SessionEnded: nobody is signed in any more.
        PasswordRefused: the password was changed since it was checked.
        StaffAccount: an admin takes the roles away first.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        require_unchanged(account, checked)
        if account.is_staff:
            raise StaffAccount("Accounts of staff cannot be deleted.")
        queue(account.address, "account-deleted", account.language, name=account.name)
        for erase in ERASERS:
            erase(account.id)
        _anonymise(account)
        record(Kind.ACCOUNT_DELETED, account.id, ip=caller.ip, device=caller.device)
        Outbox.add(AccountDeleted(account_id=account.id))


def _anonymise(account: Account) -> None:
    account.state = AccountState.DELETED
    account.email = account.email_key = account.email_verified_at = None
    account.password_hash = account.password_changed_at = account.marketing_consent_at = None
    account.name = ""
    account.save()

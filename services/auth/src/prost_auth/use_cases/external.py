"""Signs people in who have shown elsewhere who they are."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from uuid import UUID

from prost.db import database, utcnow, uuid7
from prost.errors import Invalid
from prost_auth.domain.accounts import AccountState
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.clients import fingerprint, new_secret
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.external import (
    FEDERATED,
    SIGN_IN_LIFETIME,
    ExternalRefused,
    IdentityNotFound,
    LastWayToSignIn,
    Problem,
    Proven,
)
from prost_auth.domain.people import clean_text
from prost_auth.domain.sessions import EndReason
from prost_auth.keys import ring
from prost_auth.models.accounts import Account, Address
from prost_auth.models.clients import Consent
from prost_auth.models.external import ExternalIdentity, ExternalSignIn
from prost_auth.models.mails import OneTimeToken
from prost_auth.models.second_factors import SecondFactor
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.locks import held
from prost_auth.use_cases.mails import write_to
from prost_auth.use_cases.second_factors import confirmed_factor
from prost_auth.use_cases.sessions import (
    Opened,
    end_federated_sessions,
    end_sessions,
    open_session,
)
from prost_auth.use_cases.signup import register


@dataclass(frozen=True)
class Waited:
    """A browser that went to a provider: what was sent along, and where it wants to go on."""

    state: str
    nonce: str
    code_verifier: str
    return_to: str


def await_browser(provider: str, browser: str, return_to: str) -> Waited:
    """Remember that a browser, which holds this secret, was sent to a provider."""
    waited = Waited(new_secret(), new_secret(), new_secret(), return_to)
    ExternalSignIn.create(
        provider=provider,
        state_hash=fingerprint(waited.state),
        browser_hash=fingerprint(browser),
        nonce=waited.nonce,
        code_verifier=waited.code_verifier,
        return_to=return_to,
        expires_at=utcnow() + SIGN_IN_LIFETIME,
    )
    return waited


def take_browser_back(provider: str, browser: str | None, state: str) -> Waited | None:
    """Return what was remembered, once; None unless this very browser was sent to this provider of late."""
    with database.atomic():
        chosen = ExternalSignIn.state_hash == fingerprint(state)
        row = next(iter(ExternalSignIn.delete().where(chosen).returning(ExternalSignIn).execute()), None)
    if row is None or browser is None or row.expires_at <= utcnow() or row.provider != provider:
        return None
    if not compare_digest(bytes(row.browser_hash), fingerprint(browser)):
        return None
    return Waited(state, row.nonce, row.code_verifier, row.return_to)


def sign_in_external(proven: Proven, language: str, caller: Caller) -> Opened:
    """Open a session for somebody whom a provider has vouched for. Raises ExternalRefused."""
    with database.atomic():
        outcome = _sign_in(proven, language, caller)
    # Raised only here: what was found out has to stay in the log.
    if isinstance(outcome, Problem):
        raise ExternalRefused(outcome)
    return outcome


def identities_of(account_id: UUID) -> list[ExternalIdentity]:
    """Return an account's accounts elsewhere, the oldest first."""
    rows = ExternalIdentity.select().where(ExternalIdentity.account == account_id)
    return list(rows.order_by(ExternalIdentity.id))


def unlink_provider(caller: Caller, provider: str) -> None:
    """Forget an account's accounts at a provider, and end the other sessions that began elsewhere.

    Raises:
        SessionEnded, ShopOnly: as they say.
        IdentityNotFound: there is none.
        LastWayToSignIn: there is no password, and no other provider.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        linked = {identity.provider for identity in identities_of(account.id)}
        if provider not in linked:
            raise IdentityNotFound("There is no connection to this provider.")
        # Nobody signs in with a provider that the settings name no more.
        others = linked & ring.settings.external_providers.keys() - {provider}
        if account.password_hash is None and not others:
            raise LastWayToSignIn("Set a password first: this is the only way to sign in.")
        ExternalIdentity.delete().where(
            ExternalIdentity.account == account, ExternalIdentity.provider == provider
        ).execute()
        ended = end_federated_sessions(account.id, except_id=caller.session_id)
        detail = {"provider": provider, "ended": ended}
        record(Kind.EXTERNAL_UNLINKED, account.id, ip=caller.ip, device=caller.device, **detail)
        write_to(account, "external-unlinked")


def _sign_in(proven: Proven, language: str, caller: Caller) -> Opened | Problem:
    account = _known(proven) or _linked(proven, language, caller)
    if isinstance(account, Problem):
        return account
    if account.state != AccountState.ACTIVE:
        return _refused(account, proven, Problem.LOCKED, caller)
    # What somebody has put before their account is not passed by elsewhere.
    if confirmed_factor(account.id) is not None:
        return _refused(account, proven, Problem.SECOND_FACTOR, caller)
    now = utcnow()
    ExternalIdentity.update(last_used_at=now).where(
        ExternalIdentity.provider == proven.provider, ExternalIdentity.subject == proven.subject
    ).execute()
    told = proven.auth_time
    shown_at = datetime.fromtimestamp(told, UTC) if told and 0 < told < now.timestamp() else now
    opened = open_session(
        account,
        amr=[FEDERATED],
        client_id=None,
        scope="",
        device=caller.device,
        ip=caller.ip,
        auth_time=shown_at,
    )
    detail = {"session": str(opened.session.id), "amr": [FEDERATED], "provider": proven.provider}
    record(Kind.LOGGED_IN, account.id, ip=caller.ip, device=caller.device, **detail)
    return opened


def _known(proven: Proven) -> Account | None:
    """Return the account that is connected, held; None as well where the connection ended in between."""
    connected = ExternalIdentity.select(ExternalIdentity.account).where(
        ExternalIdentity.provider == proven.provider, ExternalIdentity.subject == proven.subject
    )
    account: Account | None = held(Account.select().where(Account.id.in_(connected))).get_or_none()
    return account if account is not None and connected.exists() else None


def _linked(proven: Proven, language: str, caller: Caller) -> Account | Problem:
    """Return the account of a proven address, made if there is none, with the provider's bound to it."""
    try:
        email = EmailAddress.parse(proven.email or "")
    except Invalid:
        return Problem.EMAIL_UNVERIFIED
    # What a provider has not made sure of itself binds nothing: anybody could have written it there.
    if not proven.email_verified:
        return Problem.EMAIL_UNVERIFIED
    made = register(email, _name(proven, email), language, verified=True)
    account: Account = made or held(Account.select().where(Account.email_key == email.key)).get()
    if account.state != AccountState.ACTIVE:
        return account
    if not account.email_verified:
        _hand_over(account, caller)
    ExternalIdentity.insert(
        id=uuid7(),
        account=account.id,
        provider=proven.provider,
        subject=proven.subject,
        email=email.written,
    ).on_conflict_ignore().execute()
    kind = Kind.SIGNED_UP if made else Kind.EXTERNAL_LINKED
    record(kind, account.id, ip=caller.ip, device=caller.device, provider=proven.provider)
    if made is None:
        write_to(account, "external-linked")
    return account


def _hand_over(account: Account, caller: Caller) -> None:
    """Give an account to the owner of its address, whom nobody has asked before.

    Whoever made it may have been somebody else, who waits for the owner to use it: nothing by which they
    could get in again, or have goods sent to themselves, stays.
    """
    end_sessions(account.id, EndReason.PASSWORD_CHANGED)
    for table in (SecondFactor, OneTimeToken, Consent, Address, ExternalIdentity):
        table.delete().where(table.account == account.id).execute()
    account.password_hash = None
    account.password_changed_at = account.email_verified_at = utcnow()
    account.save()
    record(Kind.EMAIL_VERIFIED, account.id, ip=caller.ip, device=caller.device, password="dropped")  # noqa: S106


def _refused(account: Account, proven: Proven, problem: Problem, caller: Caller) -> Problem:
    detail = {"provider": proven.provider, "reason": str(problem)}
    record(Kind.EXTERNAL_REFUSED, account.id, ip=caller.ip, device=caller.device, **detail)
    return problem


def _name(proven: Proven, email: EmailAddress) -> str:
    try:
        return clean_text(proven.name, "name")
    except Invalid:
        return email.written.partition("@")[0]

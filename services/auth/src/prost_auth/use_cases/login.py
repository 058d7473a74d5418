"""Signs people in: what is read before their password is hashed, and what is written after."""

from dataclasses import dataclass
from uuid import UUID

from prost.db import database
from prost.errors import ProstError
from prost_auth.codes import Codes
from prost_auth.domain.accounts import SECOND_FACTOR, AccountState
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.second_factor import LoginRefused, SecondFactorRefused, SecondFactorRequired
from prost_auth.models.accounts import Account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.locks import held
from prost_auth.use_cases.second_factors import confirmed_factor, take_code
from prost_auth.use_cases.sessions import Opened, open_session

PASSWORD = "pwd"  # noqa: S105 - the name of a method (RFC 8176)


@dataclass(frozen=True)
class Candidate:
    """Whom an address may belong to; all None when nobody has it."""

    account_id: UUID | None = None
    password_hash: str | None = None


def find_candidate(email_key: str) -> Candidate:
    """Look an address up: the one statement that is the same for known and unknown ones."""
    account: Account | None = Account.get_or_none(Account.email_key == email_key)
    return Candidate() if account is None else Candidate(account.id, account.password_hash)


def refuse_login(candidate: Candidate, caller: Caller) -> LoginRefused:
    """Write down that a password was wrong, and return what is said about it: always the same."""
    if candidate.account_id is None:
        reason = "unknown"
    else:
        reason = "wrong-password" if candidate.password_hash else "no-password"
    record(Kind.LOGIN_REFUSED, candidate.account_id, ip=caller.ip, device=caller.device, reason=reason)
    return LoginRefused("The address or the password is wrong.")


def complete_login(
    candidate: Candidate, caller: Caller, code: str | None, rehash: str | None, codes: Codes
) -> Opened:
    """Open a session for somebody whose password was right a moment ago.

    Raises:
        LoginRefused: the account is locked, or its password was changed in that moment.
        SecondFactorRequired, SecondFactorRefused: as they say.
    """
    with database.atomic():
        outcome = _complete(candidate, caller, code, rehash, codes)
    # Raised only here: what was found out has to stay in the log.
    if isinstance(outcome, ProstError):
        raise outcome
    return outcome


def _complete(
    candidate: Candidate, caller: Caller, code: str | None, rehash: str | None, codes: Codes
) -> Opened | ProstError:
    found = Account.select().where(Account.id == candidate.account_id)
    account: Account | None = held(found).get_or_none()
    if account is None or account.password_hash != candidate.password_hash:
        return LoginRefused("The address or the password is wrong.")
    if account.state != AccountState.ACTIVE:
        return _refusal(account, caller, "locked", LoginRefused("The address or the password is wrong."))
    amr = [PASSWORD]
    factor = confirmed_factor(account.id)
    if factor is not None:
        if code is None:
            record(Kind.SECOND_FACTOR_ASKED, account.id, ip=caller.ip, device=caller.device)
            return SecondFactorRequired("A code of the second factor is needed.")
        if not take_code(factor, code, codes, caller):
            error = SecondFactorRefused("The code is wrong, or was used before.")
            return _refusal(account, caller, "second-factor", error)
        amr.append(SECOND_FACTOR)
    if rehash is not None:
        account.password_hash = rehash
        account.save()
    opened = open_session(account, amr=amr, client_id=None, scope="", device=caller.device, ip=caller.ip)
    record(
        Kind.LOGGED_IN,
        account.id,
        ip=caller.ip,
        device=caller.device,
        session=str(opened.session.id),
        amr=amr,
    )
    return opened


def _refusal(account: Account, caller: Caller, reason: str, error: ProstError) -> ProstError:
    record(Kind.LOGIN_REFUSED, account.id, ip=caller.ip, device=caller.device, reason=reason)
    return error

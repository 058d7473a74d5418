"""Second factors: enrolled with a first code, shown at sign-in, replaced and removed."""

from uuid import UUID

from prost.db import database, utcnow
from prost.errors import FieldError
from prost_auth.codes import Codes, is_app_code
from prost_auth.domain.accounts import SECOND_FACTOR
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.second_factor import (
    CodeRefused,
    NoSecondFactor,
    NotEnrolling,
    SecondFactorMandatory,
    SecondFactorNotShown,
)
from prost_auth.domain.sessions import STAFF_LIFETIME, EndReason
from prost_auth.models.accounts import Account
from prost_auth.models.second_factors import RecoveryCode, SecondFactor
from prost_auth.use_cases.acting import acting_account, acting_session
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.mails import write_to
from prost_auth.use_cases.sessions import end_sessions


def confirmed_factor(account_id: UUID) -> SecondFactor | None:
    """Return the second factor that an account has to show; who uses it holds the account meanwhile."""
    factor: SecondFactor | None = SecondFactor.get_or_none(
        SecondFactor.account == account_id, SecondFactor.secret.is_null(False)
    )
    return factor


def take_code(factor: SecondFactor, code: str, codes: Codes, caller: Caller) -> bool:
    """Use a code of the app or a recovery code up; False when it is wrong or was used before."""
    if is_app_code(code):
        assert factor.secret is not None  # noqa: S101 - only confirmed factors are asked
        step = codes.matching_step(bytes(factor.secret), factor.account_id, code, utcnow(), factor.last_step)
        if step is None:
            return False
        factor.last_step = step
        factor.save()
        return True
    used = RecoveryCode.update(used_at=utcnow()).where(
        RecoveryCode.account == factor.account_id,
        RecoveryCode.code_hash == codes.recovery_hash(factor.account_id, code),
        RecoveryCode.used_at.is_null(),
    )
    if not used.execute():
        return False
    left = RecoveryCode.select().where(
        RecoveryCode.account == factor.account_id, RecoveryCode.used_at.is_null()
    )
    record(Kind.RECOVERY_CODE_USED, factor.account_id, ip=caller.ip, device=caller.device, left=left.count())
    return True


def begin_enrolment(caller: Caller, codes: Codes) -> tuple[str, str]:
    """Return a secret, and the address an app reads it from; nothing changes until its first code comes.

    Raises:
        SessionEnded: nobody is signed in any more.
        SecondFactorNotShown: there is one already, and the session was opened without it.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        factor: SecondFactor | None = SecondFactor.get_or_none(SecondFactor.account == account.id)
        if factor is not None and factor.secret is not None:
            _require_shown(caller)
        secret = codes.new_secret()
        sealed = codes.close(secret, account.id)
        if factor is None:
            SecondFactor.create(account=account, pending_secret=sealed)
        else:
            factor.pending_secret = sealed
            factor.save()
        return secret, codes.uri(secret, account.address)


def confirm_enrolment(caller: Caller, code: str, codes: Codes) -> list[str]:
    """Take the first code of an app, and return the new recovery codes.

    The session counts as opened with the second factor from now on: its next token carries staff's roles.

    Raises:
        SessionEnded: nobody is signed in any more.
        NotEnrolling, CodeRefused: as they say.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        factor: SecondFactor | None = SecondFactor.get_or_none(SecondFactor.account == account.id)
        if factor is None or factor.pending_secret is None:
            raise NotEnrolling("Begin with a new secret.")
        now = utcnow()
        step = codes.matching_step(bytes(factor.pending_secret), account.id, code, now, after=0)
        if step is None:
            raise _wrong_code()
        factor.secret, factor.pending_secret = factor.pending_secret, None
        factor.last_step, factor.confirmed_at = step, now
        factor.save()
        shown = _replace_recovery_codes(account.id, codes)
        _raise_session(caller, account)
        record(Kind.SECOND_FACTOR_ENROLLED, account.id, ip=caller.ip, device=caller.device)
        write_to(account, "second-factor-on")
    return shown


def remove_second_factor(caller: Caller, code: str, codes: Codes) -> None:
    """Do without a second factor from now on.

    Raises:
        SessionEnded: nobody is signed in any more.
        SecondFactorMandatory, NoSecondFactor, CodeRefused: as they say.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        if account.is_staff:
            raise SecondFactorMandatory("Staff signs in with a second factor.")
        factor = confirmed_factor(account.id)
        if factor is None:
            raise NoSecondFactor("There is no second factor.")
        taken = take_code(factor, code, codes, caller)
        if taken:
            factor.delete_instance()
            record(Kind.SECOND_FACTOR_REMOVED, account.id, ip=caller.ip, device=caller.device)
            write_to(account, "second-factor-off")
        else:
            record(Kind.SECOND_FACTOR_REFUSED, account.id, ip=caller.ip, device=caller.device)
    if not taken:
        raise _wrong_code()


def reset_second_factor(account: Account, ip: str = "", device: str = "", **detail: str) -> None:
    """Take the second factor from an account that is held, for somebody who lost app and recovery codes.

    Its sessions end and its owner is told. Roles of staff count again once the next app is enrolled. Who did
    it, and why, is in `detail`. Raises NoSecondFactor.
    """
    factor = confirmed_factor(account.id)
    if factor is None:
        raise NoSecondFactor("There is no second factor.")
    factor.delete_instance()
    end_sessions(account.id, EndReason.SECOND_FACTOR_RESET)
    record(Kind.SECOND_FACTOR_RESET, account.id, ip=ip, device=device, **detail)
    write_to(account, "second-factor-reset")


def _replace_recovery_codes(account_id: UUID, codes: Codes) -> list[str]:
    RecoveryCode.delete().where(RecoveryCode.account == account_id).execute()
    shown = codes.new_recovery_codes()
    for code in shown:
        RecoveryCode.create(account=account_id, code_hash=codes.recovery_hash(account_id, code))
    return shown


def _raise_session(caller: Caller, account: Account) -> None:
    if caller.session_id is None:
        return
    session = acting_session(caller)
    if SECOND_FACTOR in session.amr:
        return
    session.amr = [*session.amr, SECOND_FACTOR]
    if account.is_staff:
        session.expires_at = min(session.expires_at, utcnow() + STAFF_LIFETIME)
    session.save()


def _require_shown(caller: Caller) -> None:
    if caller.session_id is None or SECOND_FACTOR not in acting_session(caller).amr:
        raise SecondFactorNotShown("Sign in with the present second factor first.")


def _wrong_code() -> CodeRefused:
    problem = FieldError("body.code", "is wrong, or was used before", "code-refused")
    return CodeRefused("The code is wrong, or was used before.", errors=[problem])

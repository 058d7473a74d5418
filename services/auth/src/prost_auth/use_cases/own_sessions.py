"""Lets people see where they are signed in, and sign out: here, there, and everywhere else."""

from uuid import UUID

from prost.db import database, utcnow
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.sessions import IDLE, EndReason, SessionNotFound, fingerprint
from prost_auth.models.sessions import RefreshToken, Session
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.sessions import end_session, end_sessions


def log_out(refresh_token: str, caller: Caller) -> None:
    """End the session of a refresh token, used or not; an unknown one has none."""
    with database.atomic():
        token: RefreshToken | None = RefreshToken.get_or_none(
            RefreshToken.token_hash == fingerprint(refresh_token)
        )
        if token is not None and end_session(token.session_id, EndReason.LOGOUT):
            session = Session.get_by_id(token.session_id)
            record(
                Kind.LOGGED_OUT,
                session.account_id,
                ip=caller.ip,
                device=caller.device,
                session=str(session.id),
            )


def open_sessions(caller: Caller) -> list[Session]:
    """Return a caller's sessions that can go on, the one used last first. Raises SessionEnded."""
    now = utcnow()
    account = acting_account(caller)
    return list(
        Session.select()
        .where(
            Session.account == account.id,
            Session.ended_at.is_null(),
            Session.expires_at > now,
            Session.last_used_at > now - IDLE,
        )
        .order_by(Session.last_used_at.desc())
    )


def end_own_session(caller: Caller, session_id: UUID) -> None:
    """End one session of a caller.

    Raises:
        SessionEnded: nobody is signed in any more.
        SessionNotFound: it is not one of theirs, or over already.
    """
    with database.atomic():
        account = acting_account(caller)
        if session_id not in {session.id for session in open_sessions(caller)}:
            raise SessionNotFound("There is no such session.")
        end_session(session_id, EndReason.REVOKED)
        record(Kind.SESSION_ENDED, account.id, ip=caller.ip, device=caller.device, session=str(session_id))


def end_other_sessions(caller: Caller) -> None:
    """End all sessions of a caller but the one they act in. Raises SessionEnded."""
    with database.atomic():
        account = acting_account(caller)
        ended = end_sessions(account.id, EndReason.REVOKED, except_id=caller.session_id)
        record(Kind.SESSIONS_ENDED, account.id, ip=caller.ip, device=caller.device, ended=ended)

"""Opens, continues and ends sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prost.db import database, utcnow
from prost_auth.domain.accounts import SECOND_FACTOR, AccountState
from prost_auth.domain.audit import Kind
from prost_auth.domain.external import FEDERATED
from prost_auth.domain.sessions import (
    EndReason,
    SessionEnded,
    fingerprint,
    is_over,
    lifetime,
    new_refresh_token,
    successor,
)
from prost_auth.keys import ring
from prost_auth.models.accounts import Account
from prost_auth.models.sessions import RefreshToken, Session
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.locks import held


@dataclass(frozen=True)
class Opened:
    """A session that goes on, and the token that continues it once."""

    session: Session
    account: Account
    refresh_token: str


def open_session(
    account: Account,
    *,
    amr: Sequence[str],
    client_id: str | None,
    scope: str,
    device: str,
    ip: str,
    auth_time: datetime | None = None,
) -> Opened:
    """Begin a session of an account that was just authenticated, or at `auth_time`."""
    now = utcnow()
    staff = account.is_staff and SECOND_FACTOR in amr
    with database.atomic():
        session = Session.create(
            account=account,
            client_id=client_id,
            scope=scope,
            amr=list(amr),
            device=device,
            ip=ip,
            auth_time=auth_time or now,
            created_at=now,
            last_used_at=now,
            expires_at=now + lifetime(staff=staff),
        )
        return Opened(session, account, _next_token(session))


def rotate(
    refresh_token: str, *, client_id: str | None, ip: str = "", device: str = "", attempt: str | None = None
) -> Opened:
    """Continue the session of a refresh token, which works once.

    A token that is used a second time ends its session: one of the two who hold it is a thief. Only whoever
    repeats an `attempt`, by the key that they chose for it, has lost the answer: they are given it again, as
    long as nobody has used it. Where a token is used from, if that is told, is where the session is from
    then on.

    Raises:
        SessionEnded: it is not a token of an open session of this client.
    """
    with database.atomic():
        found = _continue(refresh_token, client_id, ip, device, attempt)
    # Raised only here: what was found out about the session has to be kept.
    if isinstance(found, str):
        raise SessionEnded(found)
    return found


def session_of(refresh_token: str) -> Session | None:
    """Return the session that a token belongs to, used or not, while it goes on."""
    token: RefreshToken | None = RefreshToken.get_or_none(
        RefreshToken.token_hash == fingerprint(refresh_token)
    )
    session: Session | None = None if token is None else Session.get_by_id(token.session_id)
    if session is None or is_over(session.ended_at, session.expires_at, session.last_used_at, utcnow()):
        return None
    return session


def end_session(session_id: UUID, reason: EndReason | str) -> bool:
    """End a session; False when it was over already, or never was."""
    return _end((Session.id == session_id), reason) > 0


def end_sessions(account_id: UUID, reason: EndReason | str, *, except_id: UUID | None = None) -> int:
    """End all sessions of an account but one, and return how many that were."""
    chosen = Session.account == account_id
    if except_id is not None:
        chosen &= Session.id != except_id
    return _end(chosen, reason)


def end_federated_sessions(account_id: UUID, *, except_id: UUID | None) -> int:
    """End the sessions of an account that a provider elsewhere has vouched for, all but one."""
    chosen = (Session.account == account_id) & Session.amr.contains(FEDERATED)
    if except_id is not None:
        chosen &= Session.id != except_id
    return _end(chosen, EndReason.REVOKED)


def _end(chosen: Any, reason: EndReason | str) -> int:
    ended = Session.update(ended_at=utcnow(), end_reason=str(reason)).where(
        chosen, Session.ended_at.is_null()
    )
    return int(ended.execute())


def _continue(
    refresh_token: str, client_id: str | None, ip: str, device: str, attempt: str | None
) -> Opened | str:
    """Return the continued session, or why it cannot be."""
    token: RefreshToken | None = RefreshToken.get_or_none(
        RefreshToken.token_hash == fingerprint(refresh_token)
    )
    if token is None:
        return "This is no session."
    # Two who come with one token take turns here, and the second sees what the first did.
    session: Session = held(Session.select().where(Session.id == token.session_id)).get()
    token = RefreshToken.get_by_id(token.id)
    account: Account = Account.get_by_id(session.account_id)
    now = utcnow()
    following = None if attempt is None else successor(ring.settings.secret(), refresh_token, attempt)
    over = is_over(session.ended_at, session.expires_at, session.last_used_at, now)
    if over or account.state != AccountState.ACTIVE:
        return "The session has ended."
    if session.client_id != client_id:
        return "The session is another client's."
    if token.used_at is not None:
        if following is not None and _waits(session, following):
            return Opened(session, account, following)
        return _suspect(session, ip, device)
    token.used_at = session.last_used_at = now
    session.ip, session.device = ip or session.ip, device or session.device
    token.save()
    session.save()
    return Opened(session, account, _next_token(session, following))


def _suspect(session: Session, ip: str, device: str) -> str:
    """End a session whose token two people have, and return what is said about it."""
    end_session(session.id, EndReason.REUSE)
    detail = {"session": str(session.id), "client": session.client_id}
    record(Kind.REFRESH_REUSED, session.account_id, ip=ip, device=device, **detail)
    return "The session has ended."


def _waits(session: Session, refresh_token: str) -> bool:
    """Tell whether this is the token by which the session goes on."""
    found = RefreshToken.select().where(
        RefreshToken.session == session,
        RefreshToken.token_hash == fingerprint(refresh_token),
        RefreshToken.used_at.is_null(),
    )
    return bool(found.exists())


def _next_token(session: Session, token: str | None = None) -> str:
    token = token or new_refresh_token()
    RefreshToken.create(session=session, token_hash=fingerprint(token))
    return token

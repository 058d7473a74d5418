"""Finds out in whose name something is done: a token outlives its session by minutes, and must not here."""

from prost.db import utcnow
from prost.errors import Forbidden
from prost_auth.domain.accounts import AccountState
from prost_auth.domain.callers import Caller
from prost_auth.domain.sessions import SessionEnded, is_over
from prost_auth.models.accounts import Account
from prost_auth.models.sessions import Session
from prost_auth.use_cases.locks import held


class ShopOnly(Forbidden):
    """Accounts are managed in the shop itself; other applications cannot do it in somebody's name."""


def acting_account(caller: Caller, *, locked: bool = False) -> Account:
    """Return the account in whose name a caller acts, held against other writers when `locked`.

    Raises:
        SessionEnded: the account or the session is no more.
        ShopOnly: the session is another application's.
    """
    query = Account.select().where(Account.id == caller.account_id, Account.state == AccountState.ACTIVE)
    account: Account | None = (held(query) if locked else query).get_or_none()
    if account is None:
        raise SessionEnded("The account of this token is gone.")
    if caller.session_id is not None:
        acting_session(caller)
    return account


def acting_session(caller: Caller) -> Session:
    """Return the caller's own session. Raises SessionEnded and ShopOnly."""
    session: Session | None = Session.get_or_none(
        Session.id == caller.session_id, Session.account == caller.account_id
    )
    if session is None or is_over(session.ended_at, session.expires_at, session.last_used_at, utcnow()):
        raise SessionEnded("The session has ended.")
    if session.client_id is not None:
        raise ShopOnly("Accounts are managed in the shop itself.")
    return session

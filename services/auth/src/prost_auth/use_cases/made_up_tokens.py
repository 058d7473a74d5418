"""Tokens of whatever kind a developer or a test asks for, signed with the live key; never in production."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from prost.db import utcnow, uuid7
from prost_auth.domain.accounts import CUSTOMER, SECOND_FACTOR
from prost_auth.keys import ring
from prost_auth.models.accounts import Account
from prost_auth.use_cases.sessions import open_session
from prost_auth.use_cases.tokens import ACCESS_TOKEN

SERVICE = "service:"


def make_up_token(
    subject: str, roles: Sequence[str], audience: str | None, expires_in: int, claims: Mapping[str, Any]
) -> str:
    """Return an access token; an account's id as subject opens a session, "service:orders" has none."""
    start = utcnow() + timedelta(seconds=min(0, expires_in - 1))
    told: dict[str, Any] = {
        "iss": ring.issuer,
        "sub": subject,
        "aud": audience or ring.settings.auth_audience,
        "iat": int(start.timestamp()),
        "exp": int((utcnow() + timedelta(seconds=expires_in)).timestamp()),
        "jti": token_urlsafe(16),
        "scope": "",
        "roles": list(roles),
    }
    if subject.startswith(SERVICE):
        told |= {"client_id": subject.removeprefix(SERVICE)}
    else:
        amr = ["pwd", SECOND_FACTOR] if set(roles) - {CUSTOMER} else ["pwd"]
        session = _session_of(subject, amr)
        told |= {"amr": amr, "sid": str(session), "email_verified": True, "auth_time": told["iat"]}
    return ring.sign({**told, **claims}, ACCESS_TOKEN)


def _session_of(subject: str, amr: Sequence[str]) -> UUID:
    try:
        account = Account.get_or_none(Account.id == UUID(subject))
    except ValueError:
        account = None
    if account is None:
        return uuid7()
    opened = open_session(account, amr=amr, client_id=None, scope="", device="prost dev token", ip="")
    return opened.session.id

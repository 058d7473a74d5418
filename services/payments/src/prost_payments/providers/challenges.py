"""What the fake provider asks customers, as a bank would."""

from typing import Final, NamedTuple

from prost.db import database, utcnow

_CHALLENGE: Final = "SELECT state, minor, back FROM fake_challenge(%s, %s, %s)"


class Challenge(NamedTuple):
    """A question to a customer about an amount, and the address of this service to go on at."""

    is_open: bool
    amount_minor: int
    return_url: str


def read_challenge(token: str) -> Challenge | None:
    """Read a question; None where there is none."""
    return _challenge(token, approve=None)


def decide_challenge(token: str, *, approve: bool) -> Challenge | None:
    """Take the customer's answer, unless the question was answered or withdrawn before."""
    return _challenge(token, approve=approve)


def _challenge(token: str, *, approve: bool | None) -> Challenge | None:
    state, minor, back = database.execute_sql(_CHALLENGE, (token, approve, utcnow())).fetchone()
    return Challenge(state == "CHALLENGE", minor, back) if state is not None else None

"""Signing in with an account elsewhere: what is believed, and where it may lead."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from prost.errors import Conflict, NotFound

SIGN_IN_LIFETIME: Final = timedelta(minutes=10)
"""How long somebody may take at the provider."""

FEDERATED: Final = "fed"
"""The authentication method of somebody who was signed in elsewhere."""

_PAGE: Final = re.compile(r"/(de|en)([/?][!$&-;=?@A-Z_a-z~%]*)?")


class ProviderNotFound(NotFound):
    """Nobody can sign in here with accounts of this provider."""


class IdentityNotFound(NotFound):
    """The account is not connected to an account at this provider."""


class LastWayToSignIn(Conflict):
    """Without this provider nobody could sign in to the account any more: it has no password."""


class Problem(StrEnum):
    """Why a sign-in elsewhere does not lead in, as the shop's page is told."""

    DENIED = "external-denied"
    EXPIRED = "external-expired"
    FAILED = "external-failed"
    UNAVAILABLE = "external-unavailable"
    EMAIL_UNVERIFIED = "external-email-unverified"
    SECOND_FACTOR = "second-factor-required"
    LOCKED = "external-refused"


class ExternalRefused(Exception):
    """A sign-in elsewhere does not lead in; `problem` says why, and `detail` is for the log."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        """Say why."""
        super().__init__(detail or str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Proven:
    """What a provider has shown about somebody, by an ID token of which every claim was checked."""

    provider: str
    subject: str
    email: str | None
    email_verified: bool
    name: str
    auth_time: int | None


def local_page(return_to: str | None, language: str) -> str:
    """Return a page of the shop to go on at: the one that was asked for, if it is one.

    What a browser would take for another site, as it does with two slashes or a backslash, is none.
    """
    if return_to is not None and _PAGE.fullmatch(return_to) and "//" not in return_to.partition("?")[0]:
        return return_to
    return f"/{language}"

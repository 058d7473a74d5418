"""Collects all that is kept about a person, for that person (GDPR, article 15 and 20)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from prost.db import database, utcnow
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.models.accounts import Address
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.clients import Consent
from prost_auth.models.external import ExternalIdentity
from prost_auth.models.mails import Mail
from prost_auth.models.second_factors import SecondFactor
from prost_auth.models.sessions import Session
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record

# Secrets that would help a thief of the document more than its owner.
_SECRET: Final = frozenset({"password_hash", "email_key", "secret", "pending_secret", "last_step", "account"})


def export_account(caller: Caller) -> dict[str, Any]:
    """Return the document, and write down that it was asked for. Raises SessionEnded."""
    with database.atomic():
        account = acting_account(caller)
        record(Kind.ACCOUNT_EXPORTED, account.id, ip=caller.ip, device=caller.device)
        return {
            "exported_at": utcnow(),
            "account": _plain(account),
            **{name: collect(account.id) for name, collect in SECTIONS.items()},
        }


def rows(model: Any) -> Callable[[UUID], list[dict[str, Any]]]:
    """Return the function that collects an account's rows of a table, oldest first, without secrets."""

    def collect(account_id: UUID) -> list[dict[str, Any]]:
        return [_plain(row) for row in model.select().where(model.account == account_id)]

    return collect


SECTIONS: Final[Mapping[str, Callable[[UUID], Any]]] = {
    "addresses": rows(Address),
    "second_factor": rows(SecondFactor),
    "sessions": rows(Session),
    "security_events": rows(SecurityEvent),
    "mails": rows(Mail),
    "consents": rows(Consent),
    "external_identities": rows(ExternalIdentity),
}
"""What belongs to the document beside the account's own row, by its name there."""


def _plain(row: Any) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.__data__.items() if name not in _SECRET}


def _value(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | dict | datetime | None) else str(value)

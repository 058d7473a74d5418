"""The first accounts of a shop in development: one for each role, with a password made for this machine."""

import base64
import hmac
import sys
from dataclasses import dataclass
from typing import Any, Final

from prost.db import configure, database, utcnow
from prost_auth.codes import Codes
from prost_auth.domain.accounts import CUSTOMER
from prost_auth.domain.emails import EmailAddress
from prost_auth.hashing import Hasher
from prost_auth.models.accounts import Account, Address
from prost_auth.models.second_factors import SecondFactor
from prost_auth.settings import Settings
from prost_auth.use_cases.signup import register

__all__ = ["SEEDED", "SeededAccount", "seed", "seeded_accounts", "totp_secret"]


@dataclass(frozen=True)
class SeededAccount:
    """Somebody to sign in as."""

    email: str
    name: str
    staff_roles: tuple[str, ...] = ()

    @property
    def roles(self) -> list[str]:
        """All roles."""
        return [CUSTOMER, *self.staff_roles]


SEEDED: Final = (
    SeededAccount("admin@prost.test", "Alma Admin", ("admin",)),
    SeededAccount("support@prost.test", "Sören Support", ("support",)),
    SeededAccount("catalog@prost.test", "Karla Katalog", ("catalog-manager",)),
    SeededAccount("customer@prost.test", "Karl Kunde"),
)


def seed(settings: Settings | None = None) -> None:
    """Make the accounts that are not there yet; outside development there are none to make."""
    settings = settings or Settings()
    if settings.env != "dev" or settings.dev_password is None:
        return
    configure(settings)
    password = settings.dev_password.get_secret_value()
    codes = Codes(settings.secret())
    known = {each["email"] for each in seeded_accounts(settings)}
    missing = [each for each in SEEDED if each.email not in known]
    if not missing:
        return
    hasher = Hasher(settings)
    for each in missing:
        _make(each, hasher.hash_now(password), totp_secret(password, each.email), codes)
    sys.stdout.write(f"{len(missing)} accounts added\n")


def seeded_accounts(settings: Settings) -> list[dict[str, Any]]:
    """Return the seeded accounts that are there, with the secrets of their apps; none outside development."""
    if settings.env != "dev" or settings.dev_password is None:
        return []
    password = settings.dev_password.get_secret_value()
    seeded = Account.select().where(Account.email_key.in_([each.email for each in SEEDED]))
    ids = {account.email_key: account.id for account in seeded}
    return [
        {
            "id": str(ids[each.email]),
            "email": each.email,
            "roles": each.roles,
            "totp_secret": totp_secret(password, each.email) if each.staff_roles else None,
        }
        for each in SEEDED
        if each.email in ids
    ]


def totp_secret(password: str, email: str) -> str:
    """Return the secret of a seeded account's app, which `prost dev accounts` computes in the same way."""
    digest = hmac.digest(password.encode(), email.encode(), "sha256")
    return base64.b32encode(digest).decode()[:32]


def _make(seeded: SeededAccount, password_hash: str, secret: str, codes: Codes) -> None:
    with database.atomic():
        email = EmailAddress.parse(seeded.email)
        account = register(email, seeded.name, "de", password_hash=password_hash, verified=True)
        if account is None:
            return
        if not seeded.staff_roles:
            Address.create(
                account=account,
                name=seeded.name,
                street="Hopfengasse 12",
                postal_code="80331",
                city="München",
                country="DE",
                is_default=True,
            )
            return
        account.staff_roles = list(seeded.staff_roles)
        account.save()
        SecondFactor.create(account=account, secret=codes.close(secret, account.id), confirmed_at=utcnow())

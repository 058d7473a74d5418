"""Gives a new shop its first admin."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from prost.db import database, utcnow
from prost.errors import Conflict
from prost_auth.domain.accounts import ADMIN, AccountState
from prost_auth.domain.audit import Kind
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.links import Purpose
from prost_auth.models.accounts import Account
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.one_time import grant
from prost_auth.use_cases.signup import register

LINK_LIFETIME: Final = timedelta(hours=24)

# Two operators who run the command at once take turns.
_ADVISORY_LOCK: Final = 5_417_302_298


class AdminExists(Conflict):
    """The shop has an admin, who makes all others."""


class AddressUnproven(Conflict):
    """Somebody has an account with this address and a password, and never showed that it is their address."""


def invite_first_admin(email: EmailAddress) -> UUID:
    """Make an account admin, or make the account, and return the id of the link that sets its password.

    As long as the link was not used, the command may be given again, for another address, too.

    Raises:
        AdminExists: somebody is admin already and has a password.
        AddressUnproven: whoever knows the password of the account may not be who reads the mail.
    """
    with database.atomic():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
        admins = list(Account.select().where(Account.staff_roles.contains([ADMIN])).for_update())
        if any(admin.state == AccountState.ACTIVE and admin.password_hash is not None for admin in admins):
            raise AdminExists("There is an admin already, who makes all others.")
        for admin in admins:
            admin.staff_roles = []
            admin.save()
        account = register(email, "Admin", "de") or Account.get(Account.email_key == email.key)
        if account.password_hash is not None and not account.email_verified:
            raise AddressUnproven("An account has this address and has not verified it.")
        account.staff_roles = [ADMIN]
        account.state = AccountState.ACTIVE
        account.save()
        granted = grant(account, Purpose.RESET_PASSWORD, account.address)
        granted.expires_at = utcnow() + LINK_LIFETIME
        granted.save()
        record(Kind.FIRST_ADMIN_INVITED, account.id)
        return granted.id

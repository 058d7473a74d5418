"""Holds what admins do to an account that still is one: tokens outlive roles by minutes."""

from prost_auth.domain.accounts import ADMIN, NotAnAdmin
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.use_cases.acting import acting_account
from prost_auth.use_cases.audit import record


def record_admin(kind: Kind, caller: Caller | None, **detail: str) -> None:
    """Write down what an admin does, or an operator beside the database, for whom there is no caller.

    Raises SessionEnded, ShopOnly and NotAnAdmin.
    """
    if caller is None:
        record(kind, None, by="operations", **detail)
        return
    account = acting_account(caller)
    if ADMIN not in account.staff_roles:
        raise NotAnAdmin("This takes the role admin.")
    record(kind, None, ip=caller.ip, device=caller.device, by=str(account.id), **detail)

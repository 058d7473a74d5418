"""Keeps the addresses of accounts; as long as there is one, one is the default."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from prost.db import database, utcnow
from prost_auth.domain.accounts import ADDRESSES_MAX, AddressNotFound, TooManyAddresses
from prost_auth.domain.callers import Caller
from prost_auth.models.accounts import Account, Address
from prost_auth.use_cases.acting import acting_account


def addresses_of(account_id: UUID) -> list[Address]:
    """Return an account's addresses, in the order in which they were added."""
    return list(Address.select().where(Address.account == account_id).order_by(Address.id))


def add_address(caller: Caller, facts: Mapping[str, Any]) -> Address:
    """Add an address; the first one is the default.

    Raises:
        SessionEnded: nobody is signed in any more.
        TooManyAddresses: there are as many as are kept.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        count = Address.select().where(Address.account == account.id).count()
        if count >= ADDRESSES_MAX:
            raise TooManyAddresses(f"At most {ADDRESSES_MAX} addresses are kept.")
        is_default = facts.get("is_default") is True or count == 0
        if is_default:
            _without_default(account)
        address: Address = Address.create(account=account, **{**facts, "is_default": is_default})
    return address


def change_address(caller: Caller, address_id: UUID, changes: Mapping[str, Any]) -> Address:
    """Change what is given. The default stays one until another becomes it.

    Raises:
        SessionEnded: nobody is signed in any more.
        AddressNotFound: it is not one of theirs.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        address = _address(account, address_id)
        for field, value in changes.items():
            if field != "is_default":
                setattr(address, field, value)
        if changes.get("is_default") is True and not address.is_default:
            _without_default(account)
            address.is_default = True
        address.save()
    return address


def remove_address(caller: Caller, address_id: UUID) -> None:
    """Remove an address; when it was the default, the one added last becomes it.

    Raises:
        SessionEnded: nobody is signed in any more.
        AddressNotFound: it is not one of theirs.
    """
    with database.atomic():
        account = acting_account(caller, locked=True)
        address = _address(account, address_id)
        address.delete_instance()
        if address.is_default:
            last = Address.select().where(Address.account == account.id).order_by(Address.id.desc()).first()
            if last is not None:
                last.is_default = True
                last.save()


def _address(account: Account, address_id: UUID) -> Address:
    address: Address | None = Address.get_or_none(Address.id == address_id, Address.account == account.id)
    if address is None:
        raise AddressNotFound("There is no such address.")
    return address


def _without_default(account: Account) -> None:
    Address.update(is_default=False, updated_at=utcnow()).where(
        Address.account == account.id, Address.is_default
    ).execute()

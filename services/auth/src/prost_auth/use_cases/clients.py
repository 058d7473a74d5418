"""Admins register clients and remove them."""

from collections.abc import Iterable, Mapping
from typing import Any

from prost.db import database, utcnow, uuid7
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.clients import (
    ClientNotFound,
    check_rights,
    check_uris,
    fingerprint,
    new_secret,
    origin_of,
)
from prost_auth.models.clients import AuthorizationCode, AuthorizationRequest, Client, Logout
from prost_auth.models.external import ExternalSignIn
from prost_auth.use_cases.admins import record_admin
from prost_auth.use_cases.consents import end_client_sessions


def register_client(
    facts: Mapping[str, Any], caller: Caller | None, *, public: bool
) -> tuple[Client, str | None]:
    """Register a client and return it with its secret, which is not kept and cannot be shown again.

    Raises:
        Invalid: for addresses that people cannot safely be sent to, and for rights that do not fit.
        SessionEnded, ShopOnly, NotAnAdmin: as they say.
    """
    check_uris("body.redirect_uris", facts["redirect_uris"])
    check_uris("body.post_logout_redirect_uris", facts["post_logout_redirect_uris"])
    check_rights(facts["grant_types"], facts["redirect_uris"], facts["audiences"], public=public)
    secret = None if public else new_secret()
    with database.atomic():
        client: Client = Client.create(
            client_id=str(uuid7()),
            secret_hash=None if secret is None else fingerprint(secret),
            created_by=None if caller is None else caller.account_id,
            **facts,
        )
        record_admin(Kind.CLIENT_REGISTERED, caller, client=client.client_id, name=client.name)
    return client, secret


def remove_client(client_id: str, caller: Caller | None) -> None:
    """Remove a client with all that people have allowed it, and end its sessions.

    Raises ClientNotFound, SessionEnded, ShopOnly and NotAnAdmin.
    """
    with database.atomic():
        record_admin(Kind.CLIENT_REMOVED, caller, client=client_id)
        if not Client.delete().where(Client.client_id == client_id).execute():
            raise ClientNotFound("There is no such client.")
        end_client_sessions(client_id)


def client_names(client_ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of these clients by their id; the shop, which is None, and removed ones have none."""
    wanted = {client_id for client_id in client_ids if client_id is not None}
    if not wanted:
        return {}
    rows: Any = Client.select(Client.client_id, Client.name).where(Client.client_id.in_(wanted)).tuples()
    return dict(rows)


def is_origin_of_application(origin: str) -> bool:
    """Tell whether a public application has people sent back to this origin: its scripts run there."""
    rows: Any = Client.select(Client.redirect_uris).where(Client.secret_hash.is_null()).tuples()
    return any(origin_of(uri) == origin for (uris,) in rows for uri in uris)


def purge_provider() -> None:
    """Forget requests, codes, logouts and sign-ins elsewhere that came to nothing."""
    now = utcnow()
    AuthorizationRequest.delete().where(AuthorizationRequest.expires_at < now).execute()
    Logout.delete().where(Logout.expires_at < now).execute()
    ExternalSignIn.delete().where(ExternalSignIn.expires_at < now).execute()
    unused = (AuthorizationCode.expires_at < now) & AuthorizationCode.session.is_null()
    AuthorizationCode.delete().where(unused).execute()

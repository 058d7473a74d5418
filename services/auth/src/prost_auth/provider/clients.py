"""Clients as Authlib asks about them: those in the table, and the services of the platform."""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin

from prost_auth.domain.clients import fingerprint
from prost_auth.keys import ring
from prost_auth.models.clients import Client

__all__ = ["ProviderClient", "find_client"]


@dataclass(frozen=True)
class ProviderClient(ClientMixin):  # type: ignore[misc] # Authlib has no types.
    """A client; `is_service` tells a service of the platform from a registered application."""

    client_id: str
    name: str
    secret_hash: bytes | None
    grant_types: tuple[str, ...]
    audiences: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    uri: str | None = None
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    is_service: bool = False

    @property
    def client_metadata(self) -> dict[str, Any]:
        """What RP-initiated logout asks for."""
        return {"post_logout_redirect_uris": list(self.post_logout_redirect_uris)}

    def get_client_id(self) -> str:
        """Return its id."""
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        """Return where people go back to, when there is but one such address."""
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the scopes that are asked for and registered; None, which is refused, when none is."""
        asked = (scope or "").split()
        return " ".join(each for each in self.scopes if each in asked) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether this very address is registered."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Tell whether this is the secret."""
        return self.secret_hash is not None and compare_digest(self.secret_hash, fingerprint(client_secret))

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Tell whether it proves in this way who it is: with its secret if it has one."""
        return (method == "none") is (self.secret_hash is None)

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether it gets codes."""
        return response_type == "code" and "authorization_code" in self.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell whether it gets tokens in this way; offline access is the right to refresh them."""
        return grant_type in self.grant_types or (
            grant_type == "refresh_token" and "offline_access" in self.scopes
        )


def find_client(client_id: str) -> ProviderClient | None:
    """Return a client, or None."""
    service = ring.settings.service_clients.get(client_id)
    if service is not None:
        return ProviderClient(
            client_id=client_id,
            name=client_id,
            secret_hash=bytes.fromhex(service.secret_sha256),
            grant_types=("client_credentials",),
            audiences=service.audiences,
            is_service=True,
        )
    # No column holds such a text, and asking for it is an error of the driver.
    row = None if "\0" in client_id else Client.get_or_none(Client.client_id == client_id)
    return None if row is None else _of_row(row)


def _of_row(row: Client) -> ProviderClient:
    return ProviderClient(
        client_id=row.client_id,
        name=row.name,
        uri=row.uri,
        secret_hash=None if row.secret_hash is None else bytes(row.secret_hash),
        grant_types=tuple(row.grant_types),
        audiences=tuple(row.audiences),
        scopes=tuple(row.scopes),
        redirect_uris=tuple(row.redirect_uris),
        post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
    )

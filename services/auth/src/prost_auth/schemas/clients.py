"""The wire of applications: what the shop's pages ask people about them, and what admins do with them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from prost.wire import Wire
from prost_auth.schemas.common import Timestamp

Uri = Annotated[str, Field(min_length=1, max_length=500, examples=["https://notes.example/back"])]
Uris = Annotated[list[Uri], Field(max_length=20)]
AudienceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$", examples=["analytics"])]
ScopeName = Literal["openid", "profile", "email", "offline_access"]
GrantName = Literal["authorization_code", "refresh_token", "client_credentials"]


class ApplicationShown(Wire):
    """An application as people get to see it."""

    name: str
    uri: str | None


class AuthorizationShown(Wire):
    """What an application asks of somebody; `max_age_passed`: they have to sign in again before."""

    client: ApplicationShown
    scopes: list[ScopeName]
    needs_consent: bool
    prompt: str | None
    login_hint: str | None
    max_age_passed: bool


class Decision(Wire):
    """Whether the application gets what it asks for."""

    allow: bool


class GoTo(Wire):
    """Where the browser goes now; null: nowhere else."""

    redirect_to: str | None


class LogoutShown(Wire):
    """Who wants somebody to be signed out; they are asked without an ID token of their session."""

    client: ApplicationShown | None
    needs_confirmation: bool


class ConsentShown(Wire):
    """What somebody has allowed an application."""

    client_id: str
    name: str
    scopes: list[ScopeName]
    granted_at: Timestamp


class ConsentList(Wire):
    """All of it, the latest first."""

    items: list[ConsentShown]
    next_page_token: str | None = None


class NewClient(Wire):
    """An application to be registered. A public one has no secret, since it could not keep it."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    uri: Uri | None = None
    redirect_uris: Uris = Field(default=[])
    post_logout_redirect_uris: Uris = Field(default=[])
    scopes: list[ScopeName] = Field(default=["openid"])
    grant_types: list[GrantName] = Field(default=["authorization_code"])
    audiences: Annotated[list[AudienceName], Field(max_length=20)] = Field(default=[])
    public: bool = False


class ClientShown(Wire):
    """An application as admins see it."""

    client_id: str
    name: str
    uri: str | None
    public: bool
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    scopes: list[str]
    grant_types: list[str]
    audiences: list[str]
    created_at: Timestamp


class RegisteredClient(ClientShown):
    """A new application; its secret is shown this once."""

    client_secret: str | None


class ClientList(Wire):
    """One page of applications, newest first."""

    items: list[ClientShown]
    next_page_token: str | None
    total: int


class KeyShown(Wire):
    """A signing key; `signs_from` is when one that is PENDING begins to sign."""

    id: UUID
    kid: str
    state: Literal["PENDING", "ACTIVE", "RETIRED"]
    created_at: Timestamp
    signs_from: Timestamp


class KeyList(Wire):
    """All keys that are published, newest first."""

    items: list[KeyShown]
    next_page_token: str | None = None

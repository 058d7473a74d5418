"""The wire of OAuth's own endpoints, in the words of RFC 6749, 7009, 7662 and OpenID Connect."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=4096)]
Texts = list[Text]


class _Asked(BaseModel):
    """What is not known here is passed over, as the RFCs want it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class AuthorizationParameters(_Asked):
    """An authorization request (OpenID Connect Core, 3.1.2.1)."""

    response_type: Texts = []
    client_id: Texts = []
    redirect_uri: Texts = []
    scope: Texts = []
    state: Texts = []
    nonce: Texts = []
    code_challenge: Texts = []
    code_challenge_method: Texts = []
    response_mode: Texts = []
    prompt: Texts = []
    max_age: Texts = []
    login_hint: Texts = []
    ui_locales: Texts = []
    request: Texts = []
    request_uri: Texts = []


class TokenRequest(_Asked):
    """A request for tokens (RFC 6749, 4.1.3, 4.4.2 and 6); `audience` or `resource` as in RFC 8707."""

    grant_type: Text | None = None
    code: Text | None = None
    redirect_uri: Text | None = None
    code_verifier: Text | None = None
    refresh_token: Text | None = None
    scope: Text | None = None
    audience: Text | None = None
    resource: Text | None = None
    client_id: Text | None = None
    client_secret: Text | None = None


class TokenTold(_Asked):
    """A token that is asked about or given back (RFC 7009, 7662)."""

    token: Annotated[str, Field(max_length=8192)] | None = None
    token_type_hint: Text | None = None
    client_id: Text | None = None
    client_secret: Text | None = None


class EndSessionParameters(_Asked):
    """A wish to be signed out (OpenID Connect RP-Initiated Logout)."""

    id_token_hint: Annotated[str, Field(max_length=8192)] | None = None
    logout_hint: Text | None = None
    client_id: Text | None = None
    post_logout_redirect_uri: Text | None = None
    state: Text | None = None
    ui_locales: Text | None = None


class GrantedTokens(BaseModel):
    """What the token endpoint gives (RFC 6749, 5.1)."""

    model_config = ConfigDict(extra="forbid")

    token_type: str
    access_token: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None


class Revoked(BaseModel):
    """Nothing more is to be said."""


class Introspected(BaseModel):
    """What a token is worth; only `active` of one that is worth nothing."""

    model_config = ConfigDict(extra="forbid")

    active: bool
    token_type: str | None = None
    iss: str | None = None
    sub: str | None = None
    aud: str | None = None
    exp: int | None = None
    iat: int | None = None
    jti: str | None = None
    client_id: str | None = None
    scope: str | None = None
    auth_time: int | None = None
    amr: list[str] | None = None


class Userinfo(BaseModel):
    """What a client was allowed to know about somebody (OpenID Connect Core, 5.3)."""

    model_config = ConfigDict(extra="forbid")

    sub: str
    name: str | None = None
    locale: str | None = None
    updated_at: int | None = None
    email: str | None = None
    email_verified: bool | None = None

"""What the provider says of itself: its keys and its metadata."""

from pydantic import BaseModel


class JwkOut(BaseModel):
    """A public key (RFC 7517)."""

    kid: str
    kty: str
    use: str
    alg: str
    crv: str
    x: str
    y: str


class JwksOut(BaseModel):
    """Every key that verifies a token which may still be valid, newest first."""

    keys: list[JwkOut]


class MetadataOut(BaseModel):
    """OpenID Connect Discovery 1.0 and RFC 8414: what clients configure themselves from."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    revocation_endpoint: str
    introspection_endpoint: str
    end_session_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    introspection_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str]
    claims_supported: list[str]
    prompt_values_supported: list[str]
    ui_locales_supported: list[str]
    authorization_response_iss_parameter_supported: bool
    request_parameter_supported: bool
    request_uri_parameter_supported: bool
    claims_parameter_supported: bool

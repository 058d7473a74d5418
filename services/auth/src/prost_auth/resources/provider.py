"""The documents from which everybody learns how to ask for tokens and how to verify them."""

from falcon.asgi import Request, Response

from prost.errors import Unavailable
from prost.http import PublicCache, operation
from prost_auth.domain.scopes import CLAIMS, SCOPES
from prost_auth.keys import KeyRing
from prost_auth.schemas.provider import JwksOut, MetadataOut

CONFIDENTIAL = ["client_secret_basic", "client_secret_post"]


class JwksResource:
    """The public keys."""

    def __init__(self, ring: KeyRing) -> None:
        """Publish the keys of a ring."""
        self.ring = ring

    # Half of the time for which a key is published before it signs: whoever keeps a copy has it by then.
    @operation(
        summary="Fetch the public keys",
        returns=JwksOut,
        errors=(Unavailable,),
        auth="anonymous",
        cache=PublicCache("jwks", max_age=300, version=lambda resource: resource.ring.version),
        tags=("provider",),
    )
    async def on_get(self, _req: Request, _resp: Response) -> bytes:
        """Answer the JWKS document (RFC 7517)."""
        return self.ring.document


class MetadataResource:
    """The provider's metadata."""

    def __init__(self, issuer: str) -> None:
        """Describe an issuer."""
        self.metadata = _metadata(issuer)

    @operation(
        summary="Fetch the provider's metadata",
        returns=MetadataOut,
        auth="anonymous",
        cache=PublicCache("metadata", max_age=300),
        tags=("provider",),
    )
    async def on_get(self, _req: Request, _resp: Response) -> MetadataOut:
        """Answer the discovery document."""
        return self.metadata


def _metadata(issuer: str) -> MetadataOut:
    return MetadataOut(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/authorize",
        token_endpoint=f"{issuer}/token",
        userinfo_endpoint=f"{issuer}/userinfo",
        jwks_uri=f"{issuer}/jwks.json",
        revocation_endpoint=f"{issuer}/revoke",
        introspection_endpoint=f"{issuer}/introspect",
        end_session_endpoint=f"{issuer}/end-session",
        scopes_supported=list(SCOPES),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["ES256"],
        token_endpoint_auth_methods_supported=[*CONFIDENTIAL, "none"],
        revocation_endpoint_auth_methods_supported=[*CONFIDENTIAL, "none"],
        introspection_endpoint_auth_methods_supported=CONFIDENTIAL,
        code_challenge_methods_supported=["S256"],
        claims_supported=[
            *("iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "amr", "sid"),
            *(claim for claims in CLAIMS.values() for claim in claims),
        ],
        prompt_values_supported=["none", "login", "consent"],
        ui_locales_supported=["de", "en"],
        authorization_response_iss_parameter_supported=True,
        request_parameter_supported=False,
        request_uri_parameter_supported=False,
        claims_parameter_supported=False,
    )

"""Verifies tokens with the keys that this process holds anyway, instead of fetching them from itself."""

from prost.auth import Principal, TokenVerifier
from prost_auth.keys.ring import KeyRing

__all__ = ["OwnTokenVerifier"]


class OwnTokenVerifier(TokenVerifier):
    """The verifier of the issuer itself: a revoked key counts as soon as the ring has heard of it."""

    def __init__(self, ring: KeyRing) -> None:
        """Trust the keys of a ring."""
        super().__init__(ring.settings.model_copy(update={"auth_issuer": ring.issuer, "auth_jwks_url": None}))
        self._ring = ring

    async def verify(self, token: str) -> Principal:
        """Return whom a token speaks for. Raises Unauthenticated, and Unavailable without any key."""
        self.use_keys(self._ring.jwks)
        return await super().verify(token)

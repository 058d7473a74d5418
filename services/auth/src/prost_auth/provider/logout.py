"""RP-initiated logout: a client sends somebody here to be signed out, and wants them back."""

from typing import Any

from authlib.oidc.rpinitiated import EndSessionEndpoint

from prost_auth.provider.reading import read_signed

__all__ = ["EndSession"]


class EndSession(EndSessionEndpoint):  # type: ignore[misc] # Authlib has no types.
    """Reads and checks the request; the shop's page does the rest, where the cookie is.

    A hint that cannot be verified is none: its key may be forgotten by now. Then nobody is sent back, and the
    page asks before it signs somebody out.
    """

    ENDPOINT_NAME = "end-session"

    def _validate_id_token_hint(self, id_token_hint: str) -> dict[str, Any] | None:
        return read_signed(id_token_hint, "JWT")

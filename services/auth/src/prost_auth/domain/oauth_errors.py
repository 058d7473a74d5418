"""Errors in the words of RFC 6749, which clients of the provider understand instead of problems."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from prost.errors import FieldError, ProstError

#: What an error_description may be made of.
_TEXT = frozenset(map(chr, range(0x20, 0x7F))) - {'"', "\\"}


class OAuthRefused(ProstError):
    """The client asked for something that it does not get; `error` says in one word why."""

    status = 400
    media_type = "application/json"
    schema: ClassVar[Mapping[str, Any] | None] = {
        "type": "object",
        "properties": {
            "error": {"type": "string"},
            "error_description": {"type": "string"},
            "error_uri": {"type": "string"},
        },
        "required": ["error"],
    }

    def __init__(
        self,
        detail: str = "",
        *,
        error: str = "invalid_request",
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say what is wrong; without a word for it the request as a whole is."""
        super().__init__(detail, errors=errors, headers=headers)
        self.error = error

    def problem(self, *, instance: str = "", trace_id: str = "") -> dict[str, object]:
        """Return the document of section 5.2."""
        description = "".join(character for character in self.detail if character in _TEXT)
        return {"error": self.error, **({"error_description": description} if description else {})}


class ClientRefused(OAuthRefused):
    """The client did not show who it is."""

    status = 401

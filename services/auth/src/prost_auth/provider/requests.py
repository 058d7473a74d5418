"""What comes in, as Authlib wants it, and what goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from prost_auth.domain.callers import Caller
from prost_auth.keys import ring
from prost_auth.models.sessions import Session

__all__ = ["Answer", "Asked", "ProviderRequest"]


@dataclass(frozen=True)
class Asked:
    """One request: its parameters, each with all of its values, and who sent it from where."""

    endpoint: str
    parameters: Mapping[str, list[str]]
    authorization: str | None = None
    caller: Caller = field(default_factory=Caller)


@dataclass
class Answer:
    """A status with a JSON document, or with an address to go to."""

    status: int
    document: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """The address; empty when there is none."""
        return self.headers.get("Location", "")

    @location.setter
    def location(self, address: str) -> None:
        self.headers["Location"] = address


def _headers(authorization: str | None) -> dict[str, str]:
    """Return the header by which a client proves who it is, if it can be read: Authlib fails on the rest."""
    if authorization is None:
        return {}
    try:
        readable = extract_basic_authorization({"Authorization": authorization})[0] is not None
    except ValueError:
        return {}
    return {"Authorization": authorization} if readable else {}


class _Payload(OAuth2Payload):  # type: ignore[misc] # Authlib has no types.
    def __init__(self, parameters: Mapping[str, list[str]]) -> None:
        self._lists = {name: values for name, values in parameters.items() if values}

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._lists.items()}

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._lists


class ProviderRequest(OAuth2Request):  # type: ignore[misc] # Authlib has no types.
    """A request as Authlib reads it; `approved_in` is the session of whoever allows it."""

    def __init__(self, asked: Asked) -> None:
        """Read a request. Raises OAuth2Error for one that nobody may send."""
        super().__init__("POST", f"{ring.issuer}/{asked.endpoint}", headers=_headers(asked.authorization))
        self.asked = asked
        self.payload = _Payload(asked.parameters)
        self.approved_in: Session | None = None
        self.session: Session | None = None

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the body."""
        return self.payload.data

    def require_one_of_each(self) -> None:
        """Hold the request to RFC 6749, sections 2.3 and 3.2. Raises InvalidRequestError."""
        if self.headers and "client_secret" in self.form:
            raise InvalidRequestError("The client shows two credentials.")
        if any(len(values) > 1 for values in self.payload.datalist.values()):
            raise InvalidRequestError("A parameter is given more than once.")

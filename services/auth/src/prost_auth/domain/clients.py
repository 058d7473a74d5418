"""Who may ask for tokens and how: the rules of clients, and the facts that stand against a request."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final
from urllib.parse import urlsplit

from prost.errors import FieldError, Forbidden, Invalid, MalformedRequest, NotFound

REQUEST_LIFETIME: Final = timedelta(hours=1)
"""How long somebody may take to sign in, or sign up, and decide."""

CODE_LIFETIME: Final = timedelta(seconds=60)
"""How long a client may take to turn a code into tokens."""

GRANT_TYPES: Final = ("authorization_code", "refresh_token", "client_credentials")

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_SECRET_BYTES: Final = 32


class ClientUnknown(MalformedRequest):
    """No client has this id, so nobody is sent back to it."""


class RedirectUriUnknown(MalformedRequest):
    """The client has not registered this address, so nobody is sent there."""


class ClientNotFound(NotFound):
    """No client has this id."""


class AuthorizationNotFound(NotFound):
    """The request was decided, is too old, or never was."""


class LogoutNotFound(NotFound):
    """The logout happened, is too old, or was never asked for."""


class ConsentNotFound(NotFound):
    """The account has allowed this client nothing."""


class SignInTooOld(Forbidden):
    """The client asks that the person signs in again before they decide."""


def new_secret() -> str:
    """Return a client's secret or a code: 256 bits that nobody can guess."""
    return token_urlsafe(_SECRET_BYTES)


def fingerprint(secret: str) -> bytes:
    """Return what is kept of such a secret; its 256 bits need no slow hash."""
    return sha256(secret.encode()).digest()


def check_uris(field: str, uris: Iterable[str]) -> None:
    """Hold addresses to what people can be sent to: https, this machine, or an app of their own.

    Raises:
        Invalid: one of them is something else.
    """
    faults = [
        FieldError(f"{field}.{index}", reason, "uri")
        for index, uri in enumerate(uris)
        if (reason := _fault_of(uri)) is not None
    ]
    if faults:
        raise Invalid(errors=faults)


def origin_of(uri: str) -> str | None:
    """Return the origin of an address as browsers write it (RFC 6454); an app's own scheme has none."""
    parts = urlsplit(uri)
    if parts.scheme not in _DEFAULT_PORTS or parts.hostname is None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def check_rights(
    grant_types: Collection[str], redirect_uris: Collection[str], audiences: Collection[str], *, public: bool
) -> None:
    """Hold what a client may do to what it needs for it.

    Raises:
        Invalid: naming what is missing.
    """
    faults = []
    if "authorization_code" in grant_types and not redirect_uris:
        faults.append(FieldError("body.redirect_uris", "is needed to send people back", "missing"))
    if "client_credentials" in grant_types and public:
        faults.append(FieldError("body.grant_types", "needs a secret for client_credentials", "public"))
    if "client_credentials" in grant_types and not audiences:
        faults.append(FieldError("body.audiences", "is needed for client_credentials", "missing"))
    if faults:
        raise Invalid(errors=faults)


def _fault_of(uri: str) -> str | None:
    try:
        parts = urlsplit(uri)
        odd_port = parts.port == 0
    except ValueError:
        return "is not an address"
    if not all("!" <= character <= "~" and character not in '"<>\\^`{|}' for character in uri):
        return "has characters that belong encoded"
    if "#" in uri or parts.username is not None or odd_port:
        return "must have no fragment, no user and no port 0"
    return None if _is_safe(parts.scheme, parts.hostname or "") else "must begin with https:// and a host"


def _is_safe(scheme: str, host: str) -> bool:
    # RFC 8252: an app that is installed owns a scheme that looks like a domain name turned round.
    if "." in scheme:
        return True
    return bool(host) and "*" not in host and (scheme == "https" or (scheme == "http" and host in _LOOPBACK))


def needs_consent(prompts: Collection[str], asked: Iterable[str], granted: Collection[str]) -> bool:
    """Tell whether the person has to be asked: the client insists, or wants more than it was given."""
    return "consent" in prompts or not set(asked) <= set(granted)

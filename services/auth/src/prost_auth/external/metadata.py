"""What a provider says of itself: fetched from its configured address, checked, and kept for a while."""

import threading
import time
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from joserfc.jwk import KeySet
from requests import RequestException, Session

from prost_auth.domain.external import ExternalRefused, Problem

__all__ = ["TIMEOUT", "Metadata"]

TIMEOUT: Final = (3.05, 8.0)
"""Seconds for a connection and for each piece of an answer."""

_KEPT: Final = 3600.0
_AT_MOST_EVERY: Final = 10.0
_LARGEST: Final = 512 * 1024
_DISCOVERY: Final = "/.well-known/openid-configuration"
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Metadata:
    """A provider's discovery document and keys. Fetched in threads; readers of one provider take turns."""

    def __init__(self, issuer: str) -> None:
        """Fetch nothing yet."""
        self._issuer = issuer
        self._turn = threading.Lock()
        self._document: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._document_at = self._keys_at = float("-inf")

    def document(self) -> dict[str, Any]:
        """Return the discovery document. Raises ExternalRefused when it cannot be had or is another's."""
        with self._turn:
            if time.monotonic() - self._document_at > _KEPT:
                self._document = self._checked(_get(self._issuer.rstrip("/") + _DISCOVERY))
                self._document_at = time.monotonic()
            return self._document

    def keys(self, *, newer: bool = False) -> KeySet:
        """Return the provider's keys; `newer` ones when a token names one that is not there."""
        address = self.document()["jwks_uri"]
        with self._turn:
            age = time.monotonic() - self._keys_at
            if self._keys is None or age > (_AT_MOST_EVERY if newer else _KEPT):
                self._keys = _key_set(_get(address))
                self._keys_at = time.monotonic()
            return self._keys

    def _checked(self, document: dict[str, Any]) -> dict[str, Any]:
        if document.get("issuer") != self._issuer:
            raise ExternalRefused(Problem.UNAVAILABLE, "the discovery document is of another issuer")
        scheme = urlsplit(self._issuer).scheme
        for name in _ENDPOINTS:
            # Whoever is reached by https is not believed when they point to where there is none.
            if urlsplit(str(document.get(name))).scheme not in {"https", scheme}:
                raise ExternalRefused(Problem.UNAVAILABLE, f"the discovery document has no usable {name}")
        return document


def _key_set(document: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set({"keys": [key for key in document["keys"] if key.get("use") != "enc"]})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ExternalRefused(Problem.UNAVAILABLE, "the provider's keys cannot be read") from error


def _get(url: str) -> dict[str, Any]:
    """Fetch a JSON object of a limited size. A redirect is no answer: it could lead anywhere."""
    try:
        with (
            Session() as session,
            session.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer,
        ):
            content = answer.raw.read(_LARGEST, decode_content=True) if answer.status_code == 200 else b""  # noqa: PLR2004
            document = orjson.loads(content)
    except (RequestException, OSError, orjson.JSONDecodeError) as error:
        raise ExternalRefused(Problem.UNAVAILABLE, f"{url}: {type(error).__name__}") from error
    if not isinstance(document, dict):
        raise ExternalRefused(Problem.UNAVAILABLE, f"{url}: not a JSON object")
    return document

"""An identity provider for tests, and tokens of every kind, those that are to be refused among them."""

import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from prost.auth import SERVICE_PREFIX, TOKEN_TYPE
from prost.spec import FILE_NAME, ServiceSpec

__all__ = ["Issuer", "Tokens", "issuer", "nearest_service", "token"]

_LIFETIME = 300
_LONG_AGO = 3600


@dataclass(frozen=True)
class Issuer:
    """An identity provider: `url` is its name, `jwks_url` has its public key.

    `token_url` gives services tokens in their own name, whatever their secret is.
    """

    url: str
    jwks_url: str
    key: ECKey

    @property
    def token_url(self) -> str:
        """Where services ask for tokens."""
        return f"{self.url}/token"

    def sign(self, claims: dict[str, Any], *, typ: str = TOKEN_TYPE, key: ECKey | None = None) -> str:
        """Return a token with these claims, and what every token has unless they say otherwise."""
        now = int(time.time())
        standard = {"iss": self.url, "aud": "prost", "iat": now, "exp": now + _LIFETIME}
        header = {"alg": "ES256", "kid": "test", "typ": typ}
        return jwt.encode(header, {**standard, **claims}, key or self.key)


class Tokens:
    """Signs tokens: `token("customer", subject="anna")` is a good one, its methods give the others.

    A person's address is verified unless the claims say otherwise (`email_verified=False`).
    """

    def __init__(self, issuer: Issuer, service: str) -> None:
        """Sign as an issuer, for the tests of a service."""
        self._issuer = issuer
        self._service = service

    def __call__(self, *roles: str, subject: str = "someone", **claims: object) -> str:
        """Return a person's token with these roles and claims."""
        return self._issuer.sign(self._person(roles, subject, claims))

    def of_service(self, name: str, *, audience: str | None = None, **claims: object) -> str:
        """Return a token with which another service calls this one, or the one that is its audience."""
        return self._issuer.sign({**_service(name, audience or self._service), **claims})

    def expired(self, *roles: str, subject: str = "someone", **claims: object) -> str:
        """Return a token that was good an hour ago."""
        then = int(time.time()) - _LONG_AGO
        times = {"iat": then - _LIFETIME, "exp": then}
        return self._issuer.sign(self._person(roles, subject, {**times, **claims}))

    def for_others(self, *roles: str, subject: str = "someone", **claims: object) -> str:
        """Return a token with an audience that is not the shop's."""
        return self._issuer.sign(self._person(roles, subject, {"aud": "another-shop", **claims}))

    def of_another_issuer(self, *roles: str, subject: str = "someone", **claims: object) -> str:
        """Return a token that names an issuer whom nobody trusts."""
        return self._issuer.sign(self._person(roles, subject, {"iss": "https://id.example", **claims}))

    def forged(self, *roles: str, subject: str = "someone", **claims: object) -> str:
        """Return a token that names the issuer's key and was signed with another."""
        other = ECKey.generate_key("P-256", {"kid": "test"})
        return self._issuer.sign(self._person(roles, subject, claims), key=other)

    def unsigned(self, *roles: str, subject: str = "someone", **claims: object) -> str:
        """Return a token whose header says that it needs no signature."""
        _header, payload, _signature = self(*roles, subject=subject, **claims).split(".")
        header = json.dumps({"alg": "none", "kid": "test", "typ": TOKEN_TYPE}).encode()
        return f"{urlsafe_b64encode(header).rstrip(b'=').decode()}.{payload}."

    def id_token(self, *roles: str, subject: str = "someone", **claims: object) -> str:
        """Return an ID token, which tells an application who signed in and lets nobody in."""
        return self._issuer.sign(self._person(roles, subject, {"nonce": "n", **claims}), typ="JWT")

    @staticmethod
    def _person(roles: tuple[str, ...], subject: str, claims: dict[str, object]) -> dict[str, Any]:
        return {"sub": subject, "roles": list(roles), "email_verified": True, "amr": ["pwd"], **claims}


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Run an identity provider whose public key services can fetch."""
    key = ECKey.generate_key("P-256", {"kid": "test"})
    document = json.dumps({"keys": [key.as_dict(private=False)]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(document)

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            credentials = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
            claims = _service(unquote(credentials.partition(":")[0]), asked["audience"][0])
            given = {"access_token": known.sign(claims), "token_type": "Bearer", "expires_in": _LIFETIME}
            self.answer(json.dumps(given).encode())

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    known = Issuer(url, f"{url}/jwks", key)
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def token(issuer: Issuer, request: pytest.FixtureRequest) -> Tokens:
    """Give what signs tokens: `token("customer")`, `token.of_service("orders")`, `token.expired()`."""
    home = nearest_service(request.path)
    return Tokens(issuer, ServiceSpec.load(home).name if home is not None else "service")


def _service(name: str, audience: str) -> dict[str, object]:
    whose = {"sub": f"{SERVICE_PREFIX}{name}", "client_id": name}
    return {**whose, "aud": audience, "roles": [], "scope": ""}


def nearest_service(path: Path) -> Path | None:
    """Return the folder with the nearest declaration above a path."""
    return next((folder for folder in path.parents if (folder / FILE_NAME).exists()), None)

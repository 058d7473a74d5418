"""A service's application as its clients see it, and tokens that it trusts."""

import importlib
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

import pytest
from falcon.asgi import App
from falcon.testing import ASGIConductor
from joserfc import jwt
from joserfc.jwk import ECKey

from prost.spec import FILE_NAME, ServiceSpec

__all__ = ["Issuer", "Token", "app_factory", "client", "environment", "issuer", "service_home", "token"]

#: Seconds for which a test's token is valid.
TOKEN_LIFETIME = 300


class Token(Protocol):
    """Signs a token: `token("customer", subject="anna")`."""

    def __call__(self, *roles: str, subject: str = "someone", **claims: object) -> str:
        """Return a token with these roles and claims."""


@dataclass(frozen=True)
class Issuer:
    """An identity provider: `url` is its name, `jwks_url` has its public key."""

    url: str
    jwks_url: str
    key: ECKey

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a token with these claims, and what every token has unless they say otherwise."""
        standard = {"iss": self.url, "aud": "prost", "exp": int(time.time()) + TOKEN_LIFETIME}
        return jwt.encode({"alg": "ES256", "kid": "test"}, {**standard, **claims}, self.key)


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Run an identity provider whose public key services can fetch."""
    key = ECKey.generate_key("P-256", {"kid": "test"})
    document = json.dumps({"keys": [key.as_dict(private=False)]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    yield Issuer(url, f"{url}/jwks", key)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def token(issuer: Issuer) -> Token:
    """Give the function that signs tokens."""

    def sign(*roles: str, subject: str = "someone", **claims: object) -> str:
        return issuer.sign({"sub": subject, "roles": list(roles), **claims})

    return sign


@pytest.fixture
def service_home(request: pytest.FixtureRequest) -> Path:
    """Give the folder of the service that the test belongs to: the nearest one with a declaration."""
    for folder in request.path.parents:
        if (folder / FILE_NAME).exists():
            return folder
    pytest.fail(f"no {FILE_NAME} above {request.path}")


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, service_home: Path, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put the test where the service runs: in its folder, with PROST_ variables for what it declares."""
    spec = ServiceSpec.load(service_home)
    variables = {
        "ENV": "test",
        "SERVICE": spec.name,
        "AUTH_ISSUER": issuer.url,
        "AUTH_JWKS_URL": issuer.jwks_url,
        "STATE_DIR": str(request.getfixturevalue("tmp_path")),
    }
    if spec.needs.postgres:
        request.getfixturevalue("database")
        variables["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    if spec.needs.redis:
        variables["REDIS_URL"] = request.getfixturevalue("redis_url")
    if spec.events.publishes or spec.events.consumes:
        variables["BROKER_URL"] = request.getfixturevalue("redis_url")
    if spec.needs.objects:
        variables["OBJECTS_URL"] = request.getfixturevalue("objects_url")
    for name, value in variables.items():
        monkeypatch.setenv(f"PROST_{name}", value)
    monkeypatch.chdir(service_home)


@pytest.fixture
def app_factory(service_home: Path) -> Callable[[], App[Any, Any]]:
    """Give the service's `create_app`."""
    package = ServiceSpec.load(service_home).package
    factory: Callable[[], App[Any, Any]] = importlib.import_module(f"{package}.app").create_app
    return factory


@pytest.fixture
async def client(
    environment: None,  # noqa: ARG001 - the application reads it.
    app_factory: Callable[[], App[Any, Any]],
) -> AsyncIterator[ASGIConductor]:
    """Give a client of the running application: `await client.get("/orders")`."""
    async with ASGIConductor(app_factory()) as conductor:
        yield conductor

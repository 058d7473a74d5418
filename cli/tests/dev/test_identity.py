"""What services are told about identity, with and without one that provides it."""

from __future__ import annotations

import hashlib
import json
import sys

import pytest

from prost.spec import ServiceSpec
from prost_cli.dev import identity
from prost_cli.dev.servers.postgres import Postgres
from prost_cli.dev.services import LocalService
from prost_cli.dev.stack import Stack
from prost_cli.errors import CliError
from prost_cli.workspace import Workspace

KNOWS = {"http": {"prefix": "/api/auth", "upstream": "/auth"}, "provides": {"identity": True}}
ORDERS = {"http": {"prefix": "/api/orders"}, "calls": {"cart": True, "inventory": True, "payments": False}}


@pytest.fixture
def declare(tmp_path):
    """Return a function that makes services of a stack, by name, out of their declarations."""
    stack = Stack(Workspace(tmp_path), "default")
    stack.make_folders()
    stack.ports |= {"gateway": 8080, "devtools": 9400, "auth:web": 8001, "other:web": 8002}
    postgres = Postgres.of(stack)

    def make(**declarations):
        return {
            name: LocalService(
                stack,
                postgres,
                tmp_path / name,
                ServiceSpec.model_validate({"service": {"name": name, "summary": "A service."}, **rest}),
            )
            for name, rest in declarations.items()
        }

    return make


def told(services, name):
    """Return what is about identity in the environment of a service."""
    wanted = ("PROST_AUTH", "PROST_SERVICE_CLIENTS", "PROST_KEY", "PROST_DEV")
    environment = services[name].environment(services)
    return {key: value for key, value in environment.items() if key.startswith(wanted)}


def test_the_address_of_the_provider_is_the_issuer(declare):
    services = declare(auth=KNOWS, catalog={"http": {"prefix": "/api/catalog"}})

    assert told(services, "catalog") == {
        "PROST_AUTH_ISSUER": "http://127.0.0.1:8080/api/auth",
        "PROST_AUTH_JWKS_URL": "http://127.0.0.1:8001/auth/jwks.json",
        "PROST_AUTH_AUDIENCE": "prost",
    }


def test_without_a_provider_the_stand_in_is_the_issuer(declare):
    services = declare(orders=ORDERS)

    assert told(services, "orders") == {
        "PROST_AUTH_ISSUER": "http://127.0.0.1:9400/issuer",
        "PROST_AUTH_JWKS_URL": "http://127.0.0.1:9400/issuer/jwks.json",
        "PROST_AUTH_AUDIENCE": "prost",
    }
    assert identity.operations(services) is None


def test_the_gateway_believes_the_same_issuer(declare):
    services = declare(auth=KNOWS)

    seen = identity.of(services["auth"].stack, services)

    assert seen.issuer == "http://127.0.0.1:8080/api/auth"
    assert seen.jwks_url == "http://127.0.0.1:8001/auth/jwks.json"
    assert seen.audience == "prost"


def test_who_calls_others_gets_credentials_that_the_provider_knows(declare):
    services = declare(auth=KNOWS, orders=ORDERS, cart={"http": {"prefix": "/api/cart"}})

    caller, provider = told(services, "orders"), told(services, "auth")

    assert caller["PROST_AUTH_TOKEN_URL"] == "http://127.0.0.1:8001/auth/token"
    digest = hashlib.sha256(caller["PROST_AUTH_CLIENT_SECRET"].encode()).hexdigest()
    assert json.loads(provider["PROST_SERVICE_CLIENTS"]) == {
        "orders": {"secret_sha256": digest, "audiences": ["cart", "inventory"]}
    }
    assert "PROST_AUTH_CLIENT_SECRET" not in told(services, "cart")


def test_the_secrets_of_the_provider_are_its_own_and_stay(declare):
    services = declare(auth=KNOWS, orders=ORDERS)

    first, again = told(services, "auth"), told(services, "auth")

    assert len(first["PROST_KEY_SECRET"]) >= 32
    assert len(first["PROST_DEV_PASSWORD"]) >= 16
    assert first == again
    assert (
        not {"PROST_KEY_SECRET", "PROST_DEV_PASSWORD", "PROST_SERVICE_CLIENTS"}
        & told(services, "orders").keys()
    )


def test_the_commands_of_the_provider_run_as_it_does(declare):
    services = declare(auth=KNOWS)

    commands = identity.operations(services)

    assert commands["argv"] == [sys.executable, "-m", "prost_auth.operations"]
    assert commands["cwd"] == str(services["auth"].folder)
    assert commands["env"] == services["auth"].environment(services)


def test_two_providers_are_refused(declare):
    services = declare(auth=KNOWS, other={**KNOWS, "http": {"prefix": "/api/other"}})

    with pytest.raises(CliError, match="auth and other provide identity"):
        identity.of(services["auth"].stack, services)

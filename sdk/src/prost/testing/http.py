"""A service's application as its clients see it."""

import importlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from falcon.asgi import App
from falcon.testing import ASGIConductor

from prost.spec import FILE_NAME, ServiceSpec
from prost.testing.tokens import Issuer, nearest_service

__all__ = ["app_factory", "client", "environment", "service_home"]


@pytest.fixture
def service_home(request: pytest.FixtureRequest) -> Path:
    """Give the folder of the service that the test belongs to: the nearest one with a declaration."""
    home = nearest_service(request.path)
    if home is None:
        pytest.fail(f"no {FILE_NAME} above {request.path}")
    return home


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
    if spec.callees:
        variables |= {"AUTH_TOKEN_URL": issuer.token_url, "AUTH_CLIENT_SECRET": "a secret of tests"}
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

"""Fixtures for a service's tests, on real servers: see each one's docstring.

Servers come from `PROST_TEST_POSTGRES_URL`, `PROST_TEST_REDIS_URL`, `PROST_TEST_RABBITMQ_URL` and
`PROST_TEST_OBJECTS_URL` where these are set, and are started privately from wheels where they are not.
"""

from prost.testing.events import Bus, HandlerFailed, bus, rabbitmq_url
from prost.testing.generated import (
    attack,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    served,
)
from prost.testing.http import app_factory, client, environment, service_home
from prost.testing.invariants import invariants_measured
from prost.testing.objects import objects_url
from prost.testing.postgres import database, postgres_server, postgres_template, postgres_url
from prost.testing.time import FakeClock, clock
from prost.testing.tokens import Issuer, Tokens, issuer, token
from prost.testing.valkey import redis_server, redis_url

__all__ = [
    "Bus",
    "FakeClock",
    "HandlerFailed",
    "Issuer",
    "Tokens",
    "app_factory",
    "attack",
    "bus",
    "client",
    "clock",
    "database",
    "environment",
    "invariants_measured",
    "issuer",
    "objects_url",
    "postgres_server",
    "postgres_template",
    "postgres_url",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "rabbitmq_url",
    "redis_server",
    "redis_url",
    "served",
    "service_home",
    "token",
]

"""A database of its own for every test, cloned from one that was migrated once."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg2
import pytest
from psycopg2.sql import SQL, Identifier

from prost.db import PostgresDatabase, migrate
from prost.db import database as process_database
from prost.db._connection import configure_url
from prost.db._executor import shut_down
from prost.testing import servers

__all__ = ["database", "postgres_server", "postgres_template", "postgres_url"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the URL of a PostgreSQL server on which the run may create databases."""
    given = os.environ.get("PROST_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    server = servers.postgres()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[Callable[[Path], str]]:
    """Return the name of a database with a folder's migrations applied, made once in a run."""
    made: dict[Path, str] = {}

    def template(folder: Path) -> str:
        if folder not in made:
            name = f"prost_template_{uuid4().hex}"
            _execute(postgres_server, "CREATE DATABASE {}", name)
            made[folder] = name
            template_database = PostgresDatabase()
            template_database.init(_at(postgres_server, name))
            migrate(folder, template_database)
        return made[folder]

    yield template
    for name in made.values():
        _execute(postgres_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def postgres_url(
    request: pytest.FixtureRequest, postgres_server: str, postgres_template: Callable[[Path], str]
) -> Iterator[str]:
    """Give the URL of an empty database of this test's own, with the service's migrations applied.

    The service is the nearest folder above the test that has a `service.toml`.
    """
    homes = [folder for folder in request.path.parents if (folder / "service.toml").exists()]
    template = postgres_template((homes[0] if homes else request.path.parent) / "migrations")
    name = f"prost_test_{uuid4().hex}"
    _execute(postgres_server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    yield _at(postgres_server, name)
    _execute(postgres_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def database(postgres_url: str) -> Iterator[PostgresDatabase]:
    """Give the process's database, pointed at this test's own."""
    configure_url(postgres_url, threads=4, application_name="prost-test")
    yield process_database
    shut_down()
    process_database.discard()


def _execute(server: str, statement: str, *names: str) -> None:
    connection = psycopg2.connect(server)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(SQL(statement).format(*map(Identifier, names)))
    finally:
        connection.close()


def _at(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))

"""The fixtures as a service's tests meet them, in a run of their own."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from prost.testing.servers import wait_until

FILES = {
    "service.toml": """
        [service]
        name = "pub"
        summary = "Serves beer."
        [http]
        prefix = "/api/pub"
        [[http.public]]
        path = "/**"
        auth = "optional"
        [needs]
        postgres = true
        redis = true
    """,
    "migrations/0001_beers.py": """
        def up(migrator, db):
            db.execute_sql("CREATE TABLE beers (id uuid PRIMARY KEY, name text NOT NULL)")
    """,
    "src/prost_pub/__init__.py": "",
    "src/prost_pub/app.py": """
        from pathlib import Path

        import peewee
        from pydantic import BaseModel

        from prost.db import Database, Model, in_db
        from prost.http import create_app as create_service_app
        from prost.http import operation
        from prost.settings import Settings
        from prost.spec import ServiceSpec


        class Beer(Model):
            name = peewee.TextField()

            class Meta:
                table_name = "beers"


        class NewBeer(BaseModel):
            name: str


        class BeersResource:
            @operation(summary="Add.", body=NewBeer, returns=(201, dict[str, str]), auth="customer")
            async def on_post(self, req, resp, *, body: NewBeer):
                beer = await in_db(Beer.create, name=body.name)
                return {"id": str(beer.id)}


        def create_app():
            settings = Settings()
            spec = ServiceSpec.load(Path())
            return create_service_app(spec, settings, {"/beers": BeersResource()}, [Database(settings)])
    """,
    "tests/test_pub.py": """
        import pytest
        from prost_pub.app import Beer


        @pytest.mark.parametrize("name", ["Pils", "Alt"])
        async def test_a_beer_is_added_to_a_database_of_its_own(client, token, name):
            headers = {"Authorization": f"Bearer {token('customer')}"}

            answer = await client.post("/beers", json={"name": name}, headers=headers)

            assert answer.status_code == 201
            assert [beer.name for beer in Beer.select()] == [name]


        async def test_a_stranger_adds_nothing(client, database):
            answer = await client.post("/beers", json={"name": "Pils"})

            assert answer.status_code == 401
            assert Beer.select().count() == 0
    """,
    "hangs/test_hangs.py": """
        import pathlib
        import time

        from prost.testing import servers


        def test_that_hangs():
            started = [servers.postgres(), servers.valkey()]
            lines = [f"{server.pid} {server.folder}" for server in started]
            pathlib.Path("started").write_text("\\n".join(lines))
            time.sleep(600)
    """,
    "pytest.ini": "[pytest]\nasyncio_mode = auto\naddopts = --import-mode=importlib\n",
}


# A shell starts what it runs in the background deaf to SIGINT, and children inherit that.
INTERRUPTIBLE = (
    "import signal, sys, pytest; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "sys.exit(pytest.main(sys.argv[1:]))"
)


def written_to(folder):
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(content))
    return folder


@pytest.fixture(scope="module")
def hanging(tmp_path_factory):
    """Begin a run to be ended by each of two signals, both at once as they take their time."""
    begun = {}
    for how in (signal.SIGKILL, signal.SIGINT):
        folder = written_to(tmp_path_factory.mktemp("service"))
        begun[how] = (run(folder, "hangs"), folder / "started")
    yield begun
    for child, _note in begun.values():
        child.kill()
        child.communicate()


def run(service, folder):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PROST_", "PYTEST_"))
    }
    return subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "-q", folder],
        cwd=service,
        env={**environment, "PYTHONPATH": str(service / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_service_far_from_the_repository_tests_itself_on_its_own_servers(tmp_path):
    with run(written_to(tmp_path), "tests") as child:
        output, _ = child.communicate(timeout=120)

    assert "3 passed" in output
    assert child.returncode == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_test_run_that_is_ended_leaves_no_server_behind(hanging, how):
    child, note = hanging[how]
    wait_until(lambda: note.exists() and len(note.read_text().splitlines()) == 2, timeout=120)
    child.send_signal(how)
    started = [line.split() for line in note.read_text().splitlines()]

    wait_until(lambda: not any(alive(int(pid)) or Path(folder).exists() for pid, folder in started), 60)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

"""The processes of a service, run as they are run in earnest."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

SERVICE_TOML = """
[service]
name = "taproom"
summary = "Pours beer."

[events]
publishes = ["taproom.beer-poured.v1"]

[needs]
postgres = true

[run]
worker = true
"""

APP = """
import asyncio
from pathlib import Path

from prost.http import create_app as create_service_app, operation
from prost.spec import ServiceSpec
from prost_taproom.settings import TaproomSettings


class PourResource:
    @operation(summary="Pour a beer, slowly.", returns=dict[str, str], auth="anonymous")
    async def on_get(self, req, resp):
        await asyncio.sleep(1.0)
        return {"beer": TaproomSettings().beer}


def create_app():
    return create_service_app(ServiceSpec.load(Path()), TaproomSettings(), {"/pour": PourResource()})
"""

SETTINGS = """
from prost.settings import Settings


class TaproomSettings(Settings):
    beer: str = "pils"
"""

EVENTS = """
from typing import ClassVar
from prost.events import Event


class BeerPoured(Event):
    type: ClassVar[str] = "taproom.beer-poured.v1"
    millilitres: int
"""

SEED = """
async def seed():
    print("filled")
"""


@pytest.fixture
def folder(tmp_path):
    package = tmp_path / "src" / "prost_taproom"
    package.mkdir(parents=True)
    (tmp_path / "service.toml").write_text(SERVICE_TOML)
    (package / "__init__.py").write_text("")
    (package / "app.py").write_text(APP)
    (package / "settings.py").write_text(SETTINGS)
    (package / "events.py").write_text(EVENTS)
    (package / "seed.py").write_text(SEED)
    return tmp_path


def environment(folder, **variables):
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder / "src"), **variables}


def prost_service(folder, *arguments, **variables):
    return subprocess.run(
        [sys.executable, "-m", "prost.run", *arguments],
        cwd=folder,
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture(params=["1", "2"], ids=["one-worker", "two-workers"])
def web(request, folder, unused_port):
    variables = {"PROST_ENV": "dev", "PROST_HTTP_BIND": f"127.0.0.1:{unused_port}", "PROST_BEER": "kölsch"}
    process = subprocess.Popen(
        [sys.executable, "-m", "prost.run", "web"],
        cwd=folder,
        env=environment(folder, **variables, PROST_WEB_WORKERS=request.param),
        stderr=subprocess.PIPE,
        text=True,
    )
    process.port = unused_port
    wait_until_ready(process)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def wait_until_ready(process):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            if get(process.port, "/health/ready")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(process.stderr.read())


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_web_serves_and_its_stop_loses_no_request_and_waits_for_no_idle_connection(web):
    idle = http.client.HTTPConnection("127.0.0.1", web.port, timeout=5)
    idle.request("GET", "/health/live")
    idle.getresponse().read()
    answers = []
    pouring = threading.Thread(target=lambda: answers.append(get(web.port, "/pour")))
    pouring.start()
    time.sleep(0.3)

    web.send_signal(signal.SIGTERM)
    pouring.join()
    code = web.wait(timeout=5)

    assert answers == [(200, {"beer": "kölsch"})]
    assert code == 0
    assert idle.sock.recv(1) == b""
    idle.close()


def test_a_request_line_that_is_too_long_is_answered_as_a_problem(web):
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=5)
    connection.request("GET", "/" + "x" * 10_000)

    answer = connection.getresponse()

    assert (answer.status, answer.getheader("Content-Type")) == (414, "application/problem+json")
    assert json.loads(answer.read())["status"] == 414
    connection.close()


def test_a_killed_parent_leaves_no_worker_behind(web):
    idle = http.client.HTTPConnection("127.0.0.1", web.port, timeout=5)
    idle.request("GET", "/health/live")
    idle.getresponse().read()

    web.kill()
    web.wait(timeout=5)

    assert idle.sock.recv(1) == b""
    idle.close()
    assert nobody_listens(web.port)


def nobody_listens(port):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("web", ["1"], indirect=True)
def test_one_worker_serves_in_the_process_that_was_started(web):
    found = subprocess.run(["pgrep", "--parent", str(web.pid)], stdout=subprocess.PIPE, check=False)

    assert found.stdout == b""


def test_every_log_line_of_web_is_json(web):
    web.send_signal(signal.SIGTERM)

    _, errors = web.communicate(timeout=5)

    lines = [json.loads(line) for line in errors.splitlines()]
    assert {line["service"] for line in lines} == {"taproom"}


def test_a_setting_that_nobody_knows_stops_the_start(folder):
    done = prost_service(folder, "web", PROST_ENV="dev", PROST_BEERS="pils")

    assert done.returncode == 2
    assert "PROST_BEERS: no setting has this name; did you mean PROST_BEER?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_declaration_that_cannot_be_used_stops_the_start(folder):
    (folder / "service.toml").write_text('[service]\nname = "taproom"\n')

    done = prost_service(folder, "web")

    assert done.returncode == 2
    assert "service.summary: Field required" in done.stderr


def test_documents_need_no_server_and_no_environment(folder):
    openapi = prost_service(folder, "openapi")
    routes = prost_service(folder, "routes")
    contracts = prost_service(folder, "contracts")

    assert sorted(json.loads(openapi.stdout)["paths"]) == ["/pour"]
    assert json.loads(routes.stdout) == [
        {
            "path": "/pour",
            "method": "GET",
            "auth": "anonymous",
            "owned": None,
            "roles": None,
            "summary": "Pour a beer, slowly.",
        }
    ]
    assert contracts.stdout == "contracts/taproom.beer-poured.v1.json\n"
    contract = json.loads((folder / "contracts" / "taproom.beer-poured.v1.json").read_text())
    assert contract["$id"] == "taproom.beer-poured.v1"
    assert contract["required"] == ["millilitres"]


def test_an_event_that_is_declared_and_does_not_exist_is_told(folder):
    (folder / "src" / "prost_taproom" / "events.py").write_text("")

    done = prost_service(folder, "contracts")

    assert done.returncode == 1
    assert "prost_taproom.events has no such event" in done.stderr


def test_seed_may_be_a_coroutine(folder):
    done = prost_service(folder, "seed", PROST_ENV="dev")

    assert (done.returncode, done.stdout) == (0, "filled\n")
